"""Services for what belongs to a customer: domains, contacts, sites, clearances."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from customers.models import (
    Contact,
    Customer,
    CustomerDomain,
    FamilyClearance,
    Site,
)
from customers.services.refusals import plain_domains, refuse, taken
from customers.services.rules import ContactExists, NameTwice, Stale
from portal.core.errors import RuleError
from portal.history.services import record


class NamedElsewhere(RuleError):
    """Refuse to delete what is named in other objects, by their kinds (REG-49)."""

    def __init__(self, name: str, error: models.ProtectedError) -> None:
        kinds = {str(each._meta.verbose_name_plural) for each in error.protected_objects}
        super().__init__(
            _("%(name)s stays with the customer. Named in: %(kinds)s.")
            % {"name": name, "kinds": ", ".join(sorted(kinds))}
        )


def set_domains(customer: Customer, domains: list[str]) -> None:
    """Replace the customer's mail domains (ONB-08).

    Raise RuleError at ``domains`` if one is invalid, a mail provider's, another customer's, or that
    of the partner's own people (D21).
    """
    refuse(taken({"domains": domains}, before=customer))
    wanted = plain_domains(domains)
    have = {row.domain: row for row in customer.domains.all()}
    for domain in sorted(wanted - have.keys()):
        CustomerDomain.objects.create(customer=customer, domain=domain)
    for domain in have.keys() - wanted:
        have[domain].delete()


def _refuse_same_address(customer: Customer, contact: Contact) -> None:
    """Refuse the address of another contact of the customer (REG-39)."""
    others = customer.contacts.filter(email__iexact=contact.email).exclude(pk=contact.pk)
    first = others.order_by("created_at", "pk").first() if contact.email else None
    if first is not None:
        raise ContactExists(first)


def _refuse_same_name(customer: Customer, contact: Contact) -> None:
    """Refuse a contact of the same name, job title and role as another one (REG-42)."""
    others = customer.contacts.filter(
        first_name__iexact=contact.first_name,
        last_name__iexact=contact.last_name,
        job_title__iexact=contact.job_title,
        role=contact.role,
        erased_at=None,
        left_at=None,
    ).exclude(pk=contact.pk)
    first = others.order_by("created_at", "pk").first()
    if first is not None:
        raise NameTwice(first)


def check_told_apart(customer: Customer, contact: Contact) -> None:
    """Raise ContactExists (REG-39) or NameTwice (REG-42) for one that others are mistaken for."""
    _refuse_same_address(customer, contact)
    _refuse_same_name(customer, contact)


def _told_by(contact: Contact) -> tuple[str, ...]:
    words = (contact.first_name, contact.last_name, contact.job_title, contact.role)
    return tuple(word.casefold() for word in words)


@transaction.atomic
def save_contact(
    customer: Customer, contact: Contact, *, at: datetime, version: int | None = None
) -> Contact:
    """Add or change a contact; a primary one replaces the former primary contact.

    ``version`` is the one that the form was filled from. Raise Stale if somebody saved in between
    (REG-35), RuleError for a contact whose data was erased, ContactExists for a second one with the
    same e-mail address (REG-39), NameTwice for one that can't be told apart (REG-42).
    """
    contact.customer = customer
    # Two concurrent saves of a primary contact, or of the same address, wait for each other.
    Customer.objects.select_for_update().filter(pk=customer.pk).first()
    if contact._state.adding:
        contact.created_at = at
        check_told_apart(customer, contact)
    else:
        current = Contact.objects.select_for_update().get(pk=contact.pk)
        if current.erased_at is not None:
            raise RuleError(_("The data of this person was erased. Add the contact again."))
        if version is not None and current.version != version:
            raise Stale(current, at=at)
        if current.email.lower() != contact.email.lower():
            _refuse_same_address(customer, contact)
            contact.bounced_at = None
        if _told_by(current) != _told_by(contact):
            _refuse_same_name(customer, contact)
        contact.version = current.version + 1
    if contact.is_primary:
        for other in customer.contacts.filter(is_primary=True).exclude(pk=contact.pk):
            other.is_primary = False
            other.version += 1
            other.save(update_fields=["is_primary", "version"])
    contact.save()
    return contact


def delete_contact(contact: Contact) -> None:
    """Delete a contact. Raise NamedElsewhere if anything of the customer refers to it (REG-49)."""
    try:
        with transaction.atomic():
            contact.delete()
    except models.ProtectedError as error:
        raise NamedElsewhere(contact.full_name, error) from error


def delete_site(site: Site) -> None:
    """Delete a site. Raise RuleError if anything refers to it, a draft included (REG-49)."""
    try:
        with transaction.atomic():
            site.delete()
    except models.ProtectedError as error:
        raise NamedElsewhere(site.name, error) from error


@transaction.atomic
def save_site(
    customer: Customer, site: Site, *, at: datetime | None = None, version: int | None = None
) -> Site:
    """Add or change a site; the postal address is not changed (ONB-05).

    ``version`` is the one that the form was filled from, ``at`` the time of the save. Raise Stale
    if somebody saved in between (REG-35), RuleError at ``name`` if the customer has a site of that
    name.
    """
    site.customer = customer
    if not site._state.adding:
        current = Site.objects.select_for_update().get(pk=site.pk)
        if version is not None and at is not None and current.version != version:
            raise Stale(current, at=at)
        site.version = current.version + 1
    try:
        with transaction.atomic():
            site.save()
    except IntegrityError as error:
        raise RuleError(_("There is already a site with this name."), field="name") from error
    return site


@transaction.atomic
def grant_clearance(
    customer: Customer, family: str, *, at: datetime, granted_by: str
) -> FamilyClearance:
    """Clear a customer for a family (ORD-14) and return the clearance; again is no error."""
    clearance, made = FamilyClearance.objects.get_or_create(
        customer=customer,
        family=family,
        revoked_at=None,
        defaults={"granted_at": at, "granted_by": granted_by},
    )
    if made:
        record(customer, "clearance_granted", customer_id=customer.pk, family=family)
    return clearance


@transaction.atomic
def revoke_clearance(clearance: FamilyClearance, *, at: datetime) -> None:
    """Revoke a clearance: new orders are refused, running services are not touched."""
    current = FamilyClearance.objects.select_for_update().get(pk=clearance.pk)
    if current.revoked_at is None:
        current.revoked_at = at
        current.save(update_fields=["revoked_at"])
        record(
            current.customer,
            "clearance_revoked",
            customer_id=current.customer_id,
            family=current.family,
        )
