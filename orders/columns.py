"""The columns of the list of orders (REG-45)."""

from __future__ import annotations

from django.db.models import CharField, F
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce, Collate, NullIf
from django.utils.translation import gettext as _

from orders.models import Order
from orders.states import CSS
from portal.catalog.models import Family
from portal.core.list_columns import Column, Detail, annotated
from portal.tenancy.context import local_day

# All that the columns read of a row.
FIELDS = (
    *("partner_id", "number", "family", "kind", "reference", "po_number", "start_date"),
    *("one_off", "monthly", "state", "created_at", "changed_at", "submitted_at", "completed_on"),
    *("customer__partner_id", "customer__name", "customer__number", "customer__sort_key"),
)


def author() -> Coalesce:
    """Return the name of who wrote a row, or their address."""
    name = NullIf("created_by__user__name", Constant(""))
    return Coalesce(name, "created_by__user__email", output_field=CharField())


def order_columns(*, prices: bool, currency: str) -> list[Column[Order]]:
    """Return every column; the sums only for those who may see prices."""
    sums: list[Column[Order]] = [
        Column(
            "one_off",
            _("One-off"),
            lambda order, names: order.one_off,
            ("one_off",),
            css="k-num",
            unit=currency,
        ),
        Column(
            "monthly",
            _("Monthly"),
            lambda order, names: order.monthly,
            ("monthly",),
            standard=True,
            css="k-num",
            unit=currency,
        ),
    ]
    return [*_what(), *(sums if prices else []), *_how_far()]


def _what() -> list[Column[Order]]:
    families = {value: str(label) for value, label in Family.choices}
    kinds = {value: str(label) for value, label in Order.Kind.choices}
    kinds[Order.Kind.NEW] = ""
    return [
        Column(
            "number",
            _("Order"),
            lambda order, names: order.number,
            ("created_at",),
            always=True,
            css="",
            url=lambda order, names: f"/orders/{order.pk}/",
            detail=Detail(_("Reference"), lambda order, names: order.reference, 32),
        ),
        Column(
            "customer",
            _("Customer"),
            lambda order, names: order.customer.name,
            (Collate(F("customer__sort_key"), "C"),),
            standard=True,
            width=32,
            detail=Detail(_("Customer number"), lambda order, names: order.customer.number),
        ),
        Column(
            "family",
            _("Family"),
            lambda order, names: families[order.family],
            ("family", "created_at"),
            standard=True,
            css="k-sm-hide k-lg",
            detail=Detail(_("Kind"), lambda order, names: kinds[order.kind]),
        ),
        Column(
            "po_number",
            _("Purchase order number"),
            lambda order, names: order.po_number,
            ("po_number", "created_at"),
        ),
        Column(
            "start",
            _("Start"),
            lambda order, names: order.start_date,
            ("start_date",),
            standard=True,
            css="k-nowrap",
        ),
    ]


def _how_far() -> list[Column[Order]]:
    states = {value: str(label) for value, label in Order.State.choices}
    return [
        Column(
            "state",
            _("State"),
            lambda order, names: states[order.state],
            ("state", "changed_at"),
            standard=True,
            css="k-corner",
            sign=lambda order: CSS[Order.State(order.state)],
        ),
        Column(
            "by",
            _("Written by"),
            lambda order, names: str(annotated(order, "author") or ""),
            (author, "created_at"),
            needs={"author": author},
        ),
        Column(
            "written",
            _("Written"),
            lambda order, names: local_day(order.created_at),
            ("created_at",),
            css="k-nowrap",
        ),
        Column(
            "submitted",
            _("Submitted"),
            lambda order, names: local_day(order.submitted_at) if order.submitted_at else None,
            ("submitted_at",),
            css="k-nowrap",
        ),
        Column(
            "completed",
            _("Completed"),
            lambda order, names: order.completed_on,
            ("completed_on",),
            css="k-nowrap",
        ),
        Column(
            "changed",
            _("Changed"),
            lambda order, names: local_day(order.changed_at),
            ("changed_at",),
            css="k-nowrap",
        ),
    ]
