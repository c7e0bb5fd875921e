"""The context of every template: partner, person, active customer, menu, theme."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.listing import short_total
from support.queries import reports_waiting
from workspace.customer_portal.menu import own_menu

_STEPS = re.compile(r"^/orders/[0-9a-f-]{36}/(customer|products|review)/$")


@cache
def _at(name: str, *args: str) -> str:
    """Return the address of a partner's page; the menu of each page asks for thirty."""
    return reverse(name, settings.ROOT_URLCONF, args=args)


def _item(request: HttpRequest, label: str, url: str, icon: str, *, exact: bool = False) -> Any:
    here = request.path == url or (not exact and request.path.startswith(url))
    return {
        "label": label,
        "url": url,
        "icon": icon,
        "current": here,
        "count": None,
        "children": [],
    }


def _elsewhere(request: HttpRequest) -> bool:
    """Return whether a page below the customers' address belongs to the settings or the account."""
    names = ("customers:settings", "customers:fields", "customers:away")
    return request.path.startswith(tuple(_at(name) for name in names))


def sees_customers(person: Membership) -> bool:
    """Return whether the person has a customer list, by role or by an exception (D12)."""
    if person.customer_id is not None:
        return False
    by_role = person.may("view_customer") or person.may("view_assigned_customer")
    return by_role or person.has_extra_visibility


def menu(request: HttpRequest, person: Membership) -> list[dict[str, Any]]:
    """Return the side menu: what this person may use.

    Customers are at Management > Overview > Customers (ORD-12).
    """
    home = _item(
        request, _("Dashboard"), _at("workspace:dashboard"), "layout-dashboard", exact=True
    )
    support = _support(request, person)
    if person.may("manage_people"):
        support += [_item(request, _("Sent e-mail"), _at("outbox:list"), "mail")]
    groups = [
        {"id": "home", "title": "", "items": [home]},
        {"id": "sales", "title": _("Sales"), "items": _sales(request, person)},
        {"id": "management", "title": _("Management"), "items": _management(request, person)},
        {"id": "support", "title": _("Support"), "items": support},
    ]
    if request.__dict__.get("is_nowhere"):
        _unmark(item for group in groups for item in group["items"])
    return [group for group in groups if group["items"]]


def _unmark(items: Iterable[dict[str, Any]]) -> None:
    """Mark no item as the place where the person is."""
    for item in items:
        item["current"] = False
        _unmark(item["children"])


def _support(request: HttpRequest, person: Membership) -> list[dict[str, Any]]:
    """Return problem reports, with how many nobody has acknowledged yet, and service reports."""
    if not person.may("view_report"):
        return []
    reports = _item(request, _("Problem reports"), _at("support:list"), "tool")
    work = _item(request, _("Service reports"), _at("service:list"), "file-text")
    new, mails = reports_waiting(person)
    _count(reports, new, _("not acknowledged"))
    if not (person.may("change_report") and (settings.REPLY_ADDRESS or mails)):
        return [reports, work]
    received = _item(request, _("Received e-mail"), _at("support:received"), "mail")
    _count(received, mails, _("wait for a person"))
    reports["current"] = reports["current"] and not received["current"]
    return [reports, work, received]


def _count(item: dict[str, Any], count: int, label: str) -> None:
    """Put a red number beside a menu item."""
    if count:
        item |= {"count": short_total(count), "count_bad": True, "count_label": label}


def _sales(request: HttpRequest, person: Membership) -> list[dict[str, Any]]:
    items = []
    # A draft's steps belong to "New order" as much as its first page does.
    writing = _STEPS.search(request.path) is not None
    if person.may("add_order"):
        new = _item(request, _("New order"), _at("orders:new"), "circle-plus", exact=True)
        new["children"] = [
            _item(request, str(Family(code).label), _at("orders:start", code), "")
            for code in Family.values
        ]
        new["current"] = new["current"] or writing
        items.append(new)
    if person.may("view_order"):
        orders = _item(request, _("Orders"), _at("orders:list"), "shopping-bag")
        begun = request.path.startswith(_at("orders:new")) or writing
        services = _item(request, _("Services"), _at("orders:services"), "device-laptop")
        beside = tuple(_at(f"orders:{name}") for name in ("accounting", "prices", "services"))
        elsewhere = request.path.startswith(beside)
        orders["current"] = orders["current"] and not begun and not elsewhere
        items += [orders, services]
    if person.may("view_quote"):
        items.append(_item(request, _("Quotes"), _at("quotes:list"), "file-text"))
    if person.may("add_order"):
        items.append(_item(request, _("Registrations"), _at("registrations:list"), "send"))
    if person.may("view_prices"):
        items.append(_item(request, _("Price list"), _at("orders:prices"), "receipt"))
    return items


def _management(request: HttpRequest, person: Membership) -> list[dict[str, Any]]:
    items = []
    if sees_customers(person):
        customers = _item(request, _("Customers"), _at("customers:list"), "")
        customers["current"] = customers["current"] and not _elsewhere(request)
        overview = _item(request, _("Overview"), "", "folders", exact=True)
        items.append({**overview, "current": False, "children": [customers]})
    if person.may("onboard_customer"):
        items.append(_item(request, _("Onboarding"), _at("onboarding:list"), "user-check"))
    if person.may("export_customer"):
        items.append(_item(request, _("Accounting"), _at("orders:accounting"), "receipt"))
    if person.may("manage_people"):
        items.append(_item(request, _("People"), _at("accounts:people"), "users"))
    if person.may("change_settings"):
        settings_item = _item(request, _("Settings"), _at("customers:settings"), "settings")
        fields = request.path.startswith(_at("customers:fields"))
        settings_item["current"] = settings_item["current"] or fields
        items.append(settings_item)
    return items


class _May:
    """``{{ may.add_order }}`` in templates: whether the person has that right."""

    def __init__(self, person: Membership | None) -> None:
        self._person = person

    def __getitem__(self, right: str) -> bool:
        return self._person is not None and self._person.may(right)


def _nav(request: HttpRequest, person: Membership) -> list[dict[str, Any]]:
    """Return the menu: a customer's people have one of their own, and never the partner's."""
    return menu(request, person) if person.customer_id is None else own_menu(request, person)


def _frame(person: Membership | None) -> str | None:
    if person is None:
        return None
    return "base.html" if person.customer_id is None else "base_customer.html"


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the context of every template."""
    theme = request.COOKIES.get("theme", "")
    person: Membership | None = getattr(request, "membership", None)
    partner = getattr(request, "partner", None)
    return {
        "partner": partner,
        "membership": person,
        "active_customer": getattr(request, "active_customer", None),
        "nav": _nav(request, person) if person is not None and partner is not None else [],
        # What pages for several kinds of people extend; None for who is not signed in here.
        "frame": _frame(person),
        "may": _May(person),
        "sees_customers": person is not None and sees_customers(person),
        "places": getattr(getattr(request, "user", None), "places", ()),
        # Annotated by active_places, without another query.
        "unread": getattr(person, "unread", 0),
        "compact": request.COOKIES.get("density") == "compact",
        "theme": theme if theme in ("light", "dark") else "",
        "embedded": settings.EMBEDDED,
    }
