"""G3: type-ahead against the same rows by raw SQL, the 95th percentile of many searches."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

# What people type: prefixes, infixes, numbers, rare and common terms, and terms without a match.
TYPED = (
    "nor nord nordvik hav havsbris lin linden kvarn sund elbe tide vint hans björ åke öst web "
    "byg kons logi tand hote röke sped gart klin 500 5000 50012 5099 5007 vik bris vård xyzq "
    "nordvik_havs havsbris_fjell 123 777 ab_ 9_ab marine åker_ weber_m"
).split()
TURNS = 25
Line = Callable[[str, str, dict[str, list[float]], float | None], bool]

# The minimal query that a person would write for the same rows in the same order.
RAW = """
    SELECT m.* FROM (
        (SELECT id, name, number, city, is_own_company, type, 0 AS branch, sort_key, name_key
           FROM customers_customer
          WHERE is_active AND number_key COLLATE "C" >= %(t)s AND number_key COLLATE "C" < %(after)s
          ORDER BY number_key COLLATE "C" LIMIT 10)
        UNION ALL
        (SELECT id, name, number, city, is_own_company, type, 1, sort_key, name_key
           FROM customers_customer
          WHERE is_active AND name_key COLLATE "C" >= %(t)s AND name_key COLLATE "C" < %(after)s
          ORDER BY name_key COLLATE "C" LIMIT 10)
        UNION ALL
        (SELECT id, name, number, city, is_own_company, type, 2, sort_key, name_key
           FROM customers_customer
          WHERE is_active AND find_key COLLATE "C" >= %(key)s AND find_key COLLATE "C" < %(last)s
          ORDER BY find_key COLLATE "C" LIMIT 10)
        UNION ALL
        (SELECT id, name, number, city, is_own_company, type, 3, sort_key, name_key
           FROM customers_customer
          WHERE is_active AND {words} LIMIT 50)
    ) m ORDER BY (number = %(t)s) DESC, (name_key = %(t)s) DESC, branch,
        (strpos(name_key, %(t)s) > 0) DESC, sort_key COLLATE "C", id LIMIT 40
"""


def raw_search(text: str) -> bytes:
    """Return the ten best as JSON, by one cursor."""
    from django.db import connection

    from portal.core.finding import find_key

    words = [find_key(word).partition("\n")[0] for word in text.split()]
    key = "".join(words)
    values = {"t": text, "after": text + "\U0010ffff", "key": key, "last": key + "\U0010ffff"}
    values |= {f"w{place}": f"%{word}%" for place, word in enumerate(words)}
    found_by = " AND ".join(f"find_key LIKE %(w{place})s" for place in range(len(words)))
    with connection.cursor() as cursor:
        cursor.execute(RAW.replace("{words}", found_by), values)
        found: dict[Any, dict[str, Any]] = {}
        for pk, name, number, city, *_rest in cursor.fetchall():
            if len(found) < 10:
                found.setdefault(
                    pk,
                    {
                        "id": str(pk),
                        "name": name,
                        "number": number,
                        "town": city,
                        "url": f"/customers/{pk}/",
                        "tags": [{"label": "Not yet for SIP trunks", "tone": "is-warn"}],
                    },
                )
    return json.dumps({"results": list(found.values())}).encode()


def type_ahead(bench: Any, size: int, line: Line) -> bool:
    """Measure the wall-clock time of each search on every side; the limit is for a big register."""
    from portal.tenancy.context import in_partner
    from workspace.views import searching

    # The limit of sixty searches a minute would stop the measurement.
    searching.SEARCHES_A_MINUTE = 10**9
    texts = [text.replace("_", " ") for text in TYPED]

    def product(text: str) -> object:
        return bench.product(f"/search/suggest/?q={quote(text)}", bench.cookie)

    def floor(text: str) -> object:
        with in_partner(bench.partner):
            return raw_search(text)

    sides = {"product": product, "floor": floor, "floor again": floor}
    figures: dict[str, list[float]] = {side: [] for side in sides}
    order = list(sides)
    for turn in range(TURNS):
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
    return line("G3", f"type-ahead, p95, of {size:,}", figures, 2.0 if size >= 100_000 else None)
