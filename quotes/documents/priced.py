"""The quote with its prices, for the partner (D17)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.core.formats import amount, day, round_money
from portal.outbox.issuing import Plan, builds
from portal.outbox.models import Document
from portal.tenancy.context import require_partner
from quotes.models import Quote
from quotes.presentation import term_words

PRICED = "quote"


@builds(PRICED)
def priced_document(document: Document, *, at: datetime) -> Plan:
    """Plan the quote with its prices and VAT, for the partner (D17)."""
    quote = Quote.objects.select_related("customer", "created_by__user").get(pk=document.about_id)
    partner = require_partner()
    with override(document.language):
        rows = [
            {
                "name": line.product_name,
                "text": line.product.summary,
                "quantity": line.quantity,
                "term": term_words(line.term_months),
                "discount": f"{line.discount.normalize():f}" if line.discount else "",
                "one_off": amount(line.one_off_total),
                "monthly": amount(line.monthly_total),
            }
            for line in quote.lines.select_related("product").order_by("position")
        ]
        context = {
            "quote": quote,
            "customer": quote.customer,
            "agreement": f"{quote.number}-{quote.revision}",
            "rows": rows,
            "any_discount": any(row["discount"] for row in rows),
            "totals": _totals(quote, partner.vat_percent),
            "vat": f"{partner.vat_percent.normalize():f}",
            "valid_until": day(quote.valid_until),
            "made_on": day(at.astimezone(partner.tz).date()),
        }
        title = _("Quote %(number)s, %(customer)s") % {
            "number": quote.number,
            "customer": quote.customer.name,
        }
    return Plan("quotes/pdf/quote.html", title, context)


def _totals(quote: Quote, percent: Decimal) -> list[tuple[str, str, str]]:
    """Return (label, one-off, monthly) for net, VAT and gross."""
    vat = [round_money(value * percent / 100) for value in (quote.one_off, quote.monthly)]
    return [
        (_("Net"), amount(quote.one_off), amount(quote.monthly)),
        (
            _("VAT %s %%") % f"{percent.normalize():f}",
            amount(vat[0]),
            amount(vat[1]),
        ),
        (_("Total"), amount(quote.one_off + vat[0]), amount(quote.monthly + vat[1])),
    ]
