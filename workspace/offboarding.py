"""Ending a person's place and handing over their work in one transaction (D18).

This is the only module that calls each app for it: an app with objects that belong to a person adds
its service here, and their count to the page that asks first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Assignment, Customer
from customers.services import hand_over_customers, hand_over_filters
from orders.services.assigning import hand_over_orders, open_orders_of, open_work_of
from portal.accounts.models import Membership
from portal.accounts.services import end_membership
from portal.core.errors import RuleError
from portal.history.services import record
from portal.notices.services import forget_notices, notify
from quotes.services.handover import hand_over_quotes, open_quotes
from workspace import emails


@dataclass(frozen=True)
class Handover:
    """What a person leaves behind."""

    customers: int
    drafts: int
    orders: int
    quotes: int

    def __bool__(self) -> bool:
        return bool(self.customers or self.drafts or self.orders or self.quotes)


def to_hand_over(person: Membership) -> Handover:
    """Return what would be handed over now."""
    customers = Assignment.objects.filter(membership=person).count()
    drafts, orders = open_orders_of(person)
    return Handover(customers, drafts, orders, open_quotes(person).count())


def successors(person: Membership) -> list[Membership]:
    """Return who can take over everything that is left, by the rights that it needs (REG-60)."""
    needed = rights_needed(person)
    found = (
        Membership.objects.own_people(person.partner)
        .filter(state=Membership.State.ACTIVE)
        .exclude(pk=person.pk)
        .select_related("user", "role", "partner")
    )
    people = found.order_by("user__name", "pk")
    return [each for each in people if all(each.may(right) for right in needed)]


def rights_needed(person: Membership) -> set[str]:
    """Return the rights without which what a person leaves could not be gone on with (REG-60)."""
    left = to_hand_over(person)
    return {
        *(["add_order"] if left.drafts else []),
        *(["view_order"] if left.orders else []),
        *(["change_quote", "send_confirmation"] if left.quotes else []),
    }


def _work_of(person: Membership) -> emails.Work:
    customers = Customer.objects.filter(assignments__membership=person)
    drafts, orders = open_work_of(person)
    return emails.Work(
        customers=list(customers.order_by("sort_key", "pk")),
        drafts=drafts,
        quotes=list(open_quotes(person).select_related("customer").order_by("number")),
        orders=orders,
    )


@transaction.atomic
def offboard(person: Membership, *, successor: Membership | None, at: datetime) -> Handover:
    """End a person's place and hand over their customers, quotes, drafts and open orders.

    Raise RuleError at ``successor`` if there is something to hand over and nobody to take it, and
    for the last one who can manage people; nothing is changed then.
    """
    if successor is not None and successor.pk == person.pk:
        raise RuleError(_("Choose somebody else."), field="successor")
    if successor is not None and not all(successor.may(each) for each in rights_needed(person)):
        raise RuleError(
            _("%(name)s has not the rights to go on with this work. Choose somebody else.")
            % {"name": successor.shown_name},
            field="successor",
        )
    work = _work_of(person)
    end_membership(person, at=at)
    customers = hand_over_customers(person, to=successor, at=at)
    drafts, orders = hand_over_orders(person, to=successor, at=at)
    quotes = hand_over_quotes(person, to=successor, at=at)
    work = replace(work, filters=hand_over_filters(person, to=successor))
    forget_notices(person)
    left = Handover(customers, drafts, orders, quotes)
    if left and successor is not None:
        details: dict[str, Any] = {
            "customers": customers,
            "drafts": drafts,
            "orders": orders,
            "quotes": quotes,
        }
        record(
            person,
            "person_handed_over",
            customer_id=None,
            called=person.shown_name,
            successor=successor.shown_name,
            **details,
        )
        notify(
            successor,
            "handed_over",
            at=at,
            url=reverse("customers:list"),
            person=person.shown_name,
            **details,
        )
        emails.handed_over(successor, left=person, work=work, at=at)
    return left
