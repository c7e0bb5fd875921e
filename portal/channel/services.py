"""Services for the directory of customers and the claims on their names (D3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal.channel.models import (
    DirectoryEntry,
    EscalatedReport,
    RegistrationRow,
    SubmittedOrder,
)
from portal.core.errors import RuleError
from portal.core.finding import find_key
from portal.core.sorting import search_key
from portal.tenancy.bulk import copy_rows
from portal.tenancy.models import Partner


class NameTaken(RuleError):
    """Refuse a customer name that is in use, without saying by whom (ACC-10)."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This customer name is already in use. "
                "Add something that sets it apart, e.g. the town."
            ),
            field="name",
        )


def name_key(name: str) -> str:
    """Return what makes two names the same (D3, ACC-11): NFKC, casefold, whitespace collapsed."""
    return search_key(name)


def claim_name(
    *,
    partner: Partner,
    customer_id: UUID,
    name: str,
    number: str,
    town: str = "",
    is_active: bool = True,
    is_own_company: bool = False,
) -> None:
    """Claim a customer's name across all partners, or update the customer's directory entry.

    Part of the caller's transaction. When two claims compete, the unique key lets one through and
    the other raises NameTaken (ACC-11). A rename frees the old name in the same statement.
    """
    try:
        with transaction.atomic():
            DirectoryEntry.objects.for_partner(partner).update_or_create(
                customer_id=customer_id,
                defaults={
                    "partner": partner,
                    "name": name,
                    "name_key": name_key(name),
                    "number": number,
                    "town": town,
                    "is_active": is_active,
                    "is_own_company": is_own_company,
                },
            )
    except IntegrityError as error:
        raise NameTaken from error
    # Channel sales' list of orders shows the customer's current name.
    orders = SubmittedOrder.objects.for_partner(partner).filter(customer_id=customer_id)
    orders.exclude(customer_name=name, customer_number=number).update(
        customer_name=name, customer_number=number
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """A new customer's row in the directory; ``key`` is ``name_key(name)``."""

    customer_id: UUID
    name: str
    key: str
    number: str
    town: str
    is_active: bool = True


def claim_names(*, partner: Partner, claims: Iterable[Claim]) -> None:
    """Claim the names of many new customers, as ``claim_name`` does for one.

    They are inserted in the order of their keys, so that two concurrent calls with the same names
    can't deadlock. Raise NameTaken if any name is taken; after the transaction, ``taken_names``
    returns which.
    """
    rows = sorted(
        (
            each.key,
            each.customer_id,
            each.name,
            each.number,
            each.town,
            each.is_active,
            find_key(each.name),
        )
        for each in claims
    )
    names = ("name_key", "customer_id", "name", "number", "town", "is_active", "find_key")
    try:
        with transaction.atomic():
            copy_rows(DirectoryEntry(partner=partner), names, rows)
    except IntegrityError as error:
        raise NameTaken from error


def taken_names(keys: Collection[str]) -> set[str]:
    """Return those of these keys that anybody has claimed (ACC-10)."""
    found = DirectoryEntry.objects.across_partners().filter(name_key__in=keys)
    return set(found.values_list("name_key", flat=True))


def release_names(*, partner: Partner, customer_ids: Collection[UUID]) -> None:
    """Free the names of many deleted customers (ACC-11)."""
    DirectoryEntry.objects.for_partner(partner).filter(customer_id__in=customer_ids).delete()


def release_name(*, partner: Partner, customer_id: UUID) -> None:
    """Free the name of a deleted customer (ACC-11)."""
    DirectoryEntry.objects.for_partner(partner).filter(customer_id=customer_id).delete()


def holder_of(name: str) -> DirectoryEntry | None:
    """Return who holds a name. For staff only: partners must not learn it."""
    return (
        DirectoryEntry.objects.across_partners()
        .select_related("partner")
        .filter(name_key=name_key(name))
        .first()
    )


def publish_order(*, partner: Partner, order_id: UUID, row: Mapping[str, object]) -> None:
    """Create or update a partner's order in channel sales' list.

    Part of the caller's transaction; ``row`` is the rest of SubmittedOrder's fields.
    """
    SubmittedOrder.objects.for_partner(partner).update_or_create(
        order_id=order_id, defaults={"partner": partner, **row}
    )


def publish_report(*, partner: Partner, report_id: UUID, row: Mapping[str, object]) -> None:
    """Create or update a partner's escalated report in channel sales' list (ONB-19).

    Part of the caller's transaction; ``row`` is the rest of EscalatedReport's fields.
    """
    EscalatedReport.objects.for_partner(partner).update_or_create(
        report_id=report_id, defaults={"partner": partner, **row}
    )


def publish_registration(
    *, partner: Partner, registration_id: UUID, row: Mapping[str, object]
) -> None:
    """Create or update a partner's registration in channel sales' list (CHAN-02).

    Part of the caller's transaction; ``row`` is the rest of RegistrationRow's fields.
    """
    RegistrationRow.objects.for_partner(partner).update_or_create(
        registration_id=registration_id, defaults={"partner": partner, **row}
    )


def forget_registrations(*, partner: Partner, ids: Iterable[UUID]) -> None:
    """Take the registrations of a deleted customer from channel sales' list."""
    RegistrationRow.objects.for_partner(partner).filter(registration_id__in=list(ids)).delete()
