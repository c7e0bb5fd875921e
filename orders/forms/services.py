"""Step 2 of an order that changes or ends what runs (D16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Unpack
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from orders.credit import exposure_of
from orders.marks import Mark, Marks
from orders.models import Order, OrderLine, Service
from portal.catalog.models import prices_in_words
from portal.core.formats import amount, difference
from portal.core.forms import FormData, FormOptions, held_value


@dataclass(frozen=True)
class ServiceRow:
    """A service as the step shows it: with its field, and the line that it would become.

    ``total`` is None where what was typed can't be ordered. ``data`` is what the scripts reckon
    with, and say, while somebody types (USE-20).
    """

    service: Service
    # None where another order keeps the service from this one (ORD-61).
    field: forms.BoundField | None
    total: int | None
    line: OrderLine
    data: dict[str, str]
    marks: Sequence[Mark]

    @property
    def each(self) -> str:
        """Return what one costs."""
        return prices_in_words(self.service.one_off, self.service.monthly)

    @property
    def one_off_in_words(self) -> str:
        """Return the sum of the line: empty where nothing changes, a dash for what is wrong."""
        return self._in_words(self.line.one_off_total)

    @property
    def monthly_in_words(self) -> str:
        return self._in_words(self.line.monthly_total)

    @property
    def difference_in_words(self) -> str:
        """Return how much more a month costs then; empty where nothing changes."""
        if self.total is None:
            return "–"
        more = (self.total - self.service.quantity) * self.service.monthly
        return "" if self.total == self.service.quantity else difference(more)

    def _in_words(self, total: Decimal) -> str:
        if self.total is None:
            return "–"
        return "" if self.total == self.service.quantity else amount(total)


@dataclass(frozen=True)
class ServiceTotals:
    """The sums of what changes: None while a field is wrong."""

    one_off: Decimal | None
    monthly: Decimal | None
    exposure: Decimal
    difference: str = "–"


def _words(service: Service) -> dict[str, str]:
    """Return errors that name the service, since the summary above the form shows no rows."""
    bounds = _("%(product)s: order %(low)s to %(high)s.") % {
        "product": service.title,
        "low": service.product.minimum,
        "high": service.product.maximum,
    }
    whole = f"{service.title}: {_('Enter a whole number.')}"
    missing = _("%(service)s: enter the new total.") % {"service": service.title}
    ends = _("%(service)s: 0 ends it. “End what stands at 0” begins a termination of it.")
    return {
        "ends": ends % {"service": service.title},
        "required": missing,
        "invalid": whole,
        "min_value": bounds,
        "max_value": bounds,
    }


class ServicesForm(forms.Form):
    """The new total of each service (CHANGE), or which services end (TERMINATE) (D16)."""

    def __init__(
        self,
        data: FormData = None,
        *,
        order: Order,
        services: list[Service],
        marks: Marks,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.order, self.services, self.marks = order, services, marks
        chosen = {line.service_id: line.quantity for line in order.lines.all()}
        for service in self.open_services():
            key = f"s_{service.pk}"
            if order.kind == Order.Kind.CHANGE:
                self.fields[key] = forms.IntegerField(
                    label=service.title,
                    min_value=0,
                    max_value=service.product.maximum,
                    initial=chosen.get(service.pk, service.quantity),
                    error_messages=_words(service),
                    widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "k-qty"}),
                )
            else:
                self.fields[key] = forms.BooleanField(
                    label=service.title, required=False, initial=service.pk in chosen
                )

        self.prepare()

    def prepare(self) -> None:
        """Add what the family asks for beside quantities."""

    def rebuilt(self, action: str) -> ServicesForm | None:
        """Return the form as it was filled in, after a button that only helps to fill it in."""
        return None

    def details(self) -> dict[str, Any] | None:
        """Return what the delivery of what is added needs; None for nothing."""
        return None

    def open_services(self) -> list[Service]:
        """Return the services that no other placed order changes or ends (ORD-61)."""
        return [
            service
            for service in self.services
            if not any(mark.is_placed for mark in self.marks.get(service.pk, ()))
        ]

    def rows(self) -> list[ServiceRow]:
        """Return the rows of the table of services."""
        return [self._row(service) for service in self.services]

    def _row(self, service: Service) -> ServiceRow:
        key, words = f"s_{service.pk}", _words(service)
        is_open = key in self.fields
        is_change = is_open and self.order.kind == Order.Kind.CHANGE
        total = self._held(key, service) if is_change else service.quantity
        changes = total is not None and total != service.quantity
        now = service.quantity
        line = OrderLine(
            product=service.product,
            service=service,
            quantity=(total or 0) if changes else 0,
            one_off=service.one_off,
            one_off_quantity=max(0, (total or 0) - now) if changes else 0,
            monthly=service.monthly,
            chargeable=service.chargeable,
        )
        data = {
            "one-off": str(service.one_off),
            "monthly": str(service.monthly),
            "now": str(now),
            "low": str(service.product.minimum),
            "high": str(service.product.maximum),
            "missing": words["required"],
            "whole": words["invalid"],
            "bounds": words["min_value"],
            "ends": words["ends"],
            "most": words["max_value"],
            **({} if service.chargeable else {"free": ""}),
        }
        field = self[key] if is_open else None
        return ServiceRow(service, field, total, line, data, self.marks.get(service.pk, ()))

    def _held(self, key: str, service: Service) -> int | None:
        """Return the total that a field holds; None if it is not one."""
        try:
            held: int | None = held_value(self, key)
        except forms.ValidationError:
            return None
        return None if held is None or held < service.product.minimum else held

    def sums(self) -> ServiceTotals:
        """Return the sums of what changes, as it stands in the form."""
        rows = self.rows()
        lines = [row.line for row in rows]
        exposure = exposure_of(lines)
        if any(row.total is None for row in rows):
            return ServiceTotals(None, None, exposure)
        one_off = sum((line.one_off_total for line in lines), Decimal(0))
        monthly = sum((line.monthly_total for line in lines), Decimal(0))
        more = sum(
            (row.line.monthly * ((row.total or 0) - row.service.quantity) for row in rows),
            Decimal(0),
        )
        return ServiceTotals(one_off, monthly, exposure, difference(more))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.order.kind != Order.Kind.CHANGE:
            return data
        for service in self.open_services():
            total = data.get(f"s_{service.pk}")
            if total == 0 and not self.ends_zeros:
                self.add_error(f"s_{service.pk}", _words(service)["ends"])
            elif total and total < service.product.minimum:
                self.add_error(f"s_{service.pk}", _words(service)["min_value"])
        return data

    @property
    def ends_zeros(self) -> bool:
        """Return whether the button was pressed that ends what stands at 0 (ORD-51)."""
        return self.data.get("then") == "end"

    def zeros(self) -> list[Service]:
        """Return the services whose new total was sent as 0."""
        if self.order.kind != Order.Kind.CHANGE or not self.is_bound:
            return []
        sent = {key: str(self.data.get(f"s_{key}", "")) for key in (s.pk for s in self.services)}
        return [
            s for s in self.services if sent[s.pk].strip() and not sent[s.pk].strip().strip("0")
        ]

    def totals(self) -> dict[UUID, int]:
        """Return the new total by service id, of those that differ from what runs."""
        found: dict[UUID, int] = {}
        for service in self.services:
            value = self.cleaned_data.get(f"s_{service.pk}")
            if self.order.kind == Order.Kind.TERMINATE:
                if value:
                    found[service.pk] = 0
            elif value is not None and value != service.quantity:
                found[service.pk] = int(value)
        return found
