"""Which customers a person sees who may not see all: one query for pages, search and export.

The union of three plain index scans (D12, QUALITY G8): her own assignments, those of whoever she
stands in for today, and the exceptions made for her.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from customers.models.assignment import Assignment
from customers.models.customer import Customer
from customers.models.people import CustomerGrant, Substitution
from portal.accounts.models import Membership

SEE, CHANGE = "view_customer", "change_customer"


def away_on(day: date) -> models.QuerySet[Substitution]:
    """The substitutions that hold on a day."""
    return Substitution.objects.filter(starts_on__lte=day, ends_on__gte=day)


def _assigned(person: Membership) -> list[models.QuerySet[Any, Any]]:
    """Her own and, while she stands in for somebody, that person's customers."""
    stands_in = away_on(timezone.localdate()).filter(substitute_id=person.pk)
    rows = Assignment.objects.order_by().values("customer_id")
    return [
        rows.filter(membership_id=person.pk),
        rows.filter(membership_id__in=stands_in.values("membership_id")),
    ]


def _granted(person: Membership, codes: Iterable[str]) -> models.QuerySet[Any, Any]:
    grants = CustomerGrant.objects.filter(user_id=person.user_id, permission__codename__in=codes)
    return grants.order_by().values("content_object_id")


def _union(parts: list[models.QuerySet[Any, Any]]) -> models.QuerySet[Any, Any]:
    return parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]


def seen_ids(person: Membership) -> models.QuerySet[Any, Any] | None:
    """The ids of the customers that this person of the partner sees; None: all of them."""
    if person.may("view_customer"):
        return None
    if person.state != Membership.State.ACTIVE:
        return Assignment.objects.none().values("customer_id")
    parts = _assigned(person) if person.may("view_assigned_customer") else []
    return _union([*parts, _granted(person, (SEE, CHANGE))])


def seen_sql(person: Membership, column: str) -> tuple[str, list[Any]]:
    """The same as a condition on ``column`` for raw searches."""
    if person.customer_id is not None:
        return f"{column} = %s", [person.customer_id]
    if person.state != Membership.State.ACTIVE:
        return "FALSE", []
    ids = seen_ids(person)
    if ids is None:
        return "TRUE", []
    sql, params = ids.query.sql_with_params()
    return f"{column} IN ({sql})", list(params)


def sees_some(person: Membership) -> bool:
    """Whether there is a list to show: by the role's rights, or by an exception."""
    if person.may("view_customer") or person.may("view_assigned_customer"):
        return True
    return person.state == Membership.State.ACTIVE and _granted(person, (SEE, CHANGE)).exists()


def is_assigned(customer_id: UUID, person: Membership) -> bool:
    """Whether this person is assigned to the customer, herself or as a substitute today."""
    return any(part.filter(customer_id=customer_id).exists() for part in _assigned(person))


def may_change(customer: Customer, person: Membership) -> bool:
    """Whether this person may change the customer: all, the assigned (REG-24), or this one by
    an exception (D12)."""
    if person.may("change_customer"):
        return True
    if person.may("change_assigned_customer") and is_assigned(customer.pk, person):
        return True
    if person.state != Membership.State.ACTIVE or person.customer_id is not None:
        return False
    return _granted(person, (CHANGE,)).filter(content_object_id=customer.pk).exists()
