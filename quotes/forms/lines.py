"""The form for the products of a quote: the chosen ones, over all families (D25)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Unpack
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.catalog.models import Product
from portal.core.forms import FormData, FormOptions
from portal.core.http import parse_uuid
from quotes.forms.rows import Row, gone_row, line_fields, make_row
from quotes.models import Quote, QuoteLine, QuoteSettings
from quotes.offering import Offered, highest_discount, offered_for
from quotes.presentation import line_in_words
from quotes.services.drafts import LineRequest

# Products of a crafted form that are looked up to name them.
MOST_UNKNOWN = 50


class LinesForm(forms.Form):
    """Quantity, term and discount of each chosen product (CON-32).

    The chosen products are those of the quote, or, once the form was sent, those whose fields were
    sent with it. Without scripts "Add" and "Remove" send it, too: then it is shown again as it was
    filled, with one row more or less, and nothing is checked or saved.
    """

    marks_optional = False

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        quote: Quote,
        settings: QuoteSettings,
        today: date,
        **options: Unpack[FormOptions],
    ) -> None:
        self.is_rearranged = data is not None and (data.get("then") == "add" or "remove" in data)
        super().__init__(None if self.is_rearranged else data, **options)
        self.settings = settings
        lines = quote.lines.select_related("product").order_by("position")
        self.saved = {line.product_id: line for line in lines}
        self.offered = {each.product.pk: each for each in offered_for(quote, day=today)}
        self.added = self.removed = None
        if data is not None and data.get("then") == "add":
            self.added = parse_uuid(data.get("add", ""))
        elif data is not None:
            self.removed = parse_uuid(data.get("remove", ""))
        self.chosen = list(self.saved) if data is None else self._posted(data)
        for product_id in self.chosen:
            if product_id in self.offered:
                self._add(self.offered[product_id], data)
        self.gone = self._gone()

    def _posted(self, data: QueryDict) -> list[UUID]:
        """Return the products whose quantities were sent, as they were added or removed."""
        sent = (parse_uuid(name[2:]) for name in data if name.startswith("q_"))
        chosen = dict.fromkeys(key for key in sent if key is not None)
        if self.added in self.offered:
            chosen.setdefault(self.added)
        return [key for key in chosen if key is not None and key != self.removed]

    def _add(self, offered: Offered, data: FormData) -> None:
        product, line = offered.product, self.saved.get(offered.product.pk)
        initial: dict[str, object] = {
            "q": line.quantity if line else max(1, product.minimum),
            "t": line.term_months if line else offered.usual_term(self.settings),
            "d": line.discount.normalize() if line and line.discount else None,
        }
        fields = line_fields(product.title, high=product.maximum, bounds=offered.bounds)
        for kind, field in fields.items():
            name = f"{kind}_{product.pk}"
            typed = data.get(name) if data and self.is_rearranged else None
            field.initial = initial[kind] if typed is None else typed
            self.fields[name] = field

    def _gone(self) -> dict[UUID, str]:
        """Return the names of the chosen products that can't be ordered any more."""
        keys = [key for key in self.chosen if key not in self.offered][:MOST_UNKNOWN]
        names = {key: self.saved[key].title for key in keys if key in self.saved}
        unknown = [key for key in keys if key not in names]
        if unknown:
            names |= {each.pk: each.title for each in Product.objects.filter(pk__in=unknown)}
        return names

    def rows(self) -> list[Row]:
        """Return the rows of the table, those that can't be ordered among them."""
        return [
            make_row(self, self.offered[key], self.settings)
            if key in self.offered
            else gone_row(key, self.gone[key], self.saved.get(key))
            for key in self.chosen
            if key in self.offered or key in self.gone
        ]

    @property
    def nothing_added(self) -> bool:
        """Return whether "Add" was pressed with nothing chosen."""
        return self.is_rearranged and self.added is None and self.removed is None

    def open_choices(self) -> dict[str, list[Offered]]:
        """Return what can still be added, by family."""
        found: dict[str, list[Offered]] = {}
        for key, offered in self.offered.items():
            if key not in self.chosen:
                found.setdefault(offered.family, []).append(offered)
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for product_id in self.chosen:
            if product_id in self.offered:
                self._check(self.offered[product_id], data)
            elif product_id in self.gone:
                self.add_error(
                    None,
                    _("%(product)s cannot be ordered any more. Remove it.")
                    % {"product": self.gone[product_id]},
                )
            else:
                self.add_error(None, _("One of the products is not in the catalogue any more."))
        if not self.errors and not self.wanted():
            self.add_error(None, _("Choose at least one product."))
        return data

    def _check(self, offered: Offered, data: dict[str, Any]) -> None:
        product = offered.product
        if (data.get(f"d_{product.pk}") or 0) > self.settings.max_discount:
            self.add_error(f"d_{product.pk}", highest_discount(self.settings))
        if 0 < (data.get(f"q_{product.pk}") or 0) < product.minimum:
            self.add_error(f"q_{product.pk}", offered.bounds)

    def wanted(self) -> dict[UUID, LineRequest]:
        """Return what is requested, by product."""
        data = self.cleaned_data
        return {
            key: LineRequest(
                data[f"q_{key}"], data.get(f"t_{key}") or 0, data.get(f"d_{key}") or Decimal(0)
            )
            for key in self.chosen
            if data.get(f"q_{key}")
        }

    def differences(self, theirs: Iterable[QuoteLine]) -> list[tuple[str, str, str]]:
        """Return (product, as it stands here, as it is saved) where they differ (SAFE-06)."""
        mine = {
            row.key: (row.title, line_in_words(row.line) if row.line else self._typed(row.key))
            for row in self.rows()
            if not row.is_gone
        }
        saved = {str(line.product_id): (line.title, line_in_words(line)) for line in theirs}
        return [
            ((mine.get(key) or saved[key])[0], here, there)
            for key in dict.fromkeys([*mine, *saved])
            if (here := mine.get(key, ("", "–"))[1]) != (there := saved.get(key, ("", "–"))[1])
        ]

    def _typed(self, key: str) -> str:
        """Return the quantity of a row that can't be ordered as it stands."""
        return str(self[f"q_{key}"].value() or "–")[:20]
