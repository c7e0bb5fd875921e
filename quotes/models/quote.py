"""A quote: what a partner proposes to one customer, with its lines and its orders."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from orders.models import Order
from portal.accounts.models import Membership
from portal.catalog.models import Product
from portal.core.finding import FindKeyField, find_key
from portal.core.formats import round_money
from portal.core.versioning import VersionedMixin
from portal.tenancy.models import TenantModel

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# How long a customer commits itself, in months; 0 is until further notice, or bought once.
TERMS = ((0, _("No term")), (12, _("12 months")), (24, _("24 months")), (36, _("36 months")))


class QuoteQuerySet(models.QuerySet["Quote"]):
    """Queries on quotes."""

    def visible_to(self, person: Membership) -> QuoteQuerySet:
        """Return the quotes of visible customers, if the person has the right to see quotes."""
        if not person.may("view_quote"):
            return self.none()
        if person.may("view_customer") and person.customer_id is None:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(person))

    def waiting(self) -> QuoteQuerySet:
        """Return those that a customer has to answer (CON-26)."""
        return self.filter(state=Quote.State.SENT)


class Quote(VersionedMixin, TenantModel):
    """One proposal to exactly one customer, for any number of families (D25).

    The customer is fixed when the row is created; a trigger refuses to change it. ``version``
    counts saves (stale forms), ``revision`` what the customer was asked to confirm.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Pending customer approval")
        CONFIRMED = "confirmed", _("Confirmed")
        PROGRESSED = "progressed", _("Progressed")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        SUPERSEDED = "superseded", _("Superseded")

    number = models.CharField(_("quote"), max_length=20, unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="quotes", verbose_name=_("customer")
    )
    title = models.CharField(_("title"), max_length=120)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    currency = models.CharField(_("currency"), max_length=3)
    valid_until = models.DateField(_("valid until"))
    # What the customer reads above the products; without commercials (CON-02).
    message = models.TextField(_("message to the customer"), blank=True, max_length=2000)
    # Visible to the partner only.
    notes = models.TextField(_("internal notes"), blank=True, max_length=5000)
    one_off = models.DecimalField(_("one-off"), max_digits=14, decimal_places=2, default=Decimal(0))
    monthly = models.DecimalField(_("monthly"), max_digits=14, decimal_places=2, default=Decimal(0))
    # CON-25: saved by "Save details", copied to the orders by "Progress".
    po_number = models.CharField(_("purchase order number"), max_length=60, blank=True)
    address_checked = models.BooleanField(default=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    created_by = models.ForeignKey(
        Membership, models.DO_NOTHING, related_name="+", verbose_name=_("written by")
    )
    created_at = models.DateTimeField(_("written"))
    changed_at = models.DateTimeField(_("changed"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    progressed_at = models.DateTimeField(_("progressed"), null=True, blank=True)

    find_key = FindKeyField()

    objects = QuoteQuerySet.as_manager()

    lines: RelatedManager[QuoteLine]
    orders: RelatedManager[QuoteOrder]
    replaced_by: Quote

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="quote_by_customer"),
            models.Index(fields=["state", "-changed_at"], name="quote_by_state"),
            models.Index(fields=["-changed_at"], name="quote_by_change"),
            models.Index(fields=["sent_at"], condition=Q(state="sent"), name="quote_waiting"),
        ]

    def __str__(self) -> str:
        return self.number

    def make_find_key(self) -> str:
        return find_key(self.number, self.title, self.po_number)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_locked(self) -> bool:
        """Return whether nothing in it can change any more (CON-21)."""
        return self.state in (self.State.CONFIRMED, self.State.PROGRESSED, self.State.SUPERSEDED)


class QuoteLine(TenantModel):
    """One product of a quote: list prices as they were, and the discount on them."""

    quote = models.ForeignKey(Quote, models.CASCADE, related_name="lines")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    product_name = models.CharField(_("product"), max_length=120)
    family = models.CharField(max_length=20)
    quantity = models.PositiveIntegerField(_("quantity"))
    term_months = models.PositiveSmallIntegerField(_("term"), choices=TERMS, default=0)
    discount = models.DecimalField(
        _("discount, %"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    # List prices per unit, net (D17).
    list_one_off = models.DecimalField(max_digits=12, decimal_places=2)
    list_monthly = models.DecimalField(max_digits=12, decimal_places=2)
    chargeable = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("quote line")
        verbose_name_plural = _("quote lines")
        constraints = [
            models.UniqueConstraint(fields=["quote", "position"], name="quoteline_position_once"),
            models.UniqueConstraint(fields=["quote", "product"], name="quoteline_product_once"),
            models.CheckConstraint(
                condition=Q(discount__gte=0, discount__lte=100), name="quoteline_discount"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="quoteline_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.product_name} × {self.quantity}"

    @property
    def title(self) -> str:
        """Return the product's name in the reader's language (USE-19)."""
        return self.product.title_of(self.product_name)

    def _net(self, price: Decimal) -> Decimal:
        return round_money(price * (100 - self.discount) / 100)

    @property
    def one_off(self) -> Decimal:
        """Return the price per unit, after the discount."""
        return self._net(self.list_one_off)

    @property
    def monthly(self) -> Decimal:
        """Return the price per unit and month, after the discount."""
        return self._net(self.list_monthly)

    @property
    def one_off_total(self) -> Decimal:
        return self.quantity * self.one_off

    @property
    def monthly_total(self) -> Decimal:
        return self.quantity * self.monthly

    @property
    def exposure(self) -> Decimal:
        """Return the credit it will use once ordered (D8)."""
        return self.one_off_total + self.monthly_total if self.chargeable else Decimal(0)


class QuoteOrder(TenantModel):
    """An order made from a quote. The quote points to its orders, never back."""

    quote = models.ForeignKey(Quote, models.PROTECT, related_name="orders")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    # A draft may be deleted; the number stays.
    order = models.OneToOneField(Order, models.SET_NULL, null=True, blank=True, related_name="+")
    number = models.CharField(_("order"), max_length=20)
    family = models.CharField(_("family"), max_length=20)

    class Meta:
        verbose_name = _("order of a quote")
        verbose_name_plural = _("orders of quotes")
        constraints = [
            models.UniqueConstraint(fields=["quote", "family"], name="quoteorder_family_once")
        ]

    def __str__(self) -> str:
        return self.number
