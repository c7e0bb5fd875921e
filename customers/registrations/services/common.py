"""What the services of registrations share: the lock, channel sales' row, the log."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from customers.models import CustomerRegistration
from customers.registrations.states import next_state
from customers.services.rules import Stale
from portal.channel.models import StaffEvent
from portal.channel.services import publish_registration
from portal.channel.telling import tell_staff
from portal.core.errors import RuleError
from portal.core.sorting import search_key
from portal.history.services import record
from portal.tenancy.context import require_partner

State = CustomerRegistration.State


class AlreadyRegistered(RuleError):
    """Refuse a registration where one is open, or the customer is cleared (CHAN-01)."""


class NewCustomerFields(TypedDict, total=False):
    """What a registration says of a customer that is in nobody's register yet."""

    name: str
    number: str
    organisation_number: str
    billing_email: str
    credit_limit: Decimal
    street: str
    postal_code: str
    city: str
    country: str
    language: str


def lock_registration(pk: UUID, *, version: int, at: datetime) -> CustomerRegistration:
    """Return the row, locked to the end of the transaction.

    Raise Stale if it is not in the version that the form was made for (CHAN-02).
    """
    found = CustomerRegistration.objects.select_for_update().get(pk=pk)
    if found.version != version:
        raise Stale(found, at=at)
    return found


def publish(registration: CustomerRegistration) -> None:
    """Create or update the row that channel sales sees (CHAN-02)."""
    customer = registration.customer
    name = customer.name if customer is not None else registration.name
    row = {
        "family": registration.family,
        "customer_name": name,
        "customer_number": customer.number if customer is not None else registration.number,
        "is_new": registration.makes_customer,
        "name_key": search_key(name),
        "state": registration.state,
        "is_open": registration.state == State.SUBMITTED,
        "channels": registration.channels,
        "credit_limit": registration.credit_limit,
        "submitted_at": registration.created_at,
        "changed_at": registration.changed_at,
    }
    publish_registration(partner=require_partner(), registration_id=registration.pk, row=row)


def tell_channel_sales(registration: CustomerRegistration, *, at: datetime) -> None:
    """Tell staff that a registration is theirs to decide (CHAN-30)."""
    partner = require_partner()
    page = f"customers/customerregistration/{registration.pk}/change/"
    tell_staff(
        StaffEvent.REGISTRATION,
        partner=partner,
        label=f"{registration.customer_label} ({registration.get_family_display()})",
        path=f"/admin/p/{partner.slug}/{page}",
        key=f"registration-{registration.pk}-{registration.version}",
        at=at,
    )


def note(registration: CustomerRegistration, verb: str, *, text: str | None = None) -> None:
    """Write the log of a registration."""
    record(
        registration,
        verb,
        customer_id=registration.customer_id,
        family=registration.family,
        **({} if text is None else {"reason": text}),
    )


def move(registration: CustomerRegistration, transition: str, *, at: datetime) -> None:
    """Set the state after a transition and raise the version; raise WrongState."""
    registration.state = next_state(registration, transition)
    registration.touch(at)
