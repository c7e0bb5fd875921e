"""Everything that the list of customers offers to a person, read in one statement (G2)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from customers.models import CustomField
from portal.accounts.models import Membership
from portal.catalog.models import BusinessType
from portal.core.finding import Wanted
from portal.tenancy.guard import verify


@dataclass(frozen=True)
class Saved:
    """A saved filter as the list shows it."""

    id: UUID
    name: str
    query: str
    is_shared: bool
    owner: UUID
    is_own: bool


@dataclass(frozen=True)
class Person:
    """A person of the partner; one whose membership ended appears by name only."""

    id: UUID
    name: str
    is_active: bool


@dataclass(frozen=True)
class ListSetup:
    """Custom fields, the choices of the filters, and the person's own columns and filters."""

    columns: list[str] | None = None
    saved: list[Saved] = field(default_factory=list)
    fields: list[CustomField] = field(default_factory=list)
    plans: list[tuple[str, str]] = field(default_factory=list)
    categories: list[tuple[str, str]] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    # Whether the person's assignments, with those of people they substitute, are at most MANY.
    few_assigned: bool = True
    # Whether what is searched for has many hits.
    is_common: bool = False

    def names(self) -> dict[UUID, str]:
        """Return the people's names by the id of their membership."""
        return {person.id: person.name for person in self.people}


# Up to so many customers are fetched and sorted faster than the register is read in order (G8).
MANY = 2_000
# From this share of hits on, a page is sooner found by walking the register in its order than by
# fetching all of them (REG-37). It is estimated from a few of the table's pages.
COMMON = 0.05

# Small tables in one round trip. The rows from the partner's schema carry the partner's id.
SETUP = """
    SELECT 'columns', partner_id, to_jsonb(columns) FROM customers_listcolumns
     WHERE membership_id = %(me)s AND list_name = 'customers'
    UNION ALL
    SELECT 'saved', partner_id, jsonb_build_array(id, name, query, is_shared, membership_id)
      FROM customers_savedfilter
     WHERE list_name = 'customers' AND (membership_id = %(me)s OR is_shared)
    UNION ALL
    SELECT 'field', partner_id, to_jsonb(f) FROM customers_customfield f
    UNION ALL
    SELECT 'plan', NULL, jsonb_build_array(position, id, name) FROM catalog_rateplan
    UNION ALL
    SELECT 'category', NULL, to_jsonb(b) FROM catalog_businesstype b
    UNION ALL
    SELECT 'person', m.partner_id, jsonb_build_array(
               m.id, CASE WHEN m.state = 'invited' THEN coalesce(nullif(m.invited_as, ''), u.email)
                          ELSE coalesce(nullif(u.name, ''), u.email) END, m.state = 'active')
      FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
     WHERE m.partner_id = %(partner)s AND m.customer_id IS NULL
    UNION ALL
    SELECT 'many', partner_id, 'true' FROM
           (SELECT partner_id FROM customers_assignment WHERE membership_id = %(me)s
             UNION ALL
            SELECT a.partner_id FROM customers_assignment a
              JOIN customers_substitution s ON s.membership_id = a.membership_id
             WHERE s.substitute_id = %(me)s
            OFFSET %(many)s LIMIT 1) more
"""
HITS = """
    UNION ALL
    SELECT 'common', NULL, 'true' FROM
           (SELECT count(*) AS rows, count(*) FILTER (WHERE {words}) AS hits
              FROM customers_customer TABLESAMPLE SYSTEM (2) REPEATABLE (1)) c,
           (SELECT count(*) FILTER (WHERE {words}) AS hits
              FROM customers_contact TABLESAMPLE SYSTEM (2) REPEATABLE (1)) p
     WHERE c.hits + p.hits >= c.rows * %(common)s::float
       AND (c.rows > 0 OR %(common)s::float = 0)
"""


def list_setup(person: Membership, text: str = "") -> ListSetup:
    """Return what this person's list of customers offers; ``text`` is what is searched for."""
    sql = SETUP
    values: dict[str, Any] = {"me": person.pk, "partner": person.partner_id, "many": MANY}
    wanted = Wanted(text[:200])
    if wanted:
        words, patterns = wanted.sql("find_key")
        named = {f"pattern_{at}": pattern for at, pattern in enumerate(patterns)}
        words = words % tuple(f"%({name})s" for name in named)
        sql += HITS.format(words=words)
        values |= {"common": COMMON, **named}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    found: dict[str, list[Any]] = {}
    for kind, partner_id, data in rows:
        if kind not in ("plan", "category", "common"):
            verify(partner_id)
        found.setdefault(kind, []).append(json.loads(data) if isinstance(data, str) else data)
    saved = [
        Saved(UUID(id), name, query, shared, UUID(owner), UUID(owner) == person.pk)
        for id, name, query, shared, owner in found.get("saved", [])
    ]
    categories = [BusinessType(**each) for each in found.get("category", [])]
    categories.sort(key=lambda each: (each.position, each.name))
    people = [Person(UUID(id), name, active) for id, name, active in found.get("person", [])]
    return ListSetup(
        columns=found["columns"][0] if "columns" in found else None,
        saved=sorted(saved, key=lambda each: (each.is_shared, each.name.casefold())),
        fields=sorted(
            (_field(each) for each in found.get("field", [])),
            key=lambda each: (each.is_retired, each.position, each.label, each.pk),
        ),
        plans=[(str(pk), name) for _place, pk, name in sorted(found.get("plan", []))],
        categories=[(str(each.pk), str(each)) for each in categories],
        people=sorted(people, key=lambda each: each.name.casefold()),
        few_assigned="many" not in found,
        is_common="common" in found,
    )


def _field(data: dict[str, Any]) -> CustomField:
    retired = data.pop("retired_at")
    values = {**data, "id": UUID(data["id"]), "partner_id": UUID(data["partner_id"])}
    return CustomField(**values, retired_at=datetime.fromisoformat(retired) if retired else None)
