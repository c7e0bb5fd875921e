"""Entries of the home page: rows of several tables as one list, read in one statement (ONB-24).

Each app says which of its rows are entries and how they read, as ``Entries``. The home page reads
all of them together, so that another app costs no further statement. Each row carries its partner,
which is checked (ISO-12).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, models
from django.db.models import F, Value
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from portal.tenancy.guard import verify

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Expression = Any
# How an entry is shown: the words of a state, and its colour.
Sign = tuple[str, str]


@dataclass(frozen=True)
class Entries:
    """The entries of one kind.

    ``rows`` in ``order``, of which only the first are read; ``title``, ``detail``, ``since`` and
    ``customer`` (name, number) are fields or expressions. ``words`` makes the text of a detail, and
    ``sign`` a state of it. ``rank`` is the lower the sooner a person has to act. ``more`` is the
    address of the list of all, ``many`` what these are called.
    """

    name: str
    label: StrOrPromise
    icon: str
    rows: models.QuerySet[Any]
    order: Sequence[Expression]
    url: Callable[[UUID], str]
    act: StrOrPromise = ""
    many: StrOrPromise = ""
    more: str = ""
    rank: Expression = 9
    title: Expression = "number"
    detail: Expression = ""
    since: Expression = "changed_at"
    customer: tuple[Expression, Expression] = ("customer__name", "customer__number")
    words: Callable[[str], str] = str
    sign: Callable[[str], Sign] | None = None

    def columns(self, place: int) -> dict[str, Expression]:
        """Return what is read of a row; texts of all kinds are texts in the database too."""
        name, number = self.customer
        return {
            "entry_place": Value(place, models.IntegerField()),
            "entry_since": _expression(self.since),
            "entry_rank": _expression(self.rank),
            "entry_title": _expression(self.title),
            "entry_detail": _expression(self.detail),
            "entry_customer": _expression(name),
            "entry_number": _expression(number),
        }


def _expression(each: Expression) -> Expression:
    if isinstance(each, str) and each:
        return F(each)
    return each if hasattr(each, "resolve_expression") else Value(each)


@dataclass(frozen=True)
class Entry:
    """One row of the list."""

    kind: Entries
    pk: UUID
    since: datetime
    rank: int
    title: str
    raw: str
    customer: str
    customer_number: str

    @property
    def url(self) -> str:
        return self.kind.url(self.pk)

    @property
    def detail(self) -> str:
        return "" if self.kind.sign is not None else self.kind.words(self.raw)

    @property
    def sign(self) -> Sign | None:
        return self.kind.sign(self.raw) if self.kind.sign is not None else None


def read_entries(kinds: Sequence[Entries], *, each: int) -> list[Entry]:
    """Return the first ``each`` entries of every kind, in one statement."""
    parts: list[str] = []
    values: list[Any] = []
    for place, kind in enumerate(kinds):
        columns = kind.columns(place)
        query = kind.rows.order_by(*kind.order).annotate(**columns)
        query = query.values_list("partner_id", "pk", *columns)[:each]
        if not query.query.is_empty():
            sql, params = query.query.sql_with_params()
            parts.append(f"({sql})")
            values += params
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return [_entry(kinds, *row) for row in cursor.fetchall()]


def _entry(
    kinds: Sequence[Entries],
    partner_id: UUID,
    pk: UUID,
    place: int,
    since: datetime,
    rank: int,
    *texts: str | None,
) -> Entry:
    verify(partner_id)
    title, raw, customer, number = (text or "" for text in texts)
    return Entry(kinds[place], pk, since, rank, title, raw, customer, number)


def most_urgent(entries: Sequence[Entry], *, limit: int, of_a_kind: int) -> list[Entry]:
    """Return the entries to show, the most urgent first and of these the oldest.

    No kind takes more than ``of_a_kind`` places while others have entries left.
    """
    ordered = sorted(entries, key=lambda entry: (entry.rank, entry.since))
    taken: Counter[str] = Counter()
    first: list[Entry] = []
    rest: list[Entry] = []
    for entry in ordered:
        taken[entry.kind.name] += 1
        (first if taken[entry.kind.name] <= of_a_kind else rest).append(entry)
    shown = (first + rest)[:limit]
    return sorted(shown, key=lambda entry: (entry.rank, entry.since))


def age_in_words(since: datetime, now: datetime) -> str:
    """Return how long ago something was: "3 days", and "just now" for the last minute."""
    if (now - since).total_seconds() < 60:
        return _("just now")
    return timesince(since, now, depth=1)
