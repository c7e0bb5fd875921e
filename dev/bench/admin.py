"""ADMIN: channel sales' lists at 200,000 rows, and G4, its search while typing over a million.

A search, a filter or another order of a list is compared with the list's own first page: three
times as much is met (CHAN-40). G4 compares the suggestions with the same rows by raw SQL, the 95th
percentile of many searches.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from dev.bench.lists import EMAILS, MANY, compare
from dev.bench.search import TYPED

CUSTOMERS = int(os.environ.get("DIRECTORY", "1000000"))
Line = Callable[[str, str, dict[str, list[float]], float | None], bool]
DIRECTORY = """
INSERT INTO channel_directoryentry (customer_id, partner_id, name, name_key, number, town,
    is_active, is_own_company, find_key)
SELECT gen_random_uuid(), %(partner)s, w.name || ' ' || n, lower(w.name) || ' ' || n,
    '5' || lpad(n::text, 7, '0'), 'Kiel', true, false,
    replace(lower(w.name), ' ', '') || n || E'\\n'
  FROM generate_series(1, %(rows)s) n,
    LATERAL (SELECT (%(words)s::text[])[n %% 24 + 1] || ' '
        || (%(words)s::text[])[n / 24 %% 24 + 1] AS name) w
"""
ORDERS = """
INSERT INTO channel_submittedorder (order_id, partner_id, number, customer_id, customer_name,
    customer_number, family, kind, state, currency, one_off, monthly, start_date, submitted_at,
    changed_at, cancel_requested)
SELECT gen_random_uuid(), %(partner)s, '2026-' || lpad(n::text, 6, '0'), d.customer_id, d.name,
    d.number, 'flex', 'new',
    (ARRAY['submitted', 'accepted', 'provisioning', 'completed', 'failed'])[n %% 5 + 1], 'SEK',
    n, n, '2026-12-01', %(now)s - n * interval '1 minute', %(now)s, n %% 500 = 0
  FROM generate_series(1, %(rows)s) n
  JOIN (SELECT customer_id, name, number, row_number() OVER () AS place
          FROM channel_directoryentry LIMIT 10000) d ON d.place = n %% 10000 + 1
"""
# The minimal query that a person would write for the same suggestions.
RAW = """
    SELECT m.* FROM (
        (SELECT customer_id, partner_id, name, number, town, 0 AS branch, name_key
           FROM channel_directoryentry
          WHERE number COLLATE "C" >= %(t)s AND number COLLATE "C" < %(after)s
          ORDER BY number COLLATE "C" LIMIT 10)
        UNION ALL
        (SELECT customer_id, partner_id, name, number, town, 1, name_key
           FROM channel_directoryentry
          WHERE name_key COLLATE "C" >= %(t)s AND name_key COLLATE "C" < %(after)s
          ORDER BY name_key COLLATE "C" LIMIT 10)
        UNION ALL
        (SELECT customer_id, partner_id, name, number, town, 2, name_key
           FROM channel_directoryentry WHERE {words} LIMIT 50)
    ) m ORDER BY (number = %(t)s) DESC, (name_key = %(t)s) DESC, branch, name_key LIMIT 10
"""
LISTS = ("/admin/channel/submittedorder/", "/admin/outbox/outboundemail/")
QUERIES = (
    *((LISTS[0], query) for query in ("q=2026-0001", "q=linden", "q=zzz", "state=completed")),
    *((LISTS[0], query) for query in ("cancel_requested__exact=1", "queue=open", "p=90")),
    *((LISTS[1], query) for query in ("q=linden", "q=a%40k77", "q=zzz", "state=dead", "p=90")),
)


def fill(me: Any) -> None:
    """Add a million customers of one partner, and orders and e-mails for the lists."""
    from django.db import connection

    from dev.bench.seeds import NOW, WORDS
    from portal.tenancy.context import in_public

    values = {"partner": str(me.partner_id), "now": NOW, "rows": MANY, "customer": None}
    with in_public(), connection.cursor() as cursor:
        cursor.execute(DIRECTORY, {**values, "rows": CUSTOMERS, "words": WORDS})
        cursor.execute(ORDERS, values)
        cursor.execute(EMAILS, values)
        for table in ("channel_directoryentry", "channel_submittedorder", "outbox_outboundemail"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def staff_cookie() -> str:
    """Return the cookie of a session of a member of channel sales."""
    from portal.accounts.models import User
    from portal.tenancy.context import in_public
    from tests.conftest import HostClient

    with in_public():
        person = User.objects.create_superuser("bench@kontor.example", "x", name="Bench")
        client = HostClient("localhost")
        client.force_login(person)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def admin_lists(boss: Any, handler: Any, line: Line) -> bool:
    """Measure the lists against their own first pages, then the suggestions."""
    from django.conf import settings

    settings.STAFF_SECOND_FACTOR = False
    fill(boss)
    call, cookie = handler(list(settings.MIDDLEWARE), "localhost"), staff_cookie()
    met = True
    for path, query in QUERIES:
        met = (
            compare(
                "ADMIN",
                f"{path.rstrip('/').rpartition('/')[2]} {query} of {MANY:,}",
                lambda path=path, query=query: call(f"{path}?{query}", cookie),  # type: ignore[misc]
                lambda path=path: call(path, cookie),  # type: ignore[misc]
                line,
                3.0,
            )
            and met
        )
    return suggestions(line) and met


def suggestions(line: Line) -> bool:
    """Measure the search while typing (G4)."""
    from portal.channel.finding import find_anywhere
    from portal.tenancy.context import in_public

    texts = [text.replace("_", " ") for text in TYPED]
    sides: dict[str, Callable[[str], object]] = {
        "product": find_anywhere,
        "floor": raw_search,
        "floor again": raw_search,
    }
    figures: dict[str, list[float]] = {side: [] for side in sides}
    order = list(sides)
    with in_public():
        for turn in range(9):
            times: dict[str, list[float]] = {side: [] for side in sides}
            for text in texts:
                order.append(order.pop(0))
                for side in order:
                    before = time.perf_counter()
                    sides[side](text)
                    times[side].append((time.perf_counter() - before) * 1000)
            if turn:
                for side, each in times.items():
                    figures[side].append(statistics.quantiles(each, n=20)[-1])
    return line("G4", f"type-ahead over all partners, p95, of {CUSTOMERS:,}", figures, 2.0)


def raw_search(text: str) -> list[Any]:
    """Return the ten best, by one cursor."""
    from django.db import connection

    from portal.core.finding import find_key

    words = [find_key(word).partition("\n")[0] for word in text.split()]
    values = {"t": text, "after": text + "\U0010ffff"}
    values |= {f"w{place}": f"%{word}%" for place, word in enumerate(words)}
    found_by = " AND ".join(f"find_key LIKE %(w{place})s" for place in range(len(words)))
    with connection.cursor() as cursor:
        cursor.execute(RAW.replace("{words}", found_by), values)
        return list(cursor.fetchall())
