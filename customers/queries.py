"""The search while somebody types: customers and contacts (ORD-17 to ORD-24, REG-36; speed: G3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection
from phonenumber_field.phonenumber import to_python

from customers.models import Customer, families_with_registration, seen_sql
from portal.accounts.models import Membership
from portal.core.finding import Wanted
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


# The columns of a suggestion. Each branch has its own limit and index; the best are ranked after
# (SPEED-01): an exact number, what is spelled as it was typed, beginnings, the rest. A customer
# that all branches find is returned four times: hence the last limit. ``{where}`` stands for the
# conditions that all branches share, ``{words}`` for those on the key (REG-36).
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
         WHERE c.find_key COLLATE "C" >= %s AND c.find_key COLLATE "C" < %s AND {{where}}
         ORDER BY c.find_key COLLATE "C" LIMIT %s)
        UNION ALL
        (SELECT {_COLUMNS}, 3 FROM customers_customer c
         WHERE {{words}} AND {{where}} LIMIT %s)
    ) m
    ORDER BY (m.number_key = %s) DESC, (m.name_key = %s) DESC, m.branch,
        (strpos(m.name_key, %s) > 0) DESC, m.sort_key COLLATE "C", m.id
    LIMIT %s
"""  # noqa: S608  the parts are literals of this module


def find_customers(
    text: str, *, person: Membership, family: str | None = None, limit: int = LIMIT
) -> list[Match]:
    """Return the best matches for what was typed: part of the name or beginning of the number.

    Accents, punctuation and the order of words make no difference (REG-36), but what is spelled
    as it was typed comes first. Only customers that ``person`` may see and that can be chosen for
    ``family`` are returned (ORD-24). Fewer than three characters return nothing, without a query
    (ORD-19).
    """
    wanted = Wanted(text)
    if not wanted or len(wanted.spelled) < MIN_LETTERS:
        return []
    where, params = _conditions(person, family)
    # Two letters, as of H&M, are looked for at the beginning only.
    words, patterns = wanted.sql("c.find_key") if wanted.is_indexed else ("FALSE", [])
    spelled = wanted.spelled
    values: list[Any] = []
    for low in (spelled, spelled, wanted.key):
        values += [low, low + "\U0010ffff", *params, limit]
    values += [*patterns, *params, limit * 5, spelled, spelled, spelled, limit * 4]
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH.format(where=where, words=words), values)
        rows = cursor.fetchall()
    found: dict[UUID, Match] = {}
    for row in rows:
        verify(row[1])
        if row[0] not in found and len(found) < limit:
            found[row[0]] = _match(row)
    return list(found.values())


def matches_of(ids: Sequence[UUID], *, person: Membership) -> list[Match]:
    """Return these customers as suggestions, in this order: the active ones that are seen."""
    rows = Customer.objects.visible_to(person).active().filter(pk__in=ids)
    found = {row.pk: row for row in rows.prefetch_related("clearances")}
    return [
        Match(
            id=row.pk,
            name=row.name,
            number=row.number,
            town=row.city,
            is_own_company=row.is_own_company,
            is_residential=row.is_residential,
            cleared=frozenset(
                each.family for each in row.clearances.all() if each.revoked_at is None
            ),
        )
        for row in (found[pk] for pk in ids if pk in found)
    ]


_CONTACTS = """
    SELECT p.partner_id, p.first_name || ' ' || p.last_name, p.email, p.phone,
           c.partner_id, c.id, c.name, c.number
    FROM customers_contact p JOIN customers_customer c ON c.id = p.customer_id
    WHERE {words} AND p.erased_at IS NULL AND p.left_at IS NULL AND {where} LIMIT %s
"""


@dataclass(frozen=True)
class ContactMatch:
    """A person at a customer, found by name, e-mail address or phone number."""

    name: str
    email: str
    phone: str
    customer_id: UUID
    customer: str
    number: str


def find_contacts(text: str, *, person: Membership, limit: int = LIMIT) -> list[ContactMatch]:
    """Return contacts of the active customers that ``person`` sees (REG-36), the best first."""
    wanted = Wanted(text)
    short = len(wanted.spelled) < MIN_LETTERS or not wanted.is_indexed
    if short or person.customer_id is not None:
        return []
    where, params = _conditions(person, None)
    words, patterns = wanted.sql("p.find_key", phone=True)
    with connection.cursor() as cursor:
        sql = _CONTACTS.format(words=words, where=where)
        cursor.execute(sql, [*patterns, *params, limit * 5])
        rows = cursor.fetchall()
    found: list[ContactMatch] = []
    for partner_id, name, email, phone, customer_partner_id, *customer in rows:
        verify(partner_id)
        verify(customer_partner_id)
        found.append(ContactMatch(name, email, phone, *customer))
    found.sort(key=lambda each: (wanted.rank(each.name, each.email), each.name, each.email))
    return [replace(each, phone=str(to_python(each.phone) or "")) for each in found[:limit]]


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
