"""What runs for customers: the services that completed orders make (D16)."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from portal.accounts.models import Membership
from portal.catalog.models import Family, Product
from portal.tenancy.models import TenantModel


class ServiceQuerySet(models.QuerySet["Service"]):
    """Queries on services."""

    def visible_to(self, person: Membership) -> ServiceQuerySet:
        """Return the services of visible customers, if the person has the right to see orders."""
        if not person.may("view_order"):
            return self.none()
        if person.may("view_customer") and person.customer_id is None:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(person))

    def rented(self) -> ServiceQuerySet:
        """Return what runs and is rented: what was bought once has no end (ORD-51)."""
        return self.filter(ended_on__isnull=True, product__rental=True)


class Service(TenantModel):
    """Something that runs for a customer: made by completing an order, one per line (D16)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="services")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    product_name = models.CharField(_("product"), max_length=120)
    family = models.CharField(_("family"), max_length=20, choices=Family.choices)
    quantity = models.PositiveIntegerField(_("quantity"))
    currency = models.CharField(max_length=3)
    one_off = models.DecimalField(_("one-off"), max_digits=12, decimal_places=2)
    monthly = models.DecimalField(_("monthly"), max_digits=12, decimal_places=2)
    chargeable = models.BooleanField(default=True)
    identifiers = models.TextField(_("identifiers"), blank=True)
    started_on = models.DateField(_("start"))
    ended_on = models.DateField(_("end"), null=True, blank=True)
    # The agreed term, which the service has from its order; 0 is none (ORD-56).
    term_months = models.PositiveSmallIntegerField(_("term"), default=0)
    term_ends_on = models.DateField(_("end of the term"), null=True, blank=True)
    # The line that it was delivered for; of services from before the rule it may be unknown.
    made_by = models.ForeignKey(
        "orders.OrderLine",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="made",
    )
    created_at = models.DateTimeField()

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        indexes = [
            models.Index(fields=["customer", "ended_on"], name="service_by_customer"),
            # The list of services: those whose term ends soon, the next first.
            models.Index(
                fields=["term_ends_on", "id"],
                condition=Q(ended_on__isnull=True, term_ends_on__isnull=False),
                name="service_by_term",
            ),
            models.Index(
                fields=["started_on", "id"],
                condition=Q(ended_on__isnull=True),
                name="service_by_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_name} × {self.quantity}"

    @property
    def title(self) -> str:
        """Return the product's name in the reader's language (USE-19)."""
        return self.product.title_of(self.product_name)

    @property
    def exposure(self) -> Decimal:
        """Return the credit this service uses: one-off plus one month, if chargeable (D8)."""
        if not self.chargeable or self.ended_on is not None:
            return Decimal(0)
        return self.quantity * (self.one_off + self.monthly)
