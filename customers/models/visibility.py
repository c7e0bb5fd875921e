"""Which customers a person sees who may not see all: the same for pages, search and export.

Their own assignments are one plain semi-join over an index (D12, G8). Only for a person whose
membership says so (``has_extra_visibility``) are two more sources asked: the assignments of
whoever they stand in for today, and the exceptions made for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.utils import timezone

from customers.models.assignment import Assignment
from customers.models.customer import Customer
from customers.models.people import CustomerGrant, Substitution
from portal.accounts.models import Membership

SEE, CHANGE = "view_customer", "change_customer"


def away_on(day: date) -> models.QuerySet[Substitution]:
    """The substitutions that hold on a day."""
    return Substitution.objects.filter(starts_on__lte=day, ends_on__gte=day)


def _own(person: Membership) -> models.QuerySet[Assignment]:
    return Assignment.objects.filter(membership_id=person.pk)


def _stood_in_for(person: Membership) -> models.QuerySet[Assignment]:
    """Assignments of those for whom this person stands in today."""
    stands_in = away_on(timezone.localdate()).filter(substitute_id=person.pk)
    return Assignment.objects.filter(membership_id__in=stands_in.values("membership_id"))


def _granted(person: Membership, codes: Iterable[str]) -> models.QuerySet[CustomerGrant]:
    return CustomerGrant.objects.filter(user_id=person.user_id, permission__codename__in=codes)


def _has_more(person: Membership) -> bool:
    """Whether more than her own assignments counts: never for an ended place, never for a
    customer's own user."""
    active = person.state == Membership.State.ACTIVE
    return person.has_extra_visibility and active and person.customer_id is None


class _AmongFew(Func):
    """``id = ANY(ARRAY(...))``: looked up one by one, whatever the order asked for."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


def seen_by(person: Membership, *, few: bool = False) -> Q | None:
    """The condition on customers that this person of the partner sees; None: all of them.

    ``few`` changes nothing but the way: it says that hers are at most some thousand, so that
    it is better to fetch and sort them than to walk the register in order and ask of each.
    """
    if person.may("view_customer"):
        return None
    assigned, more = person.may("view_assigned_customer"), _has_more(person)
    if not (assigned or more):
        return Q(pk__in=[])
    if few:
        return Q(_AmongFew(F("pk"), ArraySubquery(_ids(person, assigned=assigned, more=more))))
    if not more:
        return Q(pk__in=_own(person).values("customer_id"))
    here = OuterRef("pk")
    seen = Q(Exists(_granted(person, (SEE, CHANGE)).filter(content_object_id=here)))
    if assigned:
        seen |= Q(Exists(_own(person).filter(customer_id=here)))
        seen |= Q(Exists(_stood_in_for(person).filter(customer_id=here)))
    return seen


def _ids(person: Membership, *, assigned: bool, more: bool) -> models.QuerySet[Any, Any]:
    """The ids of all that she sees, from each source; some may come twice."""
    sources: list[models.QuerySet[Any, Any]] = []
    if assigned:
        sources.append(_own(person).values("customer_id"))
    if assigned and more:
        sources.append(_stood_in_for(person).values("customer_id"))
    if more:
        sources.append(_granted(person, (SEE, CHANGE)).values("content_object_id"))
    return sources[0].union(*sources[1:], all=True) if sources[1:] else sources[0]


_OWN = (
    "EXISTS (SELECT 1 FROM customers_assignment a"
    " WHERE a.customer_id = c.id AND a.membership_id = %s)"
)
_STOOD_IN_FOR = (
    "EXISTS (SELECT 1 FROM customers_assignment a"
    " JOIN customers_substitution s ON s.membership_id = a.membership_id"
    " WHERE a.customer_id = c.id AND s.substitute_id = %s"
    " AND s.starts_on <= %s AND s.ends_on >= %s)"
)
_GRANTED = (
    "EXISTS (SELECT 1 FROM customers_customergrant g"
    " JOIN public.auth_permission p ON p.id = g.permission_id"
    " WHERE g.customer_id = c.id AND g.user_id = %s AND p.codename IN (%s, %s))"
)


def seen_sql(person: Membership) -> tuple[str, list[Any]]:
    """The same as ``visible_to`` for raw searches over ``customers_customer c``."""
    if person.customer_id is not None:
        return "c.id = %s", [person.customer_id]
    if person.may("view_customer"):
        return "TRUE", []
    assigned, more = person.may("view_assigned_customer"), _has_more(person)
    parts: list[str] = []
    params: list[Any] = []
    if assigned:
        parts, params = [_OWN], [person.pk]
    if assigned and more:
        day = timezone.localdate()
        parts, params = [*parts, _STOOD_IN_FOR], [*params, person.pk, day, day]
    if more:
        parts, params = [*parts, _GRANTED], [*params, person.user_id, SEE, CHANGE]
    return (f"({' OR '.join(parts)})" if parts else "FALSE"), params


def sees_some(person: Membership) -> bool:
    """Whether there is a list to show: by the role's rights, or by an exception."""
    if person.may("view_customer") or person.may("view_assigned_customer"):
        return True
    return _has_more(person) and _granted(person, (SEE, CHANGE)).exists()


def is_assigned(customer_id: UUID, person: Membership) -> bool:
    """Whether this person is assigned to the customer, herself or as a substitute today."""
    if _own(person).filter(customer_id=customer_id).exists():
        return True
    return _has_more(person) and _stood_in_for(person).filter(customer_id=customer_id).exists()


def may_change(customer: Customer, person: Membership) -> bool:
    """Whether this person may change the customer: all, the assigned (REG-24), or this one by
    an exception (D12)."""
    if person.may("change_customer"):
        return True
    if person.may("change_assigned_customer") and is_assigned(customer.pk, person):
        return True
    if not _has_more(person):
        return False
    return _granted(person, (CHANGE,)).filter(content_object_id=customer.pk).exists()
