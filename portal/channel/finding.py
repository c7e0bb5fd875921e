"""Finding a customer of any partner while somebody types (CHAN-41; speed: G4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from portal.core.finding import Wanted
from portal.tenancy.context import in_public

LEAST = 3
LIMIT = 10
_COLUMNS = "c.customer_id, c.partner_id, c.name, c.number, c.town, c.is_active, c.name_key"
# Each branch has its own limit and index; the best are ranked after, and the partner is looked up
# for these alone, so that neither the number of customers nor of partners makes it slower.
_SEARCH = f"""
    SELECT m.customer_id, m.name, m.number, m.town, m.is_active, p.name, p.slug FROM (
        SELECT DISTINCT ON (u.customer_id) u.* FROM (
            (SELECT {_COLUMNS}, 0 AS branch FROM channel_directoryentry c
             WHERE c.number COLLATE "C" >= %s AND c.number COLLATE "C" < %s
             ORDER BY c.number COLLATE "C" LIMIT %s)
            UNION ALL
            (SELECT {_COLUMNS}, 1 FROM channel_directoryentry c
             WHERE c.name_key COLLATE "C" >= %s AND c.name_key COLLATE "C" < %s
             ORDER BY c.name_key COLLATE "C" LIMIT %s)
            UNION ALL
            (SELECT {_COLUMNS}, 2 FROM channel_directoryentry c WHERE {{words}} LIMIT %s)
        ) u ORDER BY u.customer_id, u.branch
    ) m JOIN tenancy_partner p ON p.id = m.partner_id
    ORDER BY (m.number = %s) DESC, (m.name_key = %s) DESC, m.branch, m.name_key COLLATE "C",
        m.customer_id
    LIMIT %s
"""  # noqa: S608  the parts are literals of this module


@dataclass(frozen=True)
class FoundCustomer:
    """A customer of some partner, as a suggestion to channel sales."""

    customer_id: UUID
    name: str
    number: str
    town: str
    is_active: bool
    partner: str
    slug: str

    @property
    def url(self) -> str:
        """Return the address of the customer in its partner's admin."""
        return f"/admin/p/{self.slug}/customers/customer/{self.customer_id}/change/"


def find_anywhere(text: str, *, limit: int = LIMIT) -> list[FoundCustomer]:
    """Return the best matches among all partners' customers; for staff only.

    ``text`` is a part of the name, in any spelling, or the beginning of the number. Fewer than
    three characters return nothing, without a query.
    """
    text = text.replace("\x00", "")
    wanted = Wanted(text)
    if not wanted or len(wanted.spelled) < LEAST:
        return []
    typed = " ".join(text.split())
    words, patterns = wanted.sql("c.find_key") if wanted.is_indexed else ("FALSE", [])
    values: list[Any] = []
    for low in (typed, wanted.spelled):
        values += [low, low + "\U0010ffff", limit]
    values += [*patterns, limit * 5, typed, wanted.spelled, limit]
    with in_public(), connection.cursor() as cursor:
        cursor.execute(_SEARCH.format(words=words), values)
        return [FoundCustomer(*row) for row in cursor.fetchall()]
