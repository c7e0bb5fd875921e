"""Reading orders for lists and the dashboard."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from customers.models import Customer
from orders.models import LineState, Order, OrderLine, OrderQuerySet
from portal.accounts.models import Membership
from portal.core.finding import Wanted
from portal.core.listing import counts_between
from portal.tenancy.context import day_begins, local_day

# What the dashboard's bar shows: what is under way, and what is done.
IN_BAR = (
    Order.State.DRAFT,
    Order.State.SUBMITTED,
    Order.State.ACCEPTED,
    Order.State.PROVISIONING,
    Order.State.COMPLETED,
    Order.State.FAILED,
)

# How far back the chart of placed orders goes.
WEEKS = 12


def orders_for_list(person: Membership) -> OrderQuerySet:
    """Return what the order list shows, with each row's customer in the same query."""
    return Order.objects.visible_to(person).select_related("customer")


def in_each_state(found: OrderQuerySet) -> list[OrderQuerySet]:
    """Return the orders of each state of the dashboard's bar, for ``counts_up_to`` (SPEED-05)."""
    return [found.filter(state=state) for state in IN_BAR]


def placed_by_week(found: OrderQuerySet, *, now: datetime, up_to: int) -> list[tuple[date, int]]:
    """Return how many orders were placed in each of the last twelve weeks, by the week's Monday,
    this week last; each counted up to one more than ``up_to``."""
    this = local_day(now)
    monday = this - timedelta(days=this.weekday())
    weeks = [monday - timedelta(weeks=ago) for ago in reversed(range(WEEKS))]
    bounds = [day_begins(day) for day in [*weeks, monday + timedelta(weeks=1)]]
    return list(zip(weeks, counts_between(found, "submitted_at", bounds, up_to=up_to), strict=True))


def open_lines_of(customer: Customer) -> list[OrderLine]:
    """Return the lines that are to change or end a running service, with their orders, the oldest
    first."""
    lines = OrderLine.objects.filter(
        customer=customer,
        service__isnull=False,
        order__state__in=[Order.State.DRAFT, *Order.LIVE],
    )
    lines = lines.exclude(state__in=[LineState.DELIVERED, LineState.CANCELLED])
    lines = lines.exclude(order__kind=Order.Kind.CHANGE, quantity=F("service__quantity"))
    return list(lines.select_related("order").order_by("order__created_at", "position"))


def search_orders(person: Membership, text: str, *, limit: int = 20) -> list[Order]:
    """Return orders by a part of their number, reference or purchase order number (REG-36): the
    exact and the end of a number first, of equally good ones the newest.

    Each branch has a limit before it is sorted (SPEED-01).
    """
    wanted = Wanted(text)
    if len(wanted.spelled) < 3 or not wanted.is_indexed or not person.may("view_order"):
        return []
    found = orders_for_list(person)
    rows = {row.pk: row for row in found.filter(wanted.ends("find_key"))[:limit]}
    if len(rows) < limit:
        rows |= {row.pk: row for row in found.filter(wanted.q("find_key"))[: limit * 5]}
    ranked = sorted(rows.values(), key=lambda row: row.created_at, reverse=True)
    ranked.sort(key=lambda row: wanted.rank(row.number, row.reference, row.po_number))
    return ranked[:limit]


# What the list searches in, each branch by an index of its own (SPEED-01).
SEARCH = """
    SELECT id FROM {table} WHERE {words}
    UNION SELECT o.id FROM {table} o JOIN customers_customer c ON c.id = o.customer_id
          WHERE {name}
    UNION SELECT o.id FROM {table} o JOIN customers_customer c ON c.id = o.customer_id
          WHERE c.number_key COLLATE "C" >= %s AND c.number_key COLLATE "C" < %s
"""


# From this share of hits on, a page is sooner found by walking the list in its order than by
# fetching all of them (REG-37). It is estimated from a few of the tables' pages.
COMMON = 0.05
SHARE = """
    SELECT coalesce(o.share, 0) + coalesce(c.share, 0) FROM
           (SELECT avg(({words})::int) AS share
              FROM {table} TABLESAMPLE SYSTEM (2) REPEATABLE (1)) o,
           (SELECT avg(({name})::int) AS share
              FROM customers_customer c TABLESAMPLE SYSTEM (2) REPEATABLE (1)) c
"""
NUMBERED = """
    SELECT id FROM customers_customer
     WHERE number_key COLLATE "C" >= %s AND number_key COLLATE "C" < %s
"""


def matches_of_services(text: str) -> Q:
    """Return the condition of the search in the list of services: name, identifier, customer."""
    wanted = Wanted(text)
    plain = Q(product_name__icontains=text) | Q(identifiers__icontains=text)
    if not wanted.spelled:
        return plain
    numbered = Q(customer__number_key__startswith=wanted.spelled)
    return plain | numbered | (wanted.q("customer__find_key") if wanted else Q())


def matches(model: type[models.Model], text: str, *, along_index: bool = False) -> Q:
    """Return the condition of a list's search: the row's own key, or its customer (REG-36).

    ``along_index``: a page is wanted in an order that has an index. A common text is then checked
    row by row on the way, which ends after a page (REG-37).
    """
    wanted = Wanted(text)
    words, own = wanted.sql("find_key")
    name, names = wanted.sql("c.find_key")
    low = wanted.spelled
    numbers = [low, low + "\U0010ffff"]
    table = model._meta.db_table
    if along_index and wanted:
        with connection.cursor() as cursor:
            cursor.execute(SHARE.format(table=table, words=words, name=name), [*own, *names])
            if cursor.fetchone()[0] >= COMMON:
                numbered = Q(customer_id__in=RawSQL(NUMBERED, numbers))  # noqa: S611
                return wanted.q("find_key") | wanted.q("customer__find_key") | numbered
    sql = SEARCH.format(table=table, words=words, name=name)
    return Q(pk__in=RawSQL(sql, [*own, *names, *numbers]))  # noqa: S611
