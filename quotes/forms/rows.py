"""The rows of a quote's products: fields, and what they cost as they are filled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.formats import amount
from portal.core.forms import held_value
from quotes.models import TERMS, QuoteLine, QuoteSettings
from quotes.offering import Offered
from quotes.presentation import over_term

# Where the scripts fill in what they know of a product.
BLANK_ID, BLANK_TITLE, BLANK_EACH = "__id__", "__title__", "__each__"


class PercentField(forms.DecimalField):
    """A discount as people write it: with a comma or a point, with blanks, with the sign."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"[\s%]", "", value).replace(",", ".")
            if not re.fullmatch(r"[0-9]*\.?[0-9]*", value):
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


@dataclass(frozen=True)
class Row:
    """A product of the quote as the form shows it.

    ``line`` is what it would become, None where a field is wrong. One that can't be ordered any
    more has no fields, and the line as it is stored, if it is.
    """

    key: str
    title: str
    each: str = ""
    line: QuoteLine | None = None
    quantity: forms.BoundField | None = None
    term: forms.BoundField | None = None
    discount: forms.BoundField | None = None
    data: dict[str, str] = field(default_factory=dict)

    @property
    def is_gone(self) -> bool:
        return self.quantity is None

    @property
    def one_off_in_words(self) -> str:
        """Return the sum of the line: empty for nothing, a dash for what can't be ordered."""
        return self._in_words(self.line.one_off_total if self.line else Decimal(0))

    @property
    def monthly_in_words(self) -> str:
        return self._in_words(self.line.monthly_total if self.line else Decimal(0))

    def _in_words(self, total: Decimal) -> str:
        if self.line is None or self.is_gone:
            return "–"
        return amount(total) if self.line.quantity else ""


@dataclass(frozen=True)
class Totals:
    """The sums of a quote: None while a field is wrong."""

    one_off: Decimal | None = None
    monthly: Decimal | None = None
    over_term: tuple[str, Decimal] | None = None


def line_fields(title: str, *, high: object, bounds: str) -> dict[str, forms.Field]:
    """Return the fields of one product: q is the quantity, t the term, d the discount."""
    whole = f"{title}: {_('Enter a whole number.')}"
    quantity = forms.IntegerField(
        label=title,
        required=False,
        min_value=0,
        max_value=high if isinstance(high, int) else None,
        error_messages={"invalid": whole, "min_value": bounds, "max_value": bounds},
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "k-qty", "max": high}),
    )
    term = forms.TypedChoiceField(
        label=_("Term of %s") % title,
        required=False,
        coerce=int,
        choices=TERMS,
        widget=forms.Select(attrs={"class": "k-term"}),
    )
    discount = PercentField(
        label=_("Discount on %s, in percent") % title,
        required=False,
        localize=True,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        error_messages=dict.fromkeys(
            ("invalid", "max_digits", "max_decimal_places", "max_whole_digits"),
            gettext_lazy("Enter a percentage."),
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "k-qty"}),
    )
    return {"q": quantity, "t": term, "d": discount}


def make_row(form: forms.BaseForm, offered: Offered, settings: QuoteSettings) -> Row:
    """Return the row of a product whose fields are in the form."""
    product = offered.product
    names = [f"{kind}_{product.pk}" for kind in "qtd"]
    line = None
    try:
        quantity, term, discount = (held_value(form, name) for name in names)
        line = QuoteLine(
            quantity=quantity or 0,
            term_months=term or 0,
            discount=discount or Decimal(0),
            list_one_off=offered.one_off,
            list_monthly=offered.monthly,
        )
    except forms.ValidationError:
        pass
    if line is not None and (
        (line.quantity and line.quantity < product.minimum) or line.discount > settings.max_discount
    ):
        line = None
    return Row(
        str(product.pk),
        product.title,
        offered.each,
        line,
        quantity=form[names[0]],
        term=form[names[1]],
        discount=form[names[2]],
        data=offered.data(settings),
    )


def gone_row(product_id: UUID, title: str, saved: QuoteLine | None) -> Row:
    """Return the row of a product that can't be ordered any more."""
    return Row(str(product_id), title, line=saved)


def blank_row() -> Row:
    """Return the row that the scripts copy and fill for a product that is added."""
    form = forms.Form()
    fields = line_fields(BLANK_TITLE, high="__high__", bounds="")
    form.fields.update({f"{kind}_{BLANK_ID}": each for kind, each in fields.items()})
    names = ("one-off", "monthly", "low", "high", "whole", "bounds", "most", "percent", "limit")
    return Row(
        BLANK_ID,
        BLANK_TITLE,
        BLANK_EACH,
        quantity=form[f"q_{BLANK_ID}"],
        term=form[f"t_{BLANK_ID}"],
        discount=form[f"d_{BLANK_ID}"],
        data={name: f"__{name}__" for name in names},
    )


def totals_of(rows: Sequence[Row]) -> Totals:
    """Return the sums of the rows that can be ordered, as they stand in the form."""
    open_rows = [row for row in rows if not row.is_gone]
    lines = [row.line for row in open_rows if row.line is not None]
    if len(lines) < len(open_rows):
        return Totals()
    return Totals(
        sum((line.one_off_total for line in lines), Decimal(0)),
        sum((line.monthly_total for line in lines), Decimal(0)),
        over_term(lines),
    )
