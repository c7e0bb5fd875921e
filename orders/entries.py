"""Orders on the home page: what waits for a person, and what changed last (ONB-24)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.models import Order, OrderQuerySet
from orders.states import CSS
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.tenancy.entries import Entries


def _url(pk: UUID) -> str:
    return reverse("orders:order", args=[pk])


def _family(code: str) -> str:
    return str(Family(code).label)


def _sign(state: str) -> tuple[str, str]:
    return CSS[state], str(Order.State(state).label)


def waiting_orders(person: Membership, found: OrderQuerySet, query: str) -> list[Entries]:
    """Return the orders that came back from channel sales, and the person's own drafts.

    ``found`` are the visible orders that the page is about; ``query`` narrows a list's address to
    them.
    """
    if not (person.may("view_order") and person.may("add_order")):
        return []
    address = reverse("orders:list")
    drafts = found.drafts()
    return [
        Entries(
            "returned",
            _("Returned order"),
            "refresh",
            drafts.filter(submitted_at__isnull=False),
            ("changed_at",),
            _url,
            _("Correct and place again"),
            _("returned orders"),
            f"{address}?state=draft&returned=yes{query}",
            rank=1,
            detail="state_reason",
        ),
        Entries(
            "drafts",
            _("Order draft"),
            "pencil",
            drafts.filter(Q(submitted_at__isnull=True), created_by=person),
            ("changed_at",),
            _url,
            _("Continue"),
            _("order drafts"),
            f"{address}?state=draft&by=me{query}",
            rank=6,
            detail="family",
            words=_family,
        ),
    ]


def changed_orders(found: OrderQuerySet) -> Entries:
    """Return the placed orders by their last change."""
    placed = found.exclude(state=Order.State.DRAFT)
    label = _("Order")
    return Entries(
        "order", label, "shopping-bag", placed, ("-changed_at",), _url, detail="state", sign=_sign
    )
