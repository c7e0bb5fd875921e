"""Services that assign people to customers and notify them (REG-17 to REG-23)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from customers import emails
from customers.models import Assignment, Customer
from customers.services.substitutions import end_absences_and_exceptions
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.history.services import record
from portal.notices.services import notify
from portal.tenancy.context import require_partner


def assign(customer: Customer, person: Membership, *, at: datetime) -> None:
    """Assign a person to a customer without a notification; again is no error.

    For demo data and tests.
    """
    Assignment.objects.get_or_create(
        customer=customer, membership=person, defaults={"created_at": at}
    )


def _lock(
    customer_ids: Iterable[UUID], people: Iterable[UUID]
) -> tuple[list[Customer], dict[UUID, Membership]]:
    """Lock the people, then the customers: the same order as when a person leaves.

    Return the customers, and the people by id.
    """
    found = (
        Membership.objects.own_people(require_partner())
        .select_for_update(of=("self",))
        .select_related("user", "role")
        .filter(pk__in=set(people))
        .order_by("pk")
    )
    rows = {person.pk: person for person in found}
    for person in rows.values():
        person.partner = require_partner()
    customers = Customer.objects.select_for_update(of=("self",)).filter(pk__in=set(customer_ids))
    return list(customers.order_by("pk")), rows


@transaction.atomic
def change_assignments(
    customers: Iterable[Customer],
    *,
    add: Iterable[Membership] = (),
    remove: Iterable[Membership] = (),
    mail: bool = True,
    at: datetime,
) -> tuple[int, int]:
    """Assign ``add`` to all these customers, end the assignments of ``remove``; return both counts.

    Whoever was assigned or unassigned gets one notification and one e-mail each, whatever the
    number of customers; nobody else does, and never the customer (REG-20). ``mail=False``: the
    caller sends the e-mail. Raise RuleError for somebody who has no membership here any more.
    """
    add = list(add)
    wanted = {person.pk for person in add}
    unwanted = {person.pk for person in remove} - wanted
    rows, people = _lock({customer.pk for customer in customers}, wanted | unwanted)
    _refuse_strangers(add, people)
    have = set(
        Assignment.objects.filter(customer__in=rows, membership__in=people).values_list(
            "customer_id", "membership_id"
        )
    )
    came: dict[UUID, list[Customer]] = defaultdict(list)
    went: dict[UUID, list[Customer]] = defaultdict(list)
    for customer in sorted(rows, key=lambda row: row.sort_key):
        for pk in wanted:
            if (customer.pk, pk) not in have:
                came[pk].append(customer)
        for pk in unwanted:
            if (customer.pk, pk) in have:
                went[pk].append(customer)
    Assignment.objects.bulk_create(
        Assignment(customer=customer, membership_id=pk, created_at=at)
        for pk, theirs in came.items()
        for customer in theirs
    )
    for pk, theirs in went.items():
        Assignment.objects.filter(membership_id=pk, customer__in=theirs).delete()
    for verb, changes in (("person_assigned", came), ("person_unassigned", went)):
        for pk, theirs in changes.items():
            for customer in theirs:
                record(customer, verb, customer_id=customer.pk, person=people[pk].shown_name)
    _tell(people, came, went, mail=mail, at=at)
    return sum(map(len, came.values())), sum(map(len, went.values()))


def _refuse_strangers(add: Iterable[Membership], people: Mapping[UUID, Membership]) -> None:
    """Raise RuleError for somebody who does not work here: left, or a customer's user."""
    for person in add:
        found = people.get(person.pk)
        if found is None or found.state != Membership.State.ACTIVE:
            raise RuleError(_("%(name)s is no longer a member here.") % {"name": person.shown_name})


def _tell(
    people: Mapping[UUID, Membership],
    came: Mapping[UUID, list[Customer]],
    went: Mapping[UUID, list[Customer]],
    *,
    mail: bool,
    at: datetime,
) -> None:
    """Send each person one notification and one e-mail for each direction of change."""
    act = uuid4()
    for verb, changes in (("assigned", came), ("unassigned", went)):
        for pk, customers in changes.items():
            person = people[pk]
            if person.state != Membership.State.ACTIVE:
                continue
            url = _where(person, customers)
            if len(customers) == 1:
                notify(person, verb, at=at, url=url, customer=customers[0].label)
            else:
                notify(person, f"{verb}_many", at=at, url=url, n=len(customers))
            if mail:
                emails.assignment(person, verb, customers, url=url, key=f"{act}-{person.pk}")


def _where(person: Membership, customers: list[Customer]) -> str:
    """Return the address of the customer or of the list; empty if the person sees none of them."""
    seen = Customer.objects.visible_to(person).filter(pk__in=[each.pk for each in customers])
    if not seen.exists():
        return ""
    if len(customers) == 1:
        return reverse("customers:customer", args=[customers[0].pk])
    return reverse("customers:list")


@transaction.atomic
def hand_over_customers(person: Membership, *, to: Membership | None, at: datetime) -> int:
    """Assign the customers of a person who leaves to ``to`` (D18) and return how many.

    The caller sends ``to`` the e-mail (OUT-21).

    The person's absences, substitutions and exceptions end. Raise RuleError at ``successor`` if
    there are customers and nobody takes over.
    """
    hers = list(Customer.objects.filter(assignments__membership=person))
    if hers and to is None:
        raise RuleError(_("Choose who takes over."), field="successor")
    if hers and to is not None:
        change_assignments(hers, add=[to], remove=[person], mail=False, at=at)
    end_absences_and_exceptions(person)
    return len(hers)
