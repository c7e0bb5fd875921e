"""The quote with its prices, for the partner (D17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.core.formats import amount, day, term_words
from portal.outbox.issuing import Plan, builds
from portal.outbox.models import Document
from portal.tenancy.context import local_day
from quotes.models import Quote, QuoteLine
from quotes.presentation import over_term
from quotes.vat import totals, vat_of, vat_words

PRICED = "quote"


@builds(PRICED)
def priced_document(document: Document, *, at: datetime) -> Plan:
    """Plan the quote with its prices and VAT, for the partner (D17)."""
    quote = Quote.objects.select_related("customer", "created_by__user").get(pk=document.about_id)
    vat = vat_of(quote.customer, local_day(at))
    with override(document.language):
        lines = list(quote.lines.select_related("product").order_by("position"))
        rows = [_row(line) for line in lines]
        term = over_term(lines)
        context = {
            "quote": quote,
            "shows_vat_number": True,
            "customer": quote.customer,
            "agreement": f"{quote.number}-{quote.revision}",
            "rows": rows,
            "any_discount": any(row["discount"] for row in rows),
            "totals": totals(quote, vat),
            "vat_words": vat_words(vat, quote.customer),
            "over_term": {"label": term[0], "net": amount(term[1])} if term else None,
            "valid_until": day(quote.valid_until),
            "made_on": day(local_day(at)),
        }
        title = _("Quote %(number)s, %(customer)s") % {
            "number": quote.number,
            "customer": quote.customer.name,
        }
    return Plan("quotes/pdf/quote.html", title, context)


def _row(line: QuoteLine) -> dict[str, Any]:
    """Return a line: the price of one beside the sum, after the discount (OUT-28)."""
    several = line.quantity > 1
    return {
        "name": line.title,
        "text": line.product.summary,
        "quantity": line.quantity,
        "term": term_words(line.term_months),
        "discount": f"{line.discount.normalize():f}" if line.discount else "",
        "one_off": amount(line.one_off_total),
        "one_off_each": amount(line.one_off) if several and line.one_off else "",
        "monthly": amount(line.monthly_total),
        "monthly_each": amount(line.monthly) if several and line.monthly else "",
    }
