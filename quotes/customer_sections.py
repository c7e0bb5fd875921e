"""The customer page's section of quotes: the agreements (CON-04)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.http import CustomerRequest
from customers.page_sections import PageList, Section, add_section
from portal.core.list_columns import sorts_of
from quotes.columns import quote_columns
from quotes.overview import quote_rows, quotes_for_list


def agreements_section(request: CustomerRequest) -> Section | None:
    """Return the customer's newest quotes, or all when asked for (REG-12).

    Return None for the own company, which has no quotes.
    """
    person, customer = request.membership, request.customer
    if not person.may("view_quote") or customer.is_own_company:
        return None
    quotes = quotes_for_list(person).filter(customer=customer)
    prices = person.may("view_prices")
    sorts = sorts_of(quote_columns(prices=prices, currency=request.partner.currency))
    sorts.pop("customer")  # All are of one.
    found = PageList(request, quotes, name="quotes", sorts=sorts, default="-number")
    may_quote = person.may("change_quote") and customer.is_active
    context = {
        "listing": found,
        "rows": quote_rows(found.rows),
        "new_url": f"{reverse('quotes:start')}?customer={customer.pk}" if may_quote else "",
        "may_send": person.may("send_confirmation"),
        "may_progress": person.may("progress_quote"),
    }
    return Section("quotes/_agreements.html", "c-quotes", _("Agreements"), context)


def register() -> None:
    """Register the section; called once when the app is ready."""
    add_section(agreements_section, position=30)
