"""Channel sales' decisions on a registration (CHAN-02)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import CustomerRegistration, FamilyClearance
from customers.registrations.emails import told
from customers.registrations.orders import keep_order
from customers.registrations.services.common import (
    NewCustomerFields,
    lock_registration,
    move,
    note,
    publish,
)
from customers.services import create_customer, grant_clearance, revoke_clearance
from portal.core.errors import RuleError
from portal.tenancy.context import require_partner


def _decide(
    registration_id: UUID, transition: str, *, version: int, by: str, text: str, at: datetime
) -> CustomerRegistration:
    """Lock, check and set what all decisions share; the caller saves and tells."""
    found = lock_registration(registration_id, version=version, at=at)
    move(found, transition, at=at)
    found.verdict, found.decided_by, found.decided_at = text.strip(), by, at
    if transition in ("ask", "reject", "revoke") and not found.verdict:
        raise RuleError(gettext_lazy("Enter a reason."), field="text")
    return found


def _decided(registration: CustomerRegistration, transition: str, *, at: datetime) -> None:
    registration.save()
    note(registration, f"registration_{transition}_by_vendor", text=registration.verdict)
    publish(registration)
    told(registration, transition, at=at)


@transaction.atomic
def approve_registration(
    registration_id: UUID,
    *,
    version: int,
    by: str,
    at: datetime,
    text: str = "",
    **changed: Unpack[NewCustomerFields],
) -> CustomerRegistration:
    """Approve: make the customer or link it, and clear it for the family, at once (ORD-14).

    ``changed`` replaces what the partner asked for: a name that is taken, another limit. ``by`` is
    the name of the member of channel sales. An order that waits goes on (CHAN-04). Raise Stale,
    WrongState, and what ``create_customer`` raises.
    """
    found = _decide(registration_id, "approve", version=version, by=by, text=text, at=at)
    if found.customer is None:
        for name, value in changed.items():
            setattr(found, name, value)
        found.customer = create_customer(
            at=at,
            by=None,
            name=found.name,
            number=found.number,
            organisation_number=found.organisation_number,
            billing_email=found.billing_email,
            credit_limit=found.credit_limit or Decimal(0),
            street=found.street,
            postal_code=found.postal_code,
            city=found.city,
            country=str(found.country) or str(require_partner().country),
            language=found.language or require_partner().language,
        )
    if not found.customer.is_active:
        text = _('"%(customer)s" is inactive and cannot be ordered for.')
        raise RuleError(text % {"customer": found.customer.name})
    grant_clearance(found.customer, found.family, at=at, granted_by=by)
    keep_order(found, at=at)
    _decided(found, "approve", at=at)
    return found


@transaction.atomic
def ask_about_registration(
    registration_id: UUID, *, version: int, by: str, text: str, at: datetime
) -> CustomerRegistration:
    """Ask the partner back: SUBMITTED -> NEEDS_INFO. Raise Stale, WrongState."""
    found = _decide(registration_id, "ask", version=version, by=by, text=text, at=at)
    _decided(found, "ask", at=at)
    return found


@transaction.atomic
def reject_registration(
    registration_id: UUID, *, version: int, by: str, text: str, at: datetime
) -> CustomerRegistration:
    """Reject with a reason: SUBMITTED -> REJECTED. Raise Stale, WrongState."""
    found = _decide(registration_id, "reject", version=version, by=by, text=text, at=at)
    _decided(found, "reject", at=at)
    return found


@transaction.atomic
def revoke_registration(
    registration_id: UUID, *, version: int, by: str, text: str, at: datetime
) -> CustomerRegistration:
    """Revoke an approval: new orders are refused, what runs goes on. Raise Stale, WrongState."""
    found = _decide(registration_id, "revoke", version=version, by=by, text=text, at=at)
    cleared = FamilyClearance.objects.filter(
        customer=found.customer, family=found.family, revoked_at__isnull=True
    )
    for clearance in cleared:
        revoke_clearance(clearance, at=at)
    _decided(found, "revoke", at=at)
    return found
