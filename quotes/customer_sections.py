"""The customer page's section of quotes: the agreements (CON-04)."""

from __future__ import annotations

from customers.http import CustomerRequest
from customers.page_sections import SHOWN, Section, add_section, shows_all
from quotes.overview import quote_rows, quotes_for_list


def agreements_section(request: CustomerRequest) -> Section | None:
    """Return the customer's newest quotes, or all when asked for (REG-12).

    Return None for the own company, which has no quotes.
    """
    person, customer = request.membership, request.customer
    if not person.may("view_quote") or customer.is_own_company:
        return None
    quotes = quotes_for_list(person).filter(customer=customer).order_by("-created_at", "-pk")
    count, everything = quotes.count(), shows_all(request, "quotes")
    context = {
        "rows": quote_rows(quotes if everything else quotes[:SHOWN]) if count else [],
        "count": count,
        "has_more": count > SHOWN and not everything,
        "may_quote": person.may("change_quote") and customer.is_active,
        "may_send": person.may("send_confirmation"),
        "may_progress": person.may("progress_quote"),
    }
    return Section("quotes/_agreements.html", context)


def register() -> None:
    """Register the section; called once when the app is ready."""
    add_section(agreements_section, position=10)
