"""VAT on a quote, in figures and words (D17, VAT-01 to VAT-05)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from customers.models import Customer
from portal.catalog.vat import Vat, VatRule, vat_between
from portal.core.countries import country_name
from portal.core.formats import amount, round_money
from portal.tenancy.context import require_partner
from quotes.models import Quote


def vat_of(customer: Customer, on: date) -> Vat:
    """Return the VAT that the partner charges a customer on a day."""
    partner = require_partner()
    return vat_between(
        partner.country.code,
        customer.country.code,
        vat_number="" if customer.is_residential else customer.vat_number,
        uses_one_stop_shop=partner.uses_one_stop_shop,
        on=on,
    )


def totals(quote: Quote, vat: Vat) -> list[tuple[str, str, str]]:
    """Return (label, one-off, monthly) for net, VAT and gross; net alone if no rate is known."""
    net = (_("Net"), amount(quote.one_off), amount(quote.monthly))
    if vat.rule is VatRule.UNKNOWN:
        return [net]
    one_off, monthly = (
        round_money(value * vat.percent / 100) for value in (quote.one_off, quote.monthly)
    )
    label = _("VAT %s %%") % f"{vat.percent.normalize():f}"
    return [
        net,
        (label, amount(one_off), amount(monthly)),
        (_("Total"), amount(quote.one_off + one_off), amount(quote.monthly + monthly)),
    ]


def vat_words(vat: Vat, customer: Customer) -> str:
    """Return why this VAT is charged, where it is not simply that of the partner's country."""
    country = country_name(vat.country)
    if vat.rule is VatRule.REVERSE_CHARGE:
        return (
            _(
                "Reverse charge: the customer accounts for the VAT (Article 196 of Directive "
                "2006/112/EC). VAT number of the customer: %s."
            )
            % customer.vat_number
        )
    if vat.rule is VatRule.OUTSIDE:
        return _("No VAT is charged (customer's country: %s).") % country
    if vat.rule is VatRule.DESTINATION:
        return _("The VAT is that of the customer's country, %s.") % country
    if vat.rule is VatRule.UNKNOWN:
        return _("VAT is not included. It is added where it is due.")
    return ""


def vat_note(customer: Customer, on: date) -> str:
    """Return a sentence about the VAT on a customer's quote, for the partner's page."""
    vat = vat_of(customer, on)
    words = vat_words(vat, customer)
    if vat.percent:
        rate = _("VAT of %s %% is added.") % f"{vat.percent.normalize():f}"
        return f"{rate} {words}".strip()
    return words
