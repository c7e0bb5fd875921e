"""Where the goods of an order are sent: its customer, one of its sites, or elsewhere (ORD-66)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from customers.models import Customer, Site
from customers.onboarding.addresses import address_errors, needed_parts
from orders.models import Order, OrderLine
from portal.catalog.models import Part
from portal.core.countries import country_name

Address = Mapping[str, str]
PARTS = ("name", "street", "postal_code", "city", "country")
To = Order.GoodsTo


@dataclass(frozen=True)
class Destination:
    """What was chosen, with its site or the address that was typed."""

    to: str = ""
    site: Site | None = None
    address: Address = field(default_factory=dict)


def is_goods(line: OrderLine) -> bool:
    """Return whether a line sends something: devices that are new, or added by a change."""
    return line.product.part == Part.DEVICE and line.quantity > line.before


def sends_goods(lines: Iterable[OrderLine]) -> bool:
    """Return whether any of the lines sends something."""
    return any(is_goods(line) for line in lines)


def address_of(customer: Customer) -> dict[str, str]:
    """Return the customer's postal address."""
    return {
        "name": customer.name,
        "street": customer.street,
        "postal_code": customer.postal_code,
        "city": customer.city,
        "region": customer.region,
        "country": str(customer.country.code or ""),
    }


def address_of_site(site: Site, customer: Customer) -> dict[str, str]:
    """Return the address of a site of a customer."""
    return {
        "name": f"{customer.name}, {site.name}",
        "street": site.street,
        "postal_code": site.postal_code,
        "city": site.city,
        "country": str(site.country.code or ""),
    }


def wrong_parts(address: Address) -> dict[str, str]:
    """Return what is wrong with a typed address, a sentence by its part; a region is not asked."""
    found = address_errors(dict(address))
    found.pop("region", None)
    return found


def is_whole(address: Address) -> bool:
    """Return whether nothing is missing of an address of the register, which has its own checks."""
    country = address["country"]
    needed = needed_parts(country).keys() - {"region"}
    return bool(country) and all(address[part].strip() for part in needed)


def chosen(order: Order) -> Destination:
    """Return where the goods are to be sent: what was chosen, otherwise what is suggested.

    That is the order's site, then the customer's postal address, whichever is whole.
    """
    if order.goods_to:
        typed = order.goods_address if order.goods_to == To.OTHER else {}
        return Destination(order.goods_to, order.goods_site, typed)
    customer, site = order.customer, order.site
    if site is not None and is_whole(address_of_site(site, customer)):
        return Destination(To.SITE, site)
    if is_whole(address_of(customer)):
        return Destination(To.CUSTOMER)
    return Destination()


def address_to(order: Order, destination: Destination) -> dict[str, str]:
    """Return the address of a destination as it is now, empty where nothing is chosen."""
    if destination.to == To.CUSTOMER:
        return address_of(order.customer)
    if destination.to == To.SITE and destination.site is not None:
        return address_of_site(destination.site, order.customer)
    if destination.to == To.OTHER:
        typed = {part: str(destination.address.get(part) or "") for part in PARTS}
        return {**typed, "name": typed["name"] or order.customer.name}
    return {}


def why_not_to(order: Order, destination: Destination) -> str:
    """Return why goods can't be sent to a destination; empty if they can."""
    address = address_to(order, destination)
    if not address:
        return _("Choose where the goods are sent.")
    if destination.to == To.OTHER:
        wrong = " ".join(wrong_parts(address).values())
        words = _("The address for the goods is not complete: %(missing)s")
        return words % {"missing": wrong} if wrong else ""
    if is_whole(address):
        return ""
    if destination.site is None:
        return _("The postal address is not complete. Complete it, or choose another address.")
    return _("The address of %(site)s is not complete. Complete it, or choose another.") % {
        "site": destination.site.name
    }


def lines_of(address: Address) -> list[str]:
    """Return the lines of an address, with the country in the reader's language."""
    town = " ".join(filter(None, [address.get("postal_code"), address.get("city")]))
    country = address.get("country") or ""
    found = (
        address.get("name"),
        address.get("street"),
        town,
        address.get("region"),
        country_name(country) if country else "",
    )
    return [line for line in found if line]


def goods_address(order: Order, lines: Iterable[OrderLine]) -> list[str]:
    """Return the lines of the address that an order's goods are sent to.

    Of a draft it is the chosen one as it is now, later the copy; empty without goods.
    """
    if order.is_draft:
        return lines_of(address_to(order, chosen(order))) if sends_goods(lines) else []
    return lines_of(order.goods_address)


def goods_rows(order: Order, lines: Iterable[OrderLine]) -> list[tuple[str, str]]:
    """Return the address as a row of a page or document, none without goods."""
    found = goods_address(order, lines)
    return [(_("Delivery address"), "\n".join(found))] if found else []


def without_name(address: Address, name: str) -> dict[str, str]:
    """Return an address without a person's name, for when their data is erased (D19)."""
    named = re.compile(re.escape(name), re.IGNORECASE)
    found = {}
    for part, text in address.items():
        pieces = [piece.strip() for piece in named.sub("", text).split(",")]
        found[part] = ", ".join(piece for piece in pieces if piece not in ("", "c/o"))
    return found
