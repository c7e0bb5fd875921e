"""LISTS: the first page of each long list, and a page deep in it, at 1,000 and at 200,000 rows.

Two partners of one database, measured in turn: what is compared is time in the database, on the
clock, and CPU time of this process together. COMMON: searches of the big one for a common word
beside a rare one. HOME: the home page beside a list, both of a big partner.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

FEW = 1_000
MANY = int(os.environ.get("ROWS", "200000"))
TURNS = int(os.environ.get("ROUNDS", "40"))
# A page of the list of orders beyond what is counted, where nobody can name it by its number.
DEEP = 60
Line = Callable[[str, str, dict[str, list[float]], float | None], bool]

CUSTOMERS = """
INSERT INTO customers_customer (id, partner_id, number, number_key, number_sort, name, name_key,
    sort_key, find_key, type, lifecycle, account_id, is_active, is_own_company,
    organisation_number, language,
    street, postal_code, city, region, country, billing_email, rate_plan_id, credit_limit,
    credit_committed, notes, version, created_at, changed_at)
SELECT gen_random_uuid(), %(partner)s, '7' || lpad(n::text, 6, '0'), '7' || lpad(n::text, 6, '0'),
    '077' || lpad(n::text, 6, '0'), w.word || ' ' || n, lower(w.word) || ' ' || n,
    lower(w.word) || ' ' || n, lower(w.word) || n || E'\\n', 'normal', 'customer',
    'KT-L' || n, true, false, '', 'en', '', '', 'Kiel', '', 'SE', 'a@k' || n || '.example',
    (SELECT min(id) FROM catalog_rateplan), 1000, n %% 1000, '', 1, %(now)s, %(now)s
  FROM generate_series(1, %(rows)s) n,
    LATERAL (SELECT CASE n %% 12 WHEN 0 THEN 'Linden' ELSE 'Kund' END AS word) w
"""
ORDERS = """
INSERT INTO orders_order (id, partner_id, number, customer_id, family, kind, state, version,
    currency, reference, po_number, details, one_off, monthly, exposure, created_by_id, created_at,
    changed_at, submitted_at, vendor_reference, state_reason, cancel_reason, cancel_asked_reason,
    cancel_asked_text, find_key)
SELECT gen_random_uuid(), %(partner)s, '2026-L' || n, c.id, 'flex', 'new',
    (ARRAY['draft', 'submitted', 'accepted', 'provisioning', 'completed', 'failed'])[n %% 6 + 1], 1,
    'SEK', 'Ref ' || n, '', '{}', n, n, 0, %(me)s, %(now)s - n * interval '1 minute',
    %(now)s - n * interval '1 minute', %(now)s - n * interval '1 minute', '', '', '', '', '',
    '2026l' || n || E'\\nref' || n || E'\\n'
  FROM generate_series(1, %(rows)s) n
  JOIN (SELECT id, row_number() OVER () AS place FROM customers_customer) c
    ON c.place = n %% (SELECT count(*) FROM customers_customer) + 1
"""
QUOTES = """
INSERT INTO quotes_quote (id, partner_id, number, customer_id, title, state, version, revision,
    currency, valid_until, message, notes, one_off, monthly, po_number, address_checked,
    created_by_id, created_at, changed_at, sent_at, find_key)
SELECT gen_random_uuid(), %(partner)s, 'Q-L' || n, c.id, 'Quote ' || n,
    (ARRAY['draft', 'sent', 'progressed', 'declined'])[n %% 4 + 1], 1, 1, 'SEK', '2027-01-01',
    '', '', n, n, '', false, %(me)s, %(now)s - n * interval '1 minute',
    %(now)s - n * interval '1 minute', %(now)s - n * interval '1 minute',
    'ql' || n || E'\\nquote' || n || E'\\n'
  FROM generate_series(1, %(rows)s) n
  JOIN (SELECT id, row_number() OVER () AS place FROM customers_customer) c
    ON c.place = n %% (SELECT count(*) FROM customers_customer) + 1
"""
EMAILS = """
INSERT INTO outbox_outboundemail (id, partner_id, key, template, language, to_address,
    from_address, from_name, reply_to, subject, text, html, message_id, has_secrets, about_type,
    about_label, customer_id, state, attempts, next_try_at, last_error, created_at, queued_at,
    sent_at)
SELECT gen_random_uuid(), %(partner)s, 'l' || n, 'x', 'en', 'a@k' || n || '.example', 'b@x.example',
    'B', '', CASE n %% 12 WHEN 0 THEN 'Linden ' ELSE 'Subject ' END || n, 'x', 'x',
    '<' || %(partner)s || n || '@x>', false, '', '',
    %(customer)s, CASE n %% 50 WHEN 0 THEN 'dead' ELSE 'sent' END, 1, %(now)s, '',
    %(now)s - n * interval '1 minute', %(now)s, %(now)s
  FROM generate_series(1, %(rows)s) n
"""
ENTRIES = """
INSERT INTO history_entry (partner_id, object_pk, object_repr, action, changes, timestamp,
    content_type_id, customer_id, verb, actor_name, by_staff, changes_text)
SELECT %(partner)s, %(customer)s, 'Kund', 1, '{"city": ["Kiel", "Hull"]}',
    %(now)s - n * interval '1 minute',
    (SELECT id FROM django_content_type WHERE app_label = 'customers' AND model = 'customer'),
    %(customer)s, '', 'Boss', false, ''
  FROM generate_series(1, %(rows)s) n
"""


def fill(me: Any, rows: int) -> Any:
    """Add so many orders and e-mails, half as many quotes and customers, and three log entries for
    each; return the customer whose log it is."""
    from django.db import connection

    from customers.models import Customer
    from dev.bench.seeds import NOW
    from portal.tenancy.context import in_partner

    values = {"partner": str(me.partner_id), "me": str(me.pk), "now": NOW}
    with in_partner(me.partner), connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, {**values, "rows": rows // 2})
        customer = Customer.objects.earliest("number_key")
        values["customer"] = str(customer.pk)
        for sql, count in (
            (ORDERS, rows),
            (QUOTES, rows // 2),
            (EMAILS, rows),
            (ENTRIES, rows * 3),
        ):
            cursor.execute(sql, {**values, "rows": count})
        tables = ("customers_customer", "orders_order", "quotes_quote", "history_entry")
        for table in (*tables, "outbox_outboundemail"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return customer


@contextmanager
def spent() -> Iterator[list[float]]:
    """Yield a list that gets the milliseconds of CPU, and on the clock in the database."""
    from django.db import connection

    waited = [0.0]

    def wrapper(execute: Any, *args: Any) -> Any:
        start, cpu = time.perf_counter(), time.process_time()
        try:
            return execute(*args)
        finally:
            # CPU of this process is counted below already.
            waited[0] += time.perf_counter() - start - (time.process_time() - cpu)

    found: list[float] = []
    cpu = time.process_time()
    with connection.execute_wrapper(wrapper):
        yield found
    found.append((time.process_time() - cpu + waited[0]) * 1000)


def cost(page: Callable[[], object]) -> float:
    """Return milliseconds of one page."""
    with spent() as found:
        page()
    return found[0]


def deep_in(call: Callable[[str, str], bytes], cookie: str, pages: int) -> str:
    """Return the address of a page of orders so deep, by walking there."""
    address = "/orders/?sort=-changed"
    for _page in range(pages):
        page = call(address, cookie).decode()
        found = re.search(r'href="([^"]+)"\s+rel="next"', page)
        if found is None:
            break
        address = "/orders/" + unescape(found[1])
    return address


# Lists, and what else every person opens, with the address; "" is the deep page of the orders.
PAGES = (
    ("/ (dashboard)", "/"),
    ("/orders/", "/orders/"),
    ("/orders/ of a state", "/orders/?state=completed"),
    (f"/orders/ page {DEEP}", ""),
    ("/orders/ by start", "/orders/?sort=-start"),
    ("/orders/ linden", "/orders/?q=linden"),
    ("/quotes/", "/quotes/"),
    ("/quotes/ linden", "/quotes/?q=linden"),
    ("/outbox/", "/outbox/"),
    ("/outbox/ linden", "/outbox/?q=linden"),
    ("/customers/ID/log/", "/customers/{}/log/"),
    ("/customers/ by number", "/customers/?sort=number"),
    ("/customers/ by credit", "/customers/?sort=-credit"),
    ("/customers/ linden", "/customers/?q=linden"),
    ("suggestions, all", "/search/suggest/?all=1&q=linden"),
)
SEARCHED = (
    *("/orders/?", "/orders/?sort=-monthly&", "/quotes/?", "/quotes/?sort=-monthly&"),
    *("/outbox/?", "/customers/?", "/customers/?sort=-credit&", "/search/suggest/?all=1&"),
)


def home_page(handler: Any, cookie_of: Any, line: Line) -> bool:
    """Measure the home page beside a list of the same partner; 1.5 times as much is met (SPEED-09).

    For an administrator, and for a technician with fifty customers.
    """
    from django.conf import settings

    from dev.bench import seeds
    from portal.tenancy.context import in_partner

    boss, tech = seeds.make_partner("benchhome")
    customer = fill(boss, MANY)
    with in_partner(boss.partner):
        seeds.assign_to(tech, 50)
    call = handler(list(settings.MIDDLEWARE), "benchhome.localhost")
    met = True
    for who, cookie, beside in (
        ("all", cookie_of(boss), "/orders/"),
        ("one customer", cookie_of(boss, customer=customer), "/orders/"),
        ("technician", cookie_of(tech), "/customers/"),
    ):
        what = f"/ {who}, {beside} of {MANY:,}"
        met = (
            compare(
                "HOME",
                what,
                *(lambda path=path, cookie=cookie: call(path, cookie) for path in ("/", beside)),
                line,
                1.5,
            )
            and met
        )
    return met


def long_lists(boss: Any, handler: Any, cookie_of: Any, line: Line) -> bool:
    """Measure each list with few and with many rows, in turn; at most twice as much is met."""
    from django.conf import settings

    from dev.bench import seeds
    from workspace.views import searching

    searching.SEARCHES_A_MINUTE = 10**9
    big, _tech = seeds.make_partner("benchbig")
    sides: dict[str, tuple[Any, str, Any]] = {}
    for name, me, rows in (("few", boss, FEW), ("many", big, MANY)):
        host = f"{me.partner.slug}.localhost"
        sides[name] = (handler(list(settings.MIDDLEWARE), host), cookie_of(me), fill(me, rows))
    met = True
    for label, path in PAGES:
        pages = {}
        for name, (call, cookie, customer) in sides.items():
            last = FEW // 50 - 2 if name == "few" else DEEP
            address = path.format(customer.pk) or deep_in(call, cookie, last)
            pages[name] = lambda call=call, address=address, cookie=cookie: call(address, cookie)
        what = f"{label} of {MANY:,}, of {FEW:,}"
        met = compare("LISTS", what, pages["many"], pages["few"], line, 2.0) and met
    call, cookie, _customer = sides["many"]
    for path in SEARCHED:
        met = (
            compare(
                "FIND",
                f"{path} of {MANY:,}, common, rare",
                lambda path=path: call(f"{path}q=linden", cookie),  # type: ignore[misc]
                lambda path=path: call(f"{path}q=linden+7776", cookie),  # type: ignore[misc]
                line,
                3.0,
            )
            and met
        )
    return met


def compare(
    name: str,
    what: str,
    product: Callable[[], object],
    floor: Callable[[], object],
    line: Line,
    limit: float,
) -> bool:
    """Measure one page in turn with another, and with that again (A/A)."""
    order = [("product", product), ("floor", floor), ("floor again", floor)]
    figures: dict[str, list[float]] = {side: [] for side, _page in order}
    for _warm in range(5):
        product()
        floor()
    for _turn in range(TURNS):
        for side, page in order:
            figures[side].append(cost(page))
        order.append(order.pop(0))
    return line(name, what, figures, limit)
