"""Creating a partner: schema, own-company customer and first administrator together."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.numbers import clean_vat_number
from customers.services import change_customer, create_own_company, partner_settings
from portal.accounts.models import Membership, Role, User
from portal.accounts.rights import CUSTOMER_PRESETS, PRESET_RIGHTS, Preset
from portal.accounts.services import invite
from portal.accounts.services.protection import check_role
from portal.channel.services import NameTaken, holder_of
from portal.core.errors import RuleError
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.host_checks import alias_of, set_state
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.models import Domain, Partner
from portal.tenancy.schema import create_schema, tenant_fingerprint

# Names that would collide with the portal's own hosts or schemas.
RESERVED = frozenset("admin api app mail public static www kontor extensions".split())
# Part of a host name and of a schema's name.
SLUG = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")


def _account_id() -> str:
    return "PT-" + "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _i in range(6))


def create_partner(
    *,
    name: str,
    slug: str,
    country: str,
    currency: str,
    language: str,
    time_zone: str,
    notification_email: str,
    at: datetime,
    uses_one_stop_shop: bool = False,
    vat_number: str = "",
    brand_colour: str = "#0e5f6c",
    host: str | None = None,
    admin_name: str = "",
    admin_email: str = "",
) -> Partner:
    """Create a partner with everything it needs to work (ORD-08, D3).

    One transaction: the schema with its tripwire, the roles, the claim on the name, the own-company
    customer, the host, and the first administrator with an invitation by mail. If anything fails,
    nothing is left. Raise RuleError for a name that a customer holds (it says whose, since this is
    for staff), for a short name or host that is in use or reserved, and for a VAT number that is
    none of the country's (VAT-06).
    """
    name, slug, host = _checked_names(name, slug, host)
    with in_public(), transaction.atomic():
        partner = Partner(
            schema_name="p_" + slug.replace("-", "_"),
            slug=slug,
            name=name,
            account_id=_account_id(),
            country=country,
            currency=currency,
            language=language,
            time_zone=time_zone,
            uses_one_stop_shop=uses_one_stop_shop,
            vat_number=clean_vat_number(vat_number, country),
            notification_email=notification_email,
            brand_colour=brand_colour,
            created_at=at,
            migrated_to=tenant_fingerprint(),
        )
        _save_with_schema(partner, host)
        with in_partner(partner):
            _make_own_company(partner, at=at)
            if admin_email:
                _invite_administrator(partner, admin_email, admin_name, at=at)
    forget_hosts()
    return partner


def _checked_names(name: str, slug: str, host: str | None) -> tuple[str, str, str]:
    """Return name, short name and host in their stored form; raise RuleError."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 200:
        raise RuleError(_("Enter a name of at most 200 characters."), field="name")
    slug = slugify(slug)
    if SLUG.fullmatch(slug) is None or slug in RESERVED:
        raise RuleError(_("Choose another short name."), field="slug")
    host = (host or f"{slug}.{settings.DOMAIN}").lower()
    if host == settings.DOMAIN:
        raise RuleError(_("This is the public host."), field="host")
    return name, slug, host


def check_partner(*, name: str, slug: str, host: str, country: str, vat_number: str) -> None:
    """Raise RuleError for what ``create_partner`` would refuse as things are now."""
    name, slug, host = _checked_names(name, slug, host or None)
    clean_vat_number(vat_number, country)
    with in_public():
        if Partner._default_manager.filter(slug=slug).exists():
            raise RuleError(_("This short name or host is in use."), field="slug")
        if Domain.objects.filter(domain=host).exists():
            raise RuleError(_("This short name or host is in use."), field="host")
        if holder_of(name) is not None:
            raise _name_held(name)


def _save_with_schema(partner: Partner, host: str) -> None:
    """Save the partner with its host, schema and preset roles."""
    try:
        with transaction.atomic():
            partner.save(force_insert=True)
            own = Domain(tenant=partner, domain=host, is_primary=True)
            set_state(own, at=partner.created_at)
            if not own.is_verified:
                # Until its own host is verified, the one below ours is the partner's (CHAN-22).
                own.is_primary = False
                ours = alias_of(partner)
                Domain.objects.create(tenant=partner, domain=ours, is_primary=True)
            own.save()
    except (IntegrityError, ValidationError) as error:
        # ValidationError: django-tenants checks for an existing schema before it saves.
        raise RuleError(_("This short name or host is in use."), field="slug") from error
    create_schema(partner.schema_name, partner.pk)
    for preset in Preset:
        Role.objects.create(
            partner=partner,
            preset=preset,
            rights=list(PRESET_RIGHTS[preset]),
            for_customers=preset in CUSTOMER_PRESETS,
        )


def _make_own_company(partner: Partner, *, at: datetime) -> None:
    partner_settings()
    try:
        create_own_company(at=at, by=None)
    except NameTaken as error:
        raise _name_held(partner.name) from error


def _invite_administrator(partner: Partner, email: str, name: str, *, at: datetime) -> None:
    invite(
        partner=partner,
        email=email,
        name=name or email,
        role=Role.objects.for_partner(partner).get(preset=Preset.ADMINISTRATOR),
        language=partner.language,
        by=None,
        at=at,
    )


def _name_held(name: str, *, renaming: Partner | None = None) -> RuleError:
    """Return the refusal with who holds a name; a partner that is being renamed by its old one."""
    holder = holder_of(name)
    owner = holder.partner if holder is not None else None
    owner = renaming if renaming is not None and owner == renaming else owner
    where = f"{owner.name}: {holder}" if owner is not None else "?"
    return RuleError(
        _("The name is taken by a customer of %(holder)s.") % {"holder": where}, field="name"
    )


def rename_partner(partner: Partner, *, name: str, at: datetime) -> None:
    """Rename a partner, its own-company customer and the claim together (D3).

    Raise RuleError, for staff, if a customer of any partner holds the name; the partner keeps its
    own.
    """
    before = partner.name
    with transaction.atomic():
        with in_public():
            partner.name = " ".join(name.split())
            partner.save(update_fields=["name"])
        with in_partner(partner):
            own = Customer.objects.own_company().first()
            if own is not None:
                try:
                    change_customer(own, at=at, by=None, version=own.version)
                except NameTaken as error:
                    partner.name = before
                    raise _name_held(name, renaming=partner) from error
    forget_hosts()


def add_person(
    *,
    partner: Partner,
    email: str,
    name: str,
    preset: str,
    password: str | None,
    at: datetime,
    customer_id: UUID | None = None,
) -> Membership:
    """Add a person with a place at once, without an invitation: for the demo and for tests.

    ``customer_id`` makes it a place of a customer's user, whose preset has to be of customers.
    """
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, password, name=name, language=partner.language
    )
    role = Role.objects.for_partner(partner).get(preset=preset)
    check_role(role, partner, for_customers=customer_id is not None)
    return Membership.objects.create(
        partner=partner,
        user=user,
        role=role,
        customer_id=customer_id,
        state=Membership.State.ACTIVE,
        created_at=at,
    )
