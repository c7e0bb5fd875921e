"""What can be ordered, at which prices and on which terms. Public; edited by channel sales."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from portal.core.formats import amount
from portal.tenancy.models import Currency


def in_language(row: models.Model, field: str) -> str:
    """Return a catalogue text in the reader's language; English where there is no translation."""
    language = (get_language() or "en")[:2]
    if language != "en":
        translated = getattr(row, f"{field}_{language}", "")
        if translated:
            return str(translated)
    return str(getattr(row, field))


class Family(models.TextChoices):
    """The product families. Each has its own product step in the order (ORD-02)."""

    TRUNK = "trunk", _("SIP trunk")
    MEETING = "meeting", _("Meeting")
    FLEX = "flex", _("Flex")


class ProductFamily(models.Model):
    """What holds for all products of a family."""

    code = models.CharField(_("code"), max_length=20, choices=Family.choices, primary_key=True)
    # ORD-13, ORD-14: the customer has to be registered with channel sales first.
    requires_channel_registration = models.BooleanField(
        _("needs registration with channel sales"), default=False
    )
    lead_days = models.PositiveSmallIntegerField(_("working days until delivery"), default=3)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("product family")
        verbose_name_plural = _("product families")

    def __str__(self) -> str:
        return str(Family(self.code).label)


class Part(models.TextChoices):
    """What a product is within its family; the family's product step selects products by it."""

    CHANNELS = "channels", _("Trunk channels")
    NUMBERS = "numbers", _("Number block")
    PORTING = "porting", _("Number porting")
    HOST = "host", _("Meeting host")
    ROOM = "room", _("Meeting room")
    SEAT = "seat", _("Seat")
    DEVICE = "device", _("Device")
    SERVICE = "service", _("Service")


class ProductQuerySet(models.QuerySet["Product"]):
    """Queries on products."""

    def offered_to(self, *, residential: bool) -> ProductQuerySet:
        """Return what a customer may order: not withdrawn (ORD-28), open to its type (ACC-07)."""
        offered = self.filter(orderable=True)
        return offered.filter(available_to_residential=True) if residential else offered

    def in_order(self) -> ProductQuerySet:
        return self.order_by("position", "sku")


class Product(models.Model):
    """A product that can be ordered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sku = models.CharField(_("SKU"), max_length=40, unique=True)
    family = models.ForeignKey(
        ProductFamily, models.PROTECT, related_name="products", verbose_name=_("family")
    )
    part = models.CharField(_("part"), max_length=20, choices=Part.choices)
    name = models.CharField(_("name"), max_length=120)
    name_de = models.CharField(_("name (German)"), max_length=120, blank=True)
    name_sv = models.CharField(_("name (Swedish)"), max_length=120, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_de = models.TextField(_("description (German)"), blank=True)
    description_sv = models.TextField(_("description (Swedish)"), blank=True)
    chargeable = models.BooleanField(_("chargeable"), default=True)
    available_to_residential = models.BooleanField(_("open to residential"), default=False)
    orderable = models.BooleanField(_("orderable"), default=True)
    rental = models.BooleanField(_("rental"), default=True)
    minimum = models.PositiveIntegerField(_("minimum quantity"), default=1)
    maximum = models.PositiveIntegerField(_("maximum quantity"), default=1000)
    # ORD-56: what follows an agreed term, and how long before its end notice is due.
    renewal_months = models.PositiveSmallIntegerField(
        _("renewal, months"),
        default=0,
        help_text=_("By how many months an agreed term renews. 0: it goes on without a term."),
    )
    notice_months = models.PositiveSmallIntegerField(
        _("notice, months"),
        default=3,
        help_text=_("How many months before the end of a term notice is due."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # CHAN-44: of which one has to be there, ordered too or running.
    needs: models.ManyToManyField[Product, Product] = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="needed_by", verbose_name=_("needs")
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minimum__lte=models.F("maximum")), name="product_min_max"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return the name in the reader's language."""
        return in_language(self, "name")

    @property
    def summary(self) -> str:
        """Return the description in the reader's language."""
        return in_language(self, "description")

    def title_of(self, kept: str) -> str:
        """Return the name for a line that kept it when it was written (USE-19).

        It is the present one in the reader's language, unless the product was renamed since.
        """
        return self.title if kept in (self.name, self.name_de, self.name_sv) else kept


class RatePlan(models.Model):
    """A list of prices. The first by position is the default of new customers (ACC-12)."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    # ACC-13: for partners who bill with a system of their own.
    is_master = models.BooleanField(_("master rate plan"), default=False)

    class Meta:
        verbose_name = _("rate plan")
        verbose_name_plural = _("rate plans")
        constraints = [
            models.UniqueConstraint(
                fields=["is_master"], condition=models.Q(is_master=True), name="rateplan_one_master"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def first(cls) -> RatePlan | None:
        """Return the plan that a new customer gets by default (ACC-12)."""
        return cls._default_manager.order_by("position", "id").first()


class Price(models.Model):
    """A product's net price per unit in one plan and currency, from a date on (D17)."""

    id = models.BigAutoField(primary_key=True)
    product = models.ForeignKey(Product, models.CASCADE, related_name="prices")
    rate_plan = models.ForeignKey(RatePlan, models.CASCADE, related_name="prices")
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices)
    valid_from = models.DateField(_("valid from"))
    one_off = models.DecimalField(
        _("one-off"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    monthly = models.DecimalField(
        _("monthly"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "rate_plan", "currency", "valid_from"], name="price_once"
            ),
            models.CheckConstraint(
                condition=models.Q(one_off__gte=0, monthly__gte=0), name="price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.rate_plan} {self.currency}"


def prices_on(
    products: Iterable[Product], *, rate_plan_id: int, currency: str, day: date
) -> dict[uuid.UUID, tuple[Decimal, Decimal]]:
    """Return net (one-off, monthly) prices per unit by product id, as valid on ``day`` (D17).

    A product without a price in that plan and currency is missing from the result: it can't be
    ordered there.
    """
    rows = (
        Price._default_manager.filter(
            product__in=list(products),
            rate_plan_id=rate_plan_id,
            currency=currency,
            valid_from__lte=day,
        )
        .order_by("product_id", "-valid_from")
        .distinct("product_id")
        .values_list("product_id", "one_off", "monthly")
    )
    return {product_id: (one_off, monthly) for product_id, one_off, monthly in rows}


def prices_in_words(one_off: Decimal, monthly: Decimal) -> str:
    """Return what one costs in the reader's language; empty for what is free."""
    words = []
    if one_off:
        words.append(gettext("%(price)s each, once") % {"price": amount(one_off)})
    if monthly:
        words.append(gettext("%(price)s each and month") % {"price": amount(monthly)})
    return " · ".join(words)


class VatRate(models.Model):
    """A country's standard rate of VAT, from a date on (VAT-01)."""

    id = models.BigAutoField(primary_key=True)
    country = CountryField(verbose_name=_("country"))
    valid_from = models.DateField(_("valid from"))
    percent = models.DecimalField(
        _("VAT, %"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        constraints = [
            models.UniqueConstraint(fields=["country", "valid_from"], name="vat_rate_once"),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100), name="vat_rate_is_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country.name} {self.percent.normalize():f} %"


class BusinessType(models.Model):
    """A customer's line of business, for statistics only (ONB-06, ONB-07)."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_de = models.CharField(_("name (German)"), max_length=80, blank=True)
    name_sv = models.CharField(_("name (Swedish)"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("business type")
        verbose_name_plural = _("business types")

    def __str__(self) -> str:
        return in_language(self, "name")


class TermsVersion(models.Model):
    """One version of the terms and conditions in one language; fixed once it is published."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    version = models.CharField(_("version"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("terms and conditions")
        verbose_name_plural = _("terms and conditions")
        constraints = [
            models.UniqueConstraint(fields=["language", "version"], name="terms_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version} ({self.language})"

    @property
    def sha256(self) -> str:
        """Return the hash of the text that evidence refers to (CON-20)."""
        return hashlib.sha256(self.text.encode()).hexdigest()
