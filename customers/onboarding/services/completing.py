"""Completing an onboarding: the register, the system, and everybody who is told (ONB-14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer, Onboarding, Site, SupportContact, System
from customers.onboarding import emails
from customers.onboarding.flow import Kind, facts_of, steps_of
from customers.onboarding.people import Row, kept_people
from customers.onboarding.services.people import apply_people
from customers.onboarding.services.steps import StepsMissing, lock_open, missing_steps
from customers.services.contacts_and_sites import save_site
from customers.services.register import change_customer
from customers.telling import people_to_tell
from portal.accounts.models import Membership, Role
from portal.accounts.rights import Preset
from portal.accounts.services import invite_customer_user
from portal.catalog.models import BusinessType
from portal.catalog.models.platforms import CUSTOMER
from portal.core.errors import RuleError
from portal.core.http import parse_uuid
from portal.history.services import record
from portal.notices.services import notify
from portal.outbox.issuing import queue_document
from portal.tenancy.context import require_partner

HANDOVER = "customers.handover"


class PeopleMissing(RuleError):
    """Refuse to connect a customer who has nobody to call (ONB-14)."""


@transaction.atomic
def complete_onboarding(
    onboarding_id: UUID, *, version: int, by: Membership, at: datetime
) -> System:
    """Put the system into operation: IN_PROGRESS -> COMPLETED.

    Writes what was answered into the register, invites the administrators of the customer, tells
    the support contacts what they were named for, and queues the handover sheet. Raise WrongState,
    Stale, StepsMissing, PeopleMissing, and RuleError where the register changed since the step of
    the customer was done.
    """
    onboarding = lock_open(onboarding_id, version=version, at=at)
    missing = missing_steps(onboarding)
    if missing or onboarding.customer is None:
        raise StepsMissing(missing or [_("Customer")])
    customer = Customer.objects.select_for_update().get(pk=onboarding.customer.pk)
    if not customer.is_active:
        raise RuleError(_("%(name)s is inactive. Reactivate it first.") % {"name": customer.label})
    answers = onboarding.answers.get(CUSTOMER, {})
    admins, support = kept_people(answers, "admins"), kept_people(answers, "support")
    _refuse_nobody(support)
    already = set(_addresses(customer))
    if "facts" in answers:
        customer = _into_register(customer, answers, by=by, at=at)
    apply_people(customer, admins=admins, support=support, at=at)
    _refuse_nobody_left(customer)
    system = _system(onboarding, customer, at=at)
    customer.onboarded_at = customer.onboarded_at or at
    customer.touch(at)
    customer.save(update_fields=["onboarded_at", "version", "changed_at"])
    onboarding.state, onboarding.completed_at = Onboarding.State.COMPLETED, at
    # The register has the people now, and erasing them there has to be enough (D19).
    onboarding.answers = {**onboarding.answers, CUSTOMER: {}}
    onboarding.changed_by = by
    onboarding.touch(at)
    onboarding.save()
    record(
        onboarding,
        "onboarding_completed",
        customer_id=customer.pk,
        platform=onboarding.platform_name,
    )
    _tell(onboarding, customer, admins, support, already, system=system, by=by, at=at)
    return system


def _addresses(customer: Customer) -> list[str]:
    rows = customer.support_contacts.values_list("contact__email", flat=True)
    return [email.casefold() for email in rows]


def _refuse_nobody(support: list[Row]) -> None:
    held = {row.role for row in support}
    words = {
        SupportContact.Role.MAINTAINER.value: _("Add at least one Maintainer."),
        SupportContact.Role.ON_SITE.value: _("Add at least one On-site administrator."),
    }
    missing = [text for role, text in words.items() if role not in held]
    if missing:
        raise PeopleMissing(" ".join(missing))


def _refuse_nobody_left(customer: Customer) -> None:
    """Look again in the register itself: it is what problem reports read (ONB-14)."""
    held = set(customer.support_contacts.values_list("role", flat=True))
    if not held.issuperset(SupportContact.NEEDED):
        raise PeopleMissing(_("The support contacts changed meanwhile. Look at them once more."))


def _into_register(
    customer: Customer, answers: Mapping[str, Any], *, by: Membership, at: datetime
) -> Customer:
    """Write the facts of the customer's step; refuse if the register changed since it was done."""
    facts = dict(answers["facts"])
    if customer.version != answers.get("customer_version"):
        raise RuleError(
            _(
                "The register changed since the step Customer was saved. Open it, look at the "
                "differences and save it again."
            )
        )
    domains = facts.pop("domains", [])
    kind = facts.pop("business_type", None)
    business = BusinessType._default_manager.filter(pk=kind).first() if kind else None
    return change_customer(
        customer,
        at=at,
        by=None,
        version=customer.version,
        domains=domains,
        business_type=business,
        **facts,
    )


def _system(onboarding: Onboarding, customer: Customer, *, at: datetime) -> System:
    """Create the system with its facts, and its site if a new one was written down (ONB-05)."""
    site = _site(onboarding, customer, at=at)
    name = ""
    for step in steps_of(onboarding):
        answers = onboarding.answers.get(step.code, {})
        first = step.first(Kind.TEXT, Kind.SERIAL)
        if not name and first is not None:
            name = str(answers.get(first.code) or "")
    return System.objects.create(
        customer=customer,
        onboarding=onboarding,
        site=site,
        platform=onboarding.platform_name,
        name=name[:120],
        facts=list(facts_of(onboarding)),
        created_at=at,
    )


def _site(onboarding: Onboarding, customer: Customer, *, at: datetime) -> Site | None:
    for step in steps_of(onboarding):
        field = step.first(Kind.SITE)
        answer = onboarding.answers.get(step.code, {}).get(field.code) if field else None
        if not answer:
            continue
        known = parse_uuid(str(answer.get("id") or ""))
        if known is not None:
            found = customer.sites.filter(pk=known).first()
            if found is None:
                raise RuleError(
                    _("The site was removed meanwhile. Open the step %(step)s again.")
                    % {"step": step.title}
                )
            return found
        if answer.get("name"):
            return save_site(customer, Site(**answer), at=at)
    return None


def _tell(
    onboarding: Onboarding,
    customer: Customer,
    admins: list[Row],
    support: list[Row],
    already: set[str],
    *,
    system: System,
    by: Membership,
    at: datetime,
) -> None:
    """Invite, tell and hand over; the people of the partner get a notice."""
    _invite(customer, admins, by=by, at=at)
    by_address: dict[str, list[Row]] = {}
    for row in support:
        by_address.setdefault(row.email.casefold(), []).append(row)
    for address, rows in by_address.items():
        if address not in already:
            emails.named(customer, rows, system=system, by=by)
    queue_document(
        kind=HANDOVER,
        key=f"handover-{system.pk}",
        about=system,
        file_name=_("Handover %(number)s.pdf") % {"number": customer.number},
        language=customer.language,
        at=at,
    )
    for person in people_to_tell(customer.pk, also=[onboarding.created_by_id], at=at):
        if person.pk != by.pk:
            notify(
                person,
                "onboarding_completed",
                at=at,
                url=reverse("customers:customer", "portal.urls", args=[customer.pk]),
                customer=customer.label,
                who=by.shown_name,
                platform=onboarding.platform_name,
            )


def _invite(customer: Customer, admins: list[Row], *, by: Membership, at: datetime) -> None:
    """Invite the administrators of the customer who have no place there yet (ONB-10)."""
    partner = require_partner()
    users = Membership.objects.users_of(partner, customer.pk)
    has_place = {
        email.casefold()
        for email in users.exclude(state=Membership.State.ENDED).values_list(
            "user__email", flat=True
        )
    }
    role = Role.objects.for_partner(partner).get(preset=Preset.CUSTOMER_ADMINISTRATOR)
    for row in admins:
        if row.email.casefold() in has_place:
            continue
        has_place.add(row.email.casefold())
        invite_customer_user(
            partner=partner,
            customer_id=customer.pk,
            email=row.email,
            name=row.name,
            role=role,
            language=customer.language,
            by=by,
            at=at,
        )
