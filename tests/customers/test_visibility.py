"""Pages, search and explanation show the same customers, whatever somebody's rights (D12).

Each example has random rights, assignments, absences and exceptions. A second, simple computation
says who sees and may change which customer, and is compared with everything that the portal derives
from its sources.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, Substitution, may_change, seen_sql, sees_some
from customers.people import access_to
from customers.queries import find_customers
from customers.services import assign, set_grant, start_absence
from portal.accounts.models import Membership, Role
from tests import factories
from tests.conftest import NOW

RIGHTS = (
    "view_customer",
    "view_assigned_customer",
    "change_customer",
    "change_assigned_customer",
)
PEOPLE, CUSTOMERS = range(3), range(3)
LEVELS = st.sampled_from(["", "", "see", "change"])
# An absence: the substitute, and the first and last day, counted from today.
ABSENCES = st.none() | st.tuples(st.sampled_from(PEOPLE), st.integers(-3, 3), st.integers(0, 3))
PAIRS = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(CUSTOMERS))


def rights_of(person: Membership, rights: set[str]) -> None:
    role = Role.objects.for_partner(person.partner).create(
        partner=person.partner, name=f"Role of {person.pk}", rights=sorted(rights)
    )
    person.role = role
    person.save(update_fields=["role"])


def expected(
    who: int,
    right: str,
    rights: list[set[str]],
    assigned: set[tuple[int, int]],
    away: dict[int, tuple[int, bool]],
    levels: dict[tuple[int, int], str],
) -> set[int]:
    """Return independently of the portal whom a person sees ("view") or may change ("change")."""
    if f"{right}_customer" in rights[who]:
        return set(CUSTOMERS)
    enough = ("see", "change") if right == "view" else ("change",)
    found = {c for c in CUSTOMERS if levels.get((who, c), "") in enough}
    if f"{right}_assigned_customer" in rights[who]:
        stood_in_for = {p for p, (other, today) in away.items() if other == who and today}
        found |= {c for p, c in assigned if p in {who, *stood_in_for}}
    return found


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rights=st.lists(st.sets(st.sampled_from(RIGHTS)), min_size=3, max_size=3),
    assigned=st.sets(PAIRS),
    absences=st.lists(ABSENCES, min_size=3, max_size=3),
    levels=st.dictionaries(PAIRS, LEVELS),
)
def test_everything_shows_the_same_customers(
    world: tuple[list[Membership], list[Customer]],
    rights: list[set[str]],
    assigned: set[tuple[int, int]],
    absences: list[tuple[int, int, int] | None],
    levels: dict[tuple[int, int], str],
) -> None:
    """D12, REG-25: lists in both ways, the search, the explanation and the right to change."""
    people, customers = world
    today = timezone.localdate()
    with transaction.atomic():
        for person, theirs in zip(people, rights, strict=True):
            rights_of(person, theirs)
        for who, which in assigned:
            assign(customers[which], people[who], at=NOW)
        away = {}
        for who, absence in enumerate(absences):
            if absence is None or absence[0] == who:
                continue
            other, start, length = absence
            start_absence(
                people[who],
                substitute=people[other],
                starts_on=today + timedelta(start),
                ends_on=today + timedelta(start + length),
                at=NOW,
            )
            away[who] = (other, start <= 0 <= start + length)
        for (who, which), level in levels.items():
            set_grant(customers[which], people[who], level, by=people[who], at=NOW)
        fresh = [
            Membership.objects.for_partner(person.partner)
            .select_related("user", "role", "partner")
            .get(pk=person.pk)
            for person in people
        ]
        pages = {
            (row.person.pk, which): row
            for which, customer in enumerate(customers)
            for row in access_to(customer, fresh)
        }
        for who, person in enumerate(fresh):
            sees = expected(who, "view", rights, assigned, away, levels)
            changes = expected(who, "change", rights, assigned, away, levels)
            ids = {customers[which].pk for which in sees}
            for few in (False, True):
                found = Customer.objects.visible_to(person, few=few).filter(name__startswith="Kaj")
                assert sorted(found.values_list("pk", flat=True)) == sorted(ids)
            assert {match.id for match in find_customers("kaj", person=person)} == ids
            assert {c for c in CUSTOMERS if pages[person.pk, c].sees} == sees
            assert {c for c in CUSTOMERS if pages[person.pk, c].changes} == changes
            assert {c for c in CUSTOMERS if may_change(customers[c], person)} == changes
            assert all(page.reasons for page in pages.values())
            assert sees_some(person) or not sees
        transaction.set_rollback(True)


@pytest.fixture
def world(
    anna: Membership, jonas: Membership, mikael: Membership
) -> tuple[list[Membership], list[Customer]]:
    """Return three people of one partner and three customers."""
    customers = [factories.make_customer(f"Kaj {n} AB", f"2000{n}", at=NOW) for n in CUSTOMERS]
    return [anna, jonas, mikael], customers


def test_customers_own_user_and_ended_place(
    mikael: Membership, havsbris: Customer, bjorkvik: Customer
) -> None:
    """ONB-10, D18: a customer's user sees this one alone, an ended membership none."""
    assign(havsbris, mikael, at=NOW)
    mikael.has_extra_visibility = True
    mikael.state = Membership.State.ENDED
    for few in (False, True):
        assert not Customer.objects.visible_to(mikael, few=few).exists()
    assert seen_sql(mikael) == ("FALSE", [])
    mikael.state = Membership.State.ACTIVE
    mikael.customer_id = bjorkvik.pk
    for few in (False, True):
        assert list(Customer.objects.visible_to(mikael, few=few)) == [bjorkvik]
    assert [match.id for match in find_customers("ab ", person=mikael)] == []
    assert [match.id for match in find_customers("bygg", person=mikael)] == [bjorkvik.pk]
    assert find_customers("havsbris", person=mikael) == []


def test_absence_of_somebody_who_left_is_explained(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer
) -> None:
    """D12: the reason is shown even if the name is no longer in the list of people."""
    today = timezone.localdate()
    assign(havsbris, jonas, at=NOW)
    start_absence(jonas, substitute=mikael, starts_on=today, ends_on=today, at=NOW)
    mikael.refresh_from_db()
    (row,) = access_to(havsbris, [mikael])
    assert row.sees and row.reasons[0].startswith("Stands in for somebody who left until ")
    Substitution.objects.all().delete()
    (row,) = access_to(havsbris, [mikael])
    assert not row.sees
