"""The form for the products of a quote, over all families (D25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Unpack
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.catalog.models import Family, Product, prices_on
from portal.core.forms import FormData, FormOptions
from quotes.models import TERMS, Quote, QuoteSettings
from quotes.services.drafts import LineRequest


@dataclass(frozen=True)
class Offer:
    """A product with its fields and its price for this customer."""

    product: Product
    one_off: Decimal
    monthly: Decimal
    quantity: forms.BoundField
    term: forms.BoundField
    discount: forms.BoundField


class LinesForm(forms.Form):
    """Quantity, term and discount by product, over all families (D25)."""

    marks_optional = False

    def __init__(
        self,
        data: FormData = None,
        *,
        quote: Quote,
        settings: QuoteSettings,
        today: date,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.quote, self.settings = quote, settings
        customer = quote.customer
        products = list(
            Product.objects.offered_to(residential=customer.is_residential).order_by(
                "family__position", "position", "sku"
            )
        )
        self.prices = prices_on(
            products, rate_plan_id=customer.rate_plan_id, currency=quote.currency, day=today
        )
        self.products = [product for product in products if product.pk in self.prices]
        there = {line.product_id: line for line in quote.lines.all()}
        for product in self.products:
            self._add(product, there.get(product.pk))

    def _add(self, product: Product, line: Any) -> None:
        monthly = self.prices[product.pk][1]
        usual = self.settings.default_term if monthly else 0
        self.fields[f"q_{product.pk}"] = forms.IntegerField(
            label=product.title,
            required=False,
            min_value=0,
            max_value=product.maximum,
            initial=line.quantity if line else 0,
            error_messages={"invalid": gettext_lazy("Enter a whole number.")},
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "k-qty"}),
        )
        self.fields[f"t_{product.pk}"] = forms.TypedChoiceField(
            label=_("Term of %s") % product.title,
            required=False,
            coerce=int,
            choices=TERMS,
            initial=line.term_months if line else usual,
            widget=forms.Select(attrs={"class": "k-term"}),
        )
        self.fields[f"d_{product.pk}"] = forms.DecimalField(
            label=_("Discount on %s, in percent") % product.title,
            required=False,
            localize=True,
            min_value=0,
            max_value=100,
            max_digits=5,
            decimal_places=2,
            initial=line.discount.normalize() if line and line.discount else None,
            error_messages={"invalid": gettext_lazy("Enter a percentage.")},
            widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "k-qty"}),
        )

    def groups(self) -> list[tuple[str, list[Offer]]]:
        """Return the rows of the table, by family."""
        found: dict[str, list[Offer]] = {}
        for product in self.products:
            offer = Offer(
                product,
                *self.prices[product.pk],
                *(self[f"{kind}_{product.pk}"] for kind in "qtd"),
            )
            found.setdefault(str(Family(product.family_id).label), []).append(offer)
        return list(found.items())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        limit = self.settings.max_discount
        for product in self.products:
            key = f"d_{product.pk}"
            if (data.get(key) or 0) > limit:
                self.add_error(
                    key,
                    _("The highest discount is %(limit)s %%.")
                    % {"limit": f"{limit.normalize():f}"},
                )
            wanted = data.get(f"q_{product.pk}") or 0
            if 0 < wanted < product.minimum:
                self.add_error(
                    f"q_{product.pk}",
                    _("%(product)s: order %(low)s to %(high)s.")
                    % {
                        "product": product.title,
                        "low": product.minimum,
                        "high": product.maximum,
                    },
                )
        if not self.errors and not self.wanted():
            self.add_error(None, _("Choose at least one product."))
        return data

    def wanted(self) -> dict[UUID, LineRequest]:
        """Return what is requested, by product."""
        data = self.cleaned_data
        return {
            product.pk: LineRequest(
                data[f"q_{product.pk}"],
                data.get(f"t_{product.pk}") or 0,
                data.get(f"d_{product.pk}") or Decimal(0),
            )
            for product in self.products
            if data.get(f"q_{product.pk}")
        }
