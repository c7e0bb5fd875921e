"""What the product steps of all families share: quantities of what this customer may order."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Unpack
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from customers.models import Customer, Site
from orders.families.offers import Offer, Totals, make_offer, totals_of
from orders.models import Order, Service
from orders.services.checks import check_product
from orders.services.completeness import Wanted, missing_details
from portal.catalog.models import Part, Product, prices_on
from portal.core.errors import RuleError
from portal.core.forms import FormData, FormOptions, held_value


class FamilyForm(forms.Form):
    """Quantities by product; subclasses add the family's own details.

    ``site`` and ``details`` go to the order; ``quantities`` becomes its lines.
    """

    template: ClassVar[str] = ""
    # Whether the template takes the whole width of the page.
    is_wide: ClassVar[bool] = False
    # Parts of which at least one product has to be ordered.
    needed_parts: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        data: FormData = None,
        *,
        order: Order,
        today: date,
        parks: bool = False,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.order, self.customer, self.today = order, order.customer, today
        # A draft that is parked may lack what delivery needs (ORD-60).
        self.parks = parks
        self.products = list(
            Product.objects.filter(family_id=order.family)
            .offered_to(residential=self.customer.is_residential)
            .in_order()
        )
        self.prices = prices_on(
            self.products,
            rate_plan_id=self.customer.rate_plan_id,
            currency=order.currency,
            day=today,
        )
        self.products = [product for product in self.products if product.pk in self.prices]
        lines = list(order.lines.all())
        self.has_lines = bool(lines)
        ordered = {line.product_id: line.quantity for line in lines}
        # What a quote agreed on: its price, and up to which quantity.
        self.agreed = {line.product_id: line for line in lines if line.agreed_quantity is not None}
        for product in self.products:
            self.fields[self.key(product.pk)] = forms.IntegerField(
                label=product.title,
                required=False,
                min_value=0,
                max_value=product.maximum,
                initial=ordered.get(product.pk, 0),
                error_messages=self._quantity_errors(product),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "k-qty"}),
            )
        self.prepare(order.details)

    @staticmethod
    def _quantity_errors(product: Product, low: int = 0) -> dict[str, str]:
        """Return errors that name the product, since the summary above the form shows no rows."""
        bounds = _("%(product)s: order %(low)s to %(high)s.") % {
            "product": product.title,
            "low": low,
            "high": product.maximum,
        }
        invalid = f"{product.title}: {_('Enter a whole number.')}"
        return {"invalid": invalid, "min_value": bounds, "max_value": bounds}

    @staticmethod
    def key(product_id: UUID) -> str:
        """Return the name of a product's quantity field."""
        return f"q_{product_id}"

    def prepare(self, details: dict[str, Any]) -> None:
        """Add the family's own fields and fill them from the draft."""

    def offers(self) -> list[Offer]:
        """Return the rows of the product table."""
        return [self._offer(product) for product in self.products]

    def _offer(self, product: Product) -> Offer:
        key = self.key(product.pk)
        return make_offer(
            product,
            self[key],
            quantity=self._held(key),
            prices=self.prices[product.pk],
            agreed=self.agreed.get(product.pk),
            words=self._quantity_errors(product, product.minimum),
        )

    def _held(self, key: str) -> int | None:
        """Return the quantity that a field holds, 0 for nothing; None if it is not one."""
        try:
            return held_value(self, key) or 0
        except forms.ValidationError:
            return None

    def totals(self) -> Totals:
        """Return the sums of the lines as they stand in the form."""
        return totals_of(self.offers())

    def quantity(self, *parts: str) -> int:
        """Return the total quantity of products of these parts."""
        return sum(
            self.cleaned_data.get(self.key(product.pk)) or 0
            for product in self.products
            if product.part in parts
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._refuse_what_is_not_offered()
        for product in self.products:
            wanted = data.get(self.key(product.pk)) or 0
            if 0 < wanted < product.minimum:
                self.add_error(
                    self.key(product.pk),
                    self._quantity_errors(product, product.minimum)["min_value"],
                )
        if not self.parks:
            self._need_products(data)
        return data

    def _need_products(self, data: dict[str, Any]) -> None:
        asked_for = any(data.get(self.key(product.pk)) for product in self.products)
        if not asked_for and not self.errors:
            self.add_error(None, _("Choose at least one product."))
        elif asked_for:
            for part in self.needed_parts:
                self._need_part(part)

    def need_details(self) -> None:
        """Show what the delivery needs and the form lacks, unless the draft is parked (ORD-60).

        A field that has an error already keeps that one.
        """
        if self.parks:
            return
        ordered = Wanted(
            (each, self.cleaned_data.get(self.key(each.pk)) or 0) for each in self.products
        )
        for missing in missing_details(self.order.family, ordered, self.details()):
            field = self._field_of(missing.field)
            if field is None or field not in self.errors:
                self.add_error(field, missing.text)

    def _field_of(self, name: str) -> str | None:
        """Return the field of this form that asks for what is missing; a part's first product."""
        if name in self.fields:
            return name
        keys = [self.key(product.pk) for product in self.products if product.part == name]
        return keys[0] if keys else None

    def _need_part(self, part: str) -> None:
        candidates = [product for product in self.products if product.part == part]
        if candidates and not self.quantity(part) and not self._runs(part):
            names = ", ".join(product.title for product in candidates)
            self.add_error(
                self.key(candidates[0].pk), _("This order needs at least one of: %s.") % names
            )

    def _runs(self, part: str) -> bool:
        """Return whether the customer has a running service of this part (CHAN-44)."""
        running = Service.objects.filter(customer=self.order.customer_id, ended_on__isnull=True)
        return running.filter(family=self.order.family, product__part=part).exists()

    def _refuse_what_is_not_offered(self) -> None:
        """Refuse a crafted POST for a product that is withdrawn or not open to this customer."""
        offered = {self.key(product.pk) for product in self.products}
        extra = [name[2:] for name in self.data if name.startswith("q_") and name not in offered]
        for product_id in extra[:20]:
            try:
                value = int(self.data.get(f"q_{product_id}") or 0)
                product = Product.objects.filter(pk=UUID(product_id)).first()
            except ValueError:
                continue
            if value <= 0 or product is None:
                continue
            try:
                check_product(product, self.customer)
                self.add_error(
                    None, _("%(product)s cannot be ordered.") % {"product": product.title}
                )
            except RuleError as error:
                self.add_error(None, str(error))

    def rebuilt(self, action: str) -> FamilyForm | None:
        """Return the form as it was filled in, after a button that only helps to fill it in.

        Return None for the buttons that save.
        """
        return None

    def quantities(self) -> dict[UUID, int]:
        """Return the quantities ordered, by product id."""
        return {
            product.pk: self.cleaned_data[self.key(product.pk)]
            for product in self.products
            if self.cleaned_data.get(self.key(product.pk))
        }

    def details(self) -> dict[str, Any]:
        """Return the family's own details, ready for JSON."""
        return {}

    def site(self) -> Site | None:
        """Return the site the order is for, where the family asks for one."""
        return None


def site_choices(customer: Customer) -> list[tuple[str, str]]:
    """Return the sites of a customer, starting with its postal address."""
    address = ", ".join(customer.address_lines)
    first = _("Postal address: %s") % address if address else _("Postal address")
    return [
        ("", first),
        *(
            (str(site.pk), f"{site.name}: {site.address}" if site.address else site.name)
            for site in customer.sites.order_by("name")
        ),
    ]


DEVICE_PARTS = (Part.DEVICE, Part.SERVICE)
