"""The search for customers while somebody types (ORD-17 to ORD-24; speed: G3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from customers.models import families_with_registration, seen_sql
from portal.accounts.models import Membership
from portal.core.sorting import search_key
from portal.tenancy.guard import verify

MIN_LETTERS = 3
LIMIT = 10


@dataclass(frozen=True)
class Match:
    """One suggestion, with number and town because a name alone is ambiguous (ORD-20)."""

    id: UUID
    name: str
    number: str
    town: str
    is_own_company: bool
    is_residential: bool
    cleared: frozenset[str]


def like_literally(text: str) -> str:
    """Return ``text`` escaped for LIKE, so that %, _ and \\ are found as they are (INP-02)."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# The columns of a suggestion. Each branch has its own limit and index; the ten best are ranked
# after (SPEED-01). A customer that all three branches find is returned three times: hence the
# last limit. ``{where}`` stands for the conditions that all branches share.
_COLUMNS = (
    "c.id, c.partner_id, c.name, c.number, c.city, c.is_own_company, c.type, c.sort_key,"
    " c.name_key, c.number_key"
)
_SEARCH = f"""
    SELECT m.*, ARRAY(SELECT f.family FROM customers_familyclearance f
                      WHERE f.customer_id = m.id AND f.revoked_at IS NULL)
    FROM (
        (SELECT {_COLUMNS}, 0 AS branch FROM customers_customer c
         WHERE c.number_key COLLATE "C" >= %s AND c.number_key COLLATE "C" < %s AND {{where}}
         ORDER BY c.number_key COLLATE "C" LIMIT %s)
        UNION ALL
        (SELECT {_COLUMNS}, 1 FROM customers_customer c
         WHERE c.name_key COLLATE "C" >= %s AND c.name_key COLLATE "C" < %s AND {{where}}
         ORDER BY c.name_key COLLATE "C" LIMIT %s)
        UNION ALL
        (SELECT {_COLUMNS}, 2 FROM customers_customer c
         WHERE c.name_key LIKE %s AND {{where}} LIMIT %s)
    ) m
    ORDER BY (m.number_key = %s) DESC, m.branch, m.sort_key COLLATE "C", m.id
    LIMIT %s
"""  # noqa: S608  the parts are literals of this module


def find_customers(
    text: str, *, person: Membership, family: str | None = None, limit: int = LIMIT
) -> list[Match]:
    """Return the best matches for what was typed: part of the name or beginning of the number.

    Only customers that ``person`` may see and that can be chosen for ``family`` are returned
    (ORD-24). Fewer than three characters return nothing, without a query (ORD-19).
    """
    wanted = search_key(text)
    if len(wanted) < MIN_LETTERS:
        return []
    where, params = _conditions(person, family)
    after = wanted + "\U0010ffff"
    values: list[Any] = [wanted, after, *params, limit, wanted, after, *params, limit]
    values += [f"%{like_literally(wanted)}%", *params, limit * 5, wanted, limit * 3]
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH.format(where=where), values)
        rows = cursor.fetchall()
    found: dict[UUID, Match] = {}
    for row in rows:
        verify(row[1])
        if row[0] not in found and len(found) < limit:
            found[row[0]] = _match(row)
    return list(found.values())


def _conditions(person: Membership, family: str | None) -> tuple[str, list[Any]]:
    """Return the conditions of a search as SQL over ``c``, with their parameters."""
    visible, params = seen_sql(person)
    where = f"c.is_active AND {visible}"
    if family is not None and family in families_with_registration():
        where += (
            " AND EXISTS (SELECT 1 FROM customers_familyclearance f WHERE f.customer_id = c.id"
            " AND f.family = %s AND f.revoked_at IS NULL)"
        )
        params = [*params, family]
    return where, params


def _match(row: Sequence[Any]) -> Match:
    return Match(
        id=row[0],
        name=row[2],
        number=row[3],
        town=row[4],
        is_own_company=row[5],
        is_residential=row[6] == "residential",
        cleared=frozenset(row[11]),
    )
