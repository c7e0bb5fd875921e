"""The address that an order's goods are sent to: chosen, checked, and copied (ORD-66)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from orders.goods import Destination, address_to, chosen, sends_goods, why_not_to
from orders.models import Order, OrderLine
from portal.core.errors import RuleError

FIELDS = ("goods_to", "goods_site", "goods_address")


class NotTheirSite(RuleError):
    """Refuse to send goods to a site of another customer (ORD-66, SAFE-02)."""

    def __init__(self) -> None:
        super().__init__(_("Choose an address of this customer."), field="goods_to")


class NoGoodsAddress(RuleError):
    """Refuse an order of goods without a whole address that they can be sent to (ORD-66)."""

    def __init__(self, why: str) -> None:
        super().__init__(why, field="goods_to")


def write_destination(order: Order, destination: Destination | None) -> None:
    """Put the choice into a draft, which the caller saves; None leaves it.

    Raise NotTheirSite.
    """
    if destination is None:
        return
    is_site = destination.to == Order.GoodsTo.SITE
    if is_site and (destination.site is None or destination.site.customer_id != order.customer_id):
        raise NotTheirSite
    order.goods_to = destination.to
    order.goods_site = destination.site if is_site else None
    typed = destination.address if destination.to == Order.GoodsTo.OTHER else {}
    order.goods_address = dict(typed)


def copy_address(order: Order, lines: Sequence[OrderLine]) -> None:
    """Copy the address into an order that is being placed: what is edited later changes no order.

    An order without goods has none. Raise NoGoodsAddress.
    """
    if not sends_goods(lines):
        write_destination(order, Destination())
        return
    destination = chosen(order)
    why = why_not_to(order, destination)
    if why:
        raise NoGoodsAddress(why)
    order.goods_to, order.goods_site = destination.to, destination.site
    order.goods_address = address_to(order, destination)
