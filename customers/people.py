"""The partner's people by team, with ticks (REG-18), and why each sees a customer (D12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from customers.models import Assignment, Customer
from customers.models.visibility import (
    ASSIGNED,
    BY_ROWS,
    CHANGE,
    EXCEPTION,
    ROLE,
    SEE,
    STANDS_IN,
    ByRows,
)
from portal.accounts.models import Membership
from portal.tenancy.models import Partner

ALL, SOME, NONE = "all", "some", "none"


def colleagues(partner: Partner) -> list[Membership]:
    """Return everybody who works at the partner, by name, with team and role.

    One statement loads them all.
    """
    found = list(
        Membership.objects.own_people(partner)
        .filter(state=Membership.State.ACTIVE)
        .select_related("user", "role", "team")
        .order_by("user__name", "pk")
    )
    for person in found:
        person.partner = partner
    return found


@dataclass
class Tick:
    """A person in the list, and how many of the customers they are responsible for."""

    person: Membership
    state: str
    count: int


@dataclass
class TeamOfTicks:
    """A team and its people in the list."""

    name: str
    ticks: list[Tick] = field(default_factory=list)


def ticks_by_team(people: Iterable[Membership], customers: Sequence[Customer]) -> list[TeamOfTicks]:
    """Return the people by team, those without a team last.

    Each tick says whether the person is responsible for all, some or none of the customers.
    """
    counts: dict[UUID, int] = defaultdict(int)
    rows = Assignment.objects.filter(customer__in=customers).values_list("membership_id", flat=True)
    for pk in rows:
        counts[pk] += 1
    teams: dict[str, TeamOfTicks] = {}
    for person in people:
        count = counts[person.pk]
        state = NONE if not count else ALL if count == len(customers) else SOME
        name = person.team.name if person.team else ""
        teams.setdefault(name, TeamOfTicks(name)).ticks.append(Tick(person, state, count))
    return sorted(teams.values(), key=lambda team: (not team.name, team.name.casefold()))


@dataclass
class Access:
    """Whether one person sees and may change one customer, with the reasons."""

    person: Membership
    level: str  # of the exception: "", "see" or "change"
    sees: bool = False
    changes: bool = False
    reasons: list[str] = field(default_factory=list)


def _missing(person: Membership, assigned: bool) -> str:
    """Return why a person's role does not show them a customer."""
    role = person.role.label
    if ASSIGNED.lets(person, SEE):
        return _("The role %s sees assigned customers only, and this is not one.") % role
    if assigned:
        return _("Is responsible, but the role %s sees no customers.") % role
    return _("The role %s sees no customers.") % role


def _access(
    person: Membership, held: Mapping[ByRows, Sequence[object]], names: Mapping[UUID, str]
) -> Access:
    """Return one person's access from the rows that each source holds for them."""
    rows = {source: held.get(source, ()) for source in BY_ROWS}

    def gives(source: ByRows, right: str) -> bool:
        return source.grants(person, rows[source], right)

    level = "change" if gives(EXCEPTION, CHANGE) else "see" if gives(EXCEPTION, SEE) else ""
    access = Access(person, level, ROLE.lets(person, SEE), ROLE.lets(person, CHANGE))
    access.reasons += ROLE.reasons(person, (), names)
    for source in (ASSIGNED, STANDS_IN):
        access.sees = access.sees or gives(source, SEE)
        access.reasons += source.reasons(person, rows[source], names)
    if not access.sees:
        access.reasons.append(_missing(person, bool(rows[ASSIGNED])))
    if not access.changes and (gives(ASSIGNED, CHANGE) or gives(STANDS_IN, CHANGE)):
        access.changes = True
        access.reasons.append(_("The role %s may change assigned customers.") % person.role.label)
    access.sees = access.sees or gives(EXCEPTION, SEE)
    access.changes = access.changes or gives(EXCEPTION, CHANGE)
    access.reasons += EXCEPTION.reasons(person, rows[EXCEPTION], names)
    return access


def access_to(customer: Customer, people: Iterable[Membership]) -> list[Access]:
    """Return for each person whether and why they see the customer.

    The sources are those of ``CustomerQuerySet.visible_to`` and ``may_change``; three statements
    read them for all people.
    """
    everybody = list(people)
    names = {person.pk: person.shown_name for person in everybody}
    held = {source: source.holdings(everybody, customer) for source in BY_ROWS}
    return [
        _access(person, {source: held[source][person] for source in BY_ROWS}, names)
        for person in everybody
    ]
