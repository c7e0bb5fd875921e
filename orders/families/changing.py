"""Step 2 of a change, with what a family asks for beyond quantities (ORD-51)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from orders.families.user_forms import UserRows, named_users, typed_users, user_rows
from orders.forms.services import ServicesForm
from orders.models import Order
from portal.catalog.models import Family, Part

BLANK_ROWS = 3
MORE_ROWS = 5


class FlexChangeForm(ServicesForm):
    """New totals of seats, and the users of those that are added.

    Naming them now is optional, but then all are needed, as in a new order.
    """

    users: UserRows

    def prepare(self) -> None:
        seats = [each.product for each in self.services if each.product.part == Part.SEAT]
        self.seats = {seat.sku: seat for seat in seats}
        # A form without any rows keeps the users that are there.
        data = self.data if "users-TOTAL_FORMS" in self.data else None
        known = self.order.details.get("users", [])
        self.users = user_rows(data, known, seats=self._choices(), blank=BLANK_ROWS)

    def _choices(self) -> list[tuple[str, str]]:
        return [(sku, seat.title) for sku, seat in self.seats.items()]

    def rebuilt(self, action: str) -> FlexChangeForm | None:
        """Return the form as it was filled in, with more rows for users."""
        if action != "rows":
            return None
        typed = {name: self.data.get(name) for name in self.fields}
        step = FlexChangeForm(
            order=self.order, services=self.services, marks=self.marks, initial=typed
        )
        entered = typed_users(self.users)
        step.users = user_rows(None, entered, seats=step._choices(), blank=MORE_ROWS)
        return step

    def _added(self) -> Counter[str]:
        """Return how many seats are added, by SKU."""
        added: Counter[str] = Counter()
        for service in self.services:
            total = self.cleaned_data.get(f"s_{service.pk}")
            if service.product.part == Part.SEAT and total is not None:
                added[service.product.sku] += max(0, total - service.quantity)
        return added

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.users.is_bound:
            return data
        if not self.users.is_valid():
            self.add_error(None, _("Check the users: some rows need a change."))
            return data
        rows = named_users(self.users)
        addresses = Counter(row["email"].lower() for row in rows)
        for address in (each for each, n in addresses.items() if n > 1):
            self.add_error(None, _('"%s" is listed twice.') % address)
        if rows and not self.errors:
            self._one_for_each(Counter(row["seat"] for row in rows))
        return data

    def _one_for_each(self, named: Counter[str]) -> None:
        added = self._added()
        for sku, seat in self.seats.items():
            if named[sku] != added[sku]:
                text = _("%(product)s: name one user for each seat that is added.")
                counts = _("%(have)s named, %(want)s added.")
                details = {"product": seat.title, "have": named[sku], "want": added[sku]}
                self.add_error(None, f"{text % details} {counts % details}")

    def details(self) -> dict[str, Any] | None:
        return {"users": named_users(self.users)} if self.users.is_bound else None


def services_form_of(order: Order) -> type[ServicesForm]:
    """Return the form of step 2 of an order on what runs."""
    is_flex = order.family == Family.FLEX and order.kind == Order.Kind.CHANGE
    return FlexChangeForm if is_flex else ServicesForm
