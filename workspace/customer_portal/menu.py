"""The menu of the customers' portal: its own entries, and those of other apps (REG-26)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.portal_parts import Item, add_item, items_of
from portal.accounts.models import Membership
from workspace.customer_portal.http import MANAGES_USERS


def _home(person: Membership) -> Item:
    return Item(_("Start page"), reverse("my:home"), "home")


def _orders(person: Membership) -> Item | None:
    if not person.may("view_order"):
        return None
    return Item(_("Orders"), reverse("my:orders"), "shopping-bag")


def _services(person: Membership) -> Item | None:
    if not person.may("view_order"):
        return None
    return Item(_("Services"), reverse("my:services"), "list")


def _confirmations(person: Membership) -> Item | None:
    if not person.may("view_quote"):
        return None
    return Item(_("Confirmations"), reverse("my:confirmations"), "circle-check")


def _contacts(person: Membership) -> Item:
    return Item(_("Contacts"), reverse("my:contacts"), "id")


def _users(person: Membership) -> Item | None:
    if not any(person.may(right) for right in MANAGES_USERS):
        return None
    return Item(_("Users"), reverse("my:users"), "users")


def register() -> None:
    """Register the portal's own entries; called once when the app is ready."""
    add_item(_home, position=0)
    add_item(_orders, position=10)
    add_item(_services, position=20)
    add_item(_confirmations, position=30)
    add_item(_contacts, position=70)
    add_item(_users, position=80)


def own_menu(request: HttpRequest, person: Membership) -> list[dict[str, Any]]:
    """Return the menu as the frame shows it: one group, with the present page marked."""
    home, nowhere = reverse("my:home"), request.__dict__.get("is_nowhere", False)
    items = [
        {
            "label": item.label,
            "url": item.url,
            "icon": item.icon,
            "count": item.count,
            "count_bad": True,
            "count_label": item.count_label,
            "current": not nowhere and _is_here(request.path, item.url, home),
        }
        for item in items_of(person)
    ]
    return [{"id": "own", "title": "", "items": items}]


def _is_here(path: str, url: str, home: str) -> bool:
    return path == url or (url != home and path.startswith(url))
