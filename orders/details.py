"""The details of a family's product step as rows for pages (label, text)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from orders.models import Order
from portal.core.formats import day


def detail_rows(order: Order) -> list[tuple[str, str]]:
    """Return the details of the family's own step; empty ones are left out."""
    data = order.details
    rows: list[tuple[str, str]] = []
    if order.site is not None:
        rows.append((_("Site"), f"{order.site.name}\n{order.site.address}".strip()))
    emergency = data.get("emergency")
    if emergency:
        town = f"{emergency.get('postal_code', '')} {emergency.get('city', '')}".strip()
        rows.append((_("Emergency address"), f"{emergency.get('street', '')}\n{town}"))
    porting = data.get("porting")
    if porting:
        wished = porting.get("date")
        found = (
            (_("Numbers to port"), "\n".join(porting.get("numbers") or ())),
            (_("Present provider"), porting.get("provider", "")),
            (_("Holder of the numbers"), porting.get("holder", "")),
            (_("Customer or contract number there"), porting.get("contract", "")),
            (_("Porting date"), day(date.fromisoformat(wished)) if wished else ""),
        )
        rows += [(label, text) for label, text in found if text]
    if data.get("hosts"):
        rows.append((_("Hosts"), "\n".join(data["hosts"])))
    if data.get("rooms"):
        rows.append((_("Rooms"), "\n".join(data["rooms"])))
    if data.get("users"):
        users = [f"{user['name']}, {user['email']}" for user in data["users"]]
        rows.append((_("Users"), "\n".join(users)))
    return rows
