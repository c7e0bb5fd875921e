"""Which customers a person sees or may change (D12).

``SOURCES`` lists everything that can give a person access to a customer. Pages and exports
(``seen_by``), the raw search (``seen_sql``), a single customer (``may_change``) and the page that
explains access (``customers.people.access_to``) all use it.

A person's own assignments are one plain semi-join over an index (G8). The other sources are asked
only for a person whose membership says so (``has_extra_visibility``): the assignments of those they
stand in for today, and the exceptions made for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import get_user_perms

from customers.models.assignment import Assignment
from customers.models.people import CustomerGrant, away_on
from portal.accounts.models import Membership
from portal.core.formats import day

SEE, CHANGE = "view_customer", "change_customer"
Rows = models.QuerySet[Any, Any]


def _codes(right: str) -> frozenset[str]:
    """Return the permissions that give a right: whoever may change a customer sees it."""
    return frozenset({SEE, CHANGE} if right == SEE else {CHANGE})


def _has_more(person: Membership) -> bool:
    """Return whether more than the person's own assignments counts.

    It never does for an ended membership or a customer's own user.
    """
    active = person.state == Membership.State.ACTIVE
    return person.has_extra_visibility and active and person.customer_id is None


class Source:
    """A source of access to customers.

    ``right`` in all methods is ``SEE`` or ``CHANGE``.
    """

    def lets(self, person: Membership, right: str) -> bool:
        """Return whether this source can give the person the right at all, without a query."""
        raise NotImplementedError

    def reasons(
        self, person: Membership, rows: Collection[Any], names: Mapping[UUID, str]
    ) -> list[str]:
        """Return sentences that explain why a person sees or may change a customer.

        ``rows`` are the source's rows for the person and the customer, ``names`` the partner's
        people by the id of their membership. Empty if the source gives the person nothing.
        """
        raise NotImplementedError


class ByRole(Source):
    """Access by the role, to all customers; there are no rows to query."""

    def lets(self, person: Membership, right: str) -> bool:
        return person.may(right)

    def reasons(
        self, person: Membership, rows: Collection[Any], names: Mapping[UUID, str]
    ) -> list[str]:
        sentences = {
            SEE: _("The role %s sees all customers."),
            CHANGE: _("The role %s may change all customers."),
        }
        role = person.role.label
        return [text % role for right, text in sentences.items() if self.lets(person, right)]


class ByRows(Source):
    """A source with rows that give people access to single customers.

    ``customer`` is the column with the customer's id; ``holder`` is the column that says whose the
    row is, by the membership's ``person_key``.
    """

    customer: ClassVar[str] = "customer_id"
    holder: ClassVar[str]
    person_key: ClassVar[str] = "pk"

    def rows(self, people: Collection[Membership], right: str = SEE) -> Rows:
        """Return the rows of these people."""
        raise NotImplementedError

    def ids(self, person: Membership) -> Rows:
        """Return the ids of the customers that a person sees by this source."""
        return self.rows([person]).values(self.customer)

    def holds(self, person: Membership, customer: models.Model, right: str) -> bool:
        """Return whether a row gives the person the right to the customer."""
        return self.rows([person], right).filter(**{self.customer: customer.pk}).exists()

    def holdings(
        self, people: Collection[Membership], customer: models.Model
    ) -> dict[Membership, list[Any]]:
        """Return the rows of one customer by person, in one statement."""
        by_holder: dict[UUID, list[Any]] = defaultdict(list)
        for row in self.rows(people).filter(**{self.customer: customer.pk}):
            by_holder[getattr(row, self.holder)].append(row)
        return {person: by_holder[getattr(person, self.person_key)] for person in people}

    def grants(self, person: Membership, rows: Collection[Any], right: str) -> bool:
        """Return whether these rows of a person give them the right to the customer."""
        return bool(rows) and self.lets(person, right)


class Assigned(ByRows):
    """Access by being responsible for the customer (REG-17, REG-24)."""

    holder = "membership_id"

    def lets(self, person: Membership, right: str) -> bool:
        return person.may(
            {SEE: "view_assigned_customer", CHANGE: "change_assigned_customer"}[right]
        )

    def rows(self, people: Collection[Membership], right: str = SEE) -> Rows:
        return Assignment.objects.filter(membership_id__in=[person.pk for person in people])

    def reasons(
        self, person: Membership, rows: Collection[Any], names: Mapping[UUID, str]
    ) -> list[str]:
        return [_("Is responsible for this customer.")] if self.grants(person, rows, SEE) else []


class StandsIn(Assigned):
    """Access by standing in today for somebody who is responsible."""

    holder = "substitute_id"

    def lets(self, person: Membership, right: str) -> bool:
        return _has_more(person) and super().lets(person, right)

    def rows(self, people: Collection[Membership], right: str = SEE) -> Rows:
        absences = away_on(timezone.localdate())
        theirs = absences.filter(substitute_id__in=[person.pk for person in people])
        # A person has at most one absence. The annotations are computed only where they are read.
        absence = absences.filter(membership_id=OuterRef("membership_id"))
        return Assignment.objects.filter(membership_id__in=theirs.values("membership_id")).annotate(
            substitute_id=models.Subquery(absence.values("substitute_id")),
            ends_on=models.Subquery(absence.values("ends_on")),
        )

    def reasons(
        self, person: Membership, rows: Collection[Any], names: Mapping[UUID, str]
    ) -> list[str]:
        if not self.grants(person, rows, SEE):
            return []
        return [
            _("Stands in for %(name)s until %(day)s.")
            % {
                "name": names.get(row.membership_id, _("somebody who left")),
                "day": day(row.ends_on),
            }
            for row in rows
        ]


class ByException(ByRows):
    """Access by an exception for this person and this customer, whatever the role says."""

    customer = "content_object_id"
    holder = "user_id"
    person_key = "user_id"

    def lets(self, person: Membership, right: str) -> bool:
        return _has_more(person)

    def rows(self, people: Collection[Membership], right: str = SEE) -> Rows:
        users = [person.user_id for person in people]
        grants = CustomerGrant.objects.filter(
            user_id__in=users, permission__codename__in=sorted(_codes(right))
        )
        return grants.select_related("permission")

    def holds(self, person: Membership, customer: models.Model, right: str) -> bool:
        return not _codes(right).isdisjoint(get_user_perms(person.user, customer))

    def grants(self, person: Membership, rows: Collection[Any], right: str) -> bool:
        if right == CHANGE:
            rows = [row for row in rows if row.permission.codename == CHANGE]
        return super().grants(person, rows, right)

    def reasons(
        self, person: Membership, rows: Collection[Any], names: Mapping[UUID, str]
    ) -> list[str]:
        if not self.grants(person, rows, SEE):
            return []
        first = next(iter(rows))
        sentence = (
            _("Exception: may see and change it, given by %(by)s on %(day)s.")
            if self.grants(person, rows, CHANGE)
            else _("Exception: may see it, given by %(by)s on %(day)s.")
        )
        given = day(timezone.localdate(first.granted_at))
        return [sentence % {"by": first.granted_by, "day": given}]


ROLE, ASSIGNED, STANDS_IN, EXCEPTION = ByRole(), Assigned(), StandsIn(), ByException()
BY_ROWS: tuple[ByRows, ...] = (ASSIGNED, STANDS_IN, EXCEPTION)
SOURCES: tuple[Source, ...] = (ROLE, *BY_ROWS)


def _counting(person: Membership, right: str = SEE) -> list[ByRows]:
    """Return the sources whose rows count for a person."""
    return [source for source in BY_ROWS if source.lets(person, right)]


class _AmongFew(Func):
    """The condition ``id = ANY(ARRAY(...))``: ids are looked up one by one, whatever the order."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


def _seen_ids(sources: list[ByRows], person: Membership) -> Rows:
    """Return the ids of all customers that these sources give a person; some may be repeated."""
    first, *others = (source.ids(person) for source in sources)
    return first.union(*others, all=True) if others else first


def seen_by(person: Membership, *, few: bool = False) -> Q | None:
    """Return the condition for the customers that a person sees; None if these are all.

    ``few`` changes the plan and not the result: it says that there are at most some thousand, which
    are fetched and sorted faster than the register is read in order.
    """
    if person.customer_id is not None:
        return Q(pk=person.customer_id)
    if ROLE.lets(person, SEE):
        return None
    sources = _counting(person)
    if not sources:
        return Q(pk__in=[])
    if few:
        return Q(_AmongFew(F("pk"), ArraySubquery(_seen_ids(sources, person))))
    if len(sources) == 1:
        return Q(pk__in=sources[0].ids(person))
    seen = Q()
    for source in sources:
        here = {source.customer: OuterRef("pk")}
        seen |= Q(Exists(source.rows([person]).filter(**here)))
    return seen


def seen_sql(person: Membership) -> tuple[str, list[Any]]:
    """Return ``seen_by`` as SQL over ``customers_customer c``, with its parameters."""
    if person.customer_id is not None:
        return "c.id = %s", [person.customer_id]
    if ROLE.lets(person, SEE):
        return "TRUE", []
    sources = tuple(_counting(person))
    return _sql_for(person, sources) if sources else ("FALSE", [])


# Anybody, for whom statements are made that serve everybody.
_ANYBODY = Membership(pk=UUID(int=1), user_id=UUID(int=2))


def _sql_for(person: Membership, sources: tuple[ByRows, ...]) -> tuple[str, list[Any]]:
    """Return the condition of these sources with the person and today in it."""
    sql, made_for = _compiled(sources)
    values: dict[Any, Any] = {_ANYBODY.pk: person.pk, _ANYBODY.user_id: person.user_id}
    today = timezone.localdate()
    return sql, [today if isinstance(v, date) else values.get(v, v) for v in made_for]


@cache
def _compiled(sources: tuple[ByRows, ...]) -> tuple[str, tuple[Any, ...]]:
    """Return the condition of these sources for anybody.

    The menu of every page counts with it: made by the ORM each time it took a third of a request.
    """
    parts: list[str] = []
    params: list[Any] = []
    for source in sources:
        rows = source.rows([_ANYBODY]).filter(**{source.customer: RawSQL("c.id", [])})
        sql, values = rows.query.exists(limit=False).sql_with_params()
        parts.append(f"EXISTS ({sql})")
        params += values
    return f"({' OR '.join(parts)})", tuple(params)


def sees_some(person: Membership) -> bool:
    """Return whether the person sees any list: by the role's rights or by an exception."""
    if ROLE.lets(person, SEE) or ASSIGNED.lets(person, SEE):
        return True
    return EXCEPTION.lets(person, SEE) and EXCEPTION.rows([person]).exists()


def may_change(customer: models.Model, person: Membership) -> bool:
    """Return whether a person may change the customer (REG-24, D12).

    The right may cover all customers, the assigned ones, or this one by an exception.
    """
    if ROLE.lets(person, CHANGE):
        return True
    sources = _counting(person, CHANGE)
    return any(source.holds(person, customer, CHANGE) for source in sources)
