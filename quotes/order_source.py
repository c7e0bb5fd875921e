"""What an order's page links of quotes: the quote that it was made from (ORD-56)."""

from __future__ import annotations

from django.urls import reverse

from orders.models import Order
from orders.page_cards import link_source
from portal.accounts.models import Membership
from quotes.models import Quote


def quote_url(order: Order, person: Membership) -> str:
    """Return the address of the order's quote; empty if there is none or it is not visible."""
    if not order.quote_number:
        return ""
    found = Quote.objects.visible_to(person).filter(number=order.quote_number).first()
    return reverse("quotes:quote", args=[found.pk]) if found is not None else ""


def register() -> None:
    """Register the link; called once when the app is ready."""
    link_source(quote_url)
