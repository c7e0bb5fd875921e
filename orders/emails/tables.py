"""The lines of an order as a table of an e-mail, and as lines of its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from orders.wording import difference_of, done_label, line_words, quantity_label, quantity_words
from portal.core.formats import amount, day, difference


@dataclass(frozen=True)
class Table:
    """Headings, a row of cells for each line, the row of sums if any, and the same as texts."""

    heads: list[str]
    rows: list[list[str]]
    texts: list[str]
    total: list[str] = field(default_factory=list)
    total_text: str = ""


def _with(text: str, heads: Sequence[str], cells: Sequence[str]) -> str:
    """Return ``text (one-off 12.00, monthly 3.00)``, or the text alone."""
    more = ", ".join(f"{head} {cell}" for head, cell in zip(heads, cells, strict=True) if cell)
    return f"{text} ({more})" if more else text


def ordered_table(order: Order, lines: Sequence[OrderLine], *, prices: bool) -> Table:
    """Return what was ordered; of a change from what to what, of a termination how many end."""
    heads = [_("Product"), quantity_label(order)]
    named: list[str] = []
    if prices and not order.ends_services:
        heads += [_("One-off"), _("Monthly")]
        named += [_("one-off"), _("monthly")]
    if prices and order.kind != Order.Kind.NEW:
        heads.append(_("Difference a month"))
        named.append(_("difference a month"))
    sums = [_amounts(order, line) if prices else [] for line in lines]
    rows = [
        [line.title, quantity_words(order, line), *cells]
        for line, cells in zip(lines, sums, strict=True)
    ]
    texts = [
        _with(line_words(order, line), named, cells)
        for line, cells in zip(lines, sums, strict=True)
    ]
    if not prices:
        return Table(heads, rows, texts)
    label = _("Total in %(currency)s, without VAT") % {"currency": order.currency}
    total = _total_amounts(order, lines)
    words = ", ".join(f"{head} {cell}" for head, cell in zip(named, total, strict=True))
    return Table(heads, rows, texts, [label, "", *total], f"{label}: {words}")


def _amounts(order: Order, line: OrderLine) -> list[str]:
    cells = [amount(line.one_off_total), amount(line.monthly_total)]
    if order.kind == Order.Kind.NEW:
        return cells
    change = difference(line.monthly_difference) if line.quantity_before is not None else ""
    return [change] if order.ends_services else [*cells, change]


def _total_amounts(order: Order, lines: Sequence[OrderLine]) -> list[str]:
    cells = [amount(order.one_off), amount(order.monthly)]
    if order.kind == Order.Kind.NEW:
        return cells
    found = difference_of(lines)
    change = difference(found) if found is not None else ""
    return [change] if order.ends_services else [*cells, change]


def delivered_table(order: Order, lines: Sequence[OrderLine]) -> Table:
    """Return what was done of the order: the day and the identifiers of each line."""
    done = done_label(order)
    heads = [_("Product"), quantity_label(order), done, _("Identifiers")]
    rows, texts = [], []
    for line in lines:
        said = "\n".join(filter(None, [line.identifiers, line.tracking]))
        cells = [day(line.delivered_on), said]
        rows.append([line.title, quantity_words(order, line), *cells])
        texts.append(f"{line_words(order, line)}: {done} {cells[0]}")
        texts += [f"    {each}" for each in said.splitlines()]
    return Table(heads, rows, texts)
