"""Filters that other lists have too: by customer, and by somebody of the partner (REG-09)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models.functions import Collate
from django.utils.translation import gettext as _

from customers.models import Customer, ListColumns, SavedFilter
from customers.rows import customer_address
from portal.accounts.models import Membership
from portal.core.http import parse_uuid
from portal.core.list_filters import Filter
from portal.core.sorting import search_key
from portal.outbox import customers as customers_of_outbox
from portal.outbox.customers import Customers, Named


def customer_filter(person: Membership) -> Filter:
    """Return the filter by one customer: its number is typed, or a link has its id.

    A customer that the person does not see is as if it were not there (ANS-01).
    """

    def find(typed: str) -> tuple[str, str] | None:
        visible = Customer.objects.visible_to(person)
        pk = parse_uuid(typed)
        if pk is not None:
            found = visible.filter(pk=pk).first()
        else:
            keyed = visible.alias(key=Collate("number_key", "C"))
            found = keyed.filter(key=search_key(typed)).first()
        return (str(found.pk), found.label) if found is not None else None

    return Filter("customer", _("Customer number"), "named", find=find)


def people_filter(person: Membership, name: str, label: str, anybody: str, me: str) -> Filter:
    """Return the filter by somebody who works at the partner; who left has a name, no choice."""
    people = Membership.objects.own_people(person.partner)
    found = sorted(people.select_related("user"), key=lambda each: each.shown_name.casefold())
    active = [each for each in found if each.state == Membership.State.ACTIVE]
    names = {str(each.pk): each.shown_name for each in found}
    choices = [("", anybody), ("me", me), *((str(each.pk), names[str(each.pk)]) for each in active)]
    return Filter(name, label, "choice", choices, former=list(names.items()), menu=True)


def named(person: Membership, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Return the names of the customers that the list of messages shows."""
    found = Customer.objects.visible_to(person).filter(pk__in=ids)
    return {
        pk: Named(name, number, customer_address(pk))
        for pk, name, number in found.values_list("pk", "name", "number")
    }


def columns_of_emails(person: Membership) -> list[str] | None:
    """Return the columns that a person chose for the list of messages."""
    return ListColumns.objects.names_for(person, SavedFilter.List.EMAILS)


def register() -> None:
    """Tell the outbox who the customers of its messages are, and which columns people chose."""
    customers_of_outbox.register(Customers(named, customer_filter, columns_of_emails))
