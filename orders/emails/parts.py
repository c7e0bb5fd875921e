"""What the e-mails of orders share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orders.goods import lines_of
from orders.models import Order
from orders.wording import day_label
from portal.catalog.models import Family
from portal.core.formats import day
from portal.tenancy.models import Partner


def summary_of(order: Order, *, whole: bool, references: bool = True) -> list[tuple[str, str]]:
    """Return what both parts of an e-mail say of the order (OUT-22); ``whole``: with its dates.

    Without ``references`` it says nothing that was written for another customer (ORD-52).
    """
    what = [order.number, str(Family(order.family).label)]
    if whole or order.kind != Order.Kind.NEW:
        what.append(str(Order.Kind(order.kind).label))
    rows = [(_("Customer"), order.customer.label), (_("Order"), ", ".join(what))]
    if whole:
        rows.append((day_label(order), day(order.start_date)))
    if references and order.reference:
        rows.append((_("Reference"), order.reference))
    if references and order.po_number:
        rows.append((_("Purchase order number"), order.po_number))
    return rows


def goods_row(order: Order) -> list[tuple[str, str]]:
    """Return where the goods of a placed order are sent, beside the list of its lines (ORD-66)."""
    address = ", ".join(lines_of(order.goods_address))
    return [(_("Delivery address"), address)] if address else []


def order_page(partner: Partner, order_id: object, rest: str = "change/") -> str:
    """Return the address of an order's page in its partner's admin."""
    return f"/admin/p/{partner.slug}/orders/order/{order_id}/{rest}"
