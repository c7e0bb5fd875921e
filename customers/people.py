"""The partner's people as lists of ticks by team (REG-18), and why each sees a customer (D12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Assignment, Customer, CustomerGrant, away_on
from portal.accounts.models import Membership
from portal.core.formats import day
from portal.tenancy.models import Partner

ALL, SOME, NONE = "all", "some", "none"


def colleagues(partner: Partner) -> list[Membership]:
    """Everybody who works at the partner, by name, with team and role, in one statement."""
    found = list(
        Membership.objects.for_partner(partner)
        .filter(state=Membership.State.ACTIVE, customer_id__isnull=True)
        .select_related("user", "role", "team")
        .order_by("user__name", "pk")
    )
    for person in found:
        person.partner = partner
    return found


@dataclass
class Tick:
    """One person in the list: how many of the customers she is responsible for."""

    person: Membership
    state: str
    count: int


@dataclass
class TeamOfTicks:
    """The people of one team."""

    name: str
    ticks: list[Tick] = field(default_factory=list)


def ticks_by_team(people: Iterable[Membership], customers: Sequence[Customer]) -> list[TeamOfTicks]:
    """The people in their teams, those without a team last; each with her state of three."""
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
    """Whether one person sees and may change one customer, and the reasons in sentences."""

    person: Membership
    level: str  # of the exception: "", "see" or "change"
    sees: bool = False
    changes: bool = False
    reasons: list[str] = field(default_factory=list)


def _by_role(row: Access, assigned: bool, absent: list[str], until: list[str]) -> None:
    person, role = row.person, row.person.role.label
    if person.may("view_customer"):
        row.sees = True
        row.reasons.append(_("The role %s sees all customers.") % role)
    if person.may("change_customer"):
        row.changes = True
        row.reasons.append(_("The role %s may change all customers.") % role)
    changes = person.may("change_assigned_customer")
    if person.may("view_assigned_customer"):
        if assigned:
            row.sees = True
            row.reasons.append(_("Is responsible for this customer."))
        for name, end in zip(absent, until, strict=True):
            row.sees = True
            row.reasons.append(
                _("Stands in for %(name)s until %(day)s.") % {"name": name, "day": end}
            )
        if not row.sees:
            row.reasons.append(
                _("The role %s sees assigned customers only, and this is not one.") % role
            )
    elif assigned and not row.sees:
        row.reasons.append(_("Is responsible, but the role %s sees no customers.") % role)
    elif not row.sees:
        row.reasons.append(_("The role %s sees no customers.") % role)
    if changes and (assigned or absent) and not row.changes:
        row.changes = True
        row.reasons.append(_("The role %s may change assigned customers.") % role)


def access_to(customer: Customer, people: Iterable[Membership]) -> list[Access]:
    """For each person whether and why she sees the customer: the same rules as
    ``CustomerQuerySet.visible_to`` and ``may_change``, in words. Four statements."""
    assigned = set(
        Assignment.objects.filter(customer=customer).values_list("membership_id", flat=True)
    )
    by_pk = {person.pk: person for person in people}
    stands_in: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for row in away_on(timezone.localdate()).filter(membership__in=assigned):
        away = by_pk.get(row.membership_id)
        name = away.shown_name if away else _("somebody who left")
        stands_in[row.substitute_id].append((name, day(row.ends_on)))
    grants: dict[UUID, list[CustomerGrant]] = defaultdict(list)
    for grant in CustomerGrant.objects.filter(content_object=customer).select_related("permission"):
        grants[grant.user_id].append(grant)
    rows = []
    for person in by_pk.values():
        mine = grants[person.user_id]
        codes = {grant.permission.codename for grant in mine}
        level = "change" if "change_customer" in codes else "see" if codes else ""
        access = Access(person, level)
        absences = stands_in[person.pk]
        _by_role(
            access,
            person.pk in assigned,
            [name for name, _end in absences],
            [end for _name, end in absences],
        )
        if level:
            access.sees, access.changes = True, access.changes or level == "change"
            details = {"by": mine[0].granted_by, "day": day(timezone.localdate(mine[0].granted_at))}
            access.reasons.append(
                _("Exception: may see and change it, given by %(by)s on %(day)s.") % details
                if level == "change"
                else _("Exception: may see it, given by %(by)s on %(day)s.") % details
            )
        rows.append(access)
    return rows
