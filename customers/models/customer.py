"""The customer, to which everything else in the register belongs (ACC-01, REG-01)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from customers.models.assignment import Assignment
from customers.models.clearance import FamilyClearance
from customers.models.contacts_and_sites import Contact, CustomerDomain, Site, SupportContact
from customers.models.visibility import seen_by
from portal.accounts.models import Membership
from portal.catalog.models import BusinessType, ProductFamily, RatePlan
from portal.core.finding import FindKeyField, find_key
from portal.core.versioning import VersionedMixin
from portal.tenancy.models import TenantModel

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


# The part of the limit that is used, without a value where the limit is nothing.
CREDIT_USED = F("credit_committed") / NullIf(F("credit_limit"), Value(Decimal(0)))
NEAR_LIMIT = Q(credit_committed__gt=0, credit_committed__gte=F("credit_limit") * Decimal("0.8"))


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Queries for customers. Every query of a page starts with ``visible_to``."""

    def visible_to(self, person: Membership, *, few: bool = False) -> CustomerQuerySet:
        """Return the customers that a person may see (D12).

        These are all, or the assigned ones and the exceptions made for the person, or a customer's
        user's own. ``few`` says that the assigned customers are known to be few.
        """
        seen = seen_by(person, few=few)
        return self if seen is None else self.filter(seen)

    def active(self) -> CustomerQuerySet:
        return self.filter(is_active=True)

    def selectable(self, family: str | None = None) -> CustomerQuerySet:
        """Return the customers that can be ordered for (ORD-24).

        They are active and, where the family requires it, cleared.
        """
        chosen = self.active()
        if family is not None and family in families_with_registration():
            chosen = chosen.filter(pk__in=FamilyClearance.objects.valid(family))
        return chosen

    def near_limit(self) -> CustomerQuerySet:
        """Return those that use 80 per cent of their credit limit or more, the fullest first.

        The index ``customer_near_limit`` holds exactly these, in this order.
        """
        near = self.active().filter(NEAR_LIMIT)
        return near.order_by(CREDIT_USED.desc(nulls_first=True), "id")

    def own_company(self) -> CustomerQuerySet:
        return self.filter(is_own_company=True)


def families_with_registration() -> frozenset[str]:
    """Return the families whose customers channel sales has to clear first (ORD-13, ORD-16)."""
    rows = ProductFamily._default_manager.filter(requires_channel_registration=True)
    return frozenset(rows.values_list("code", flat=True))


class Customer(VersionedMixin, TenantModel):
    """A customer or prospect, in one table (D4), below the partner's account (ACC-02)."""

    class Type(models.TextChoices):
        NORMAL = "normal", _("Normal")
        RESIDENTIAL = "residential", _("Residential")

    class Lifecycle(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        CUSTOMER = "customer", _("Customer")

    number = models.CharField(_("customer number"), max_length=40, unique=True)
    name = models.CharField(_("customer name"), max_length=200)
    # Made in Python (portal.core.sorting), so that they are the same on every database server.
    name_key = models.CharField(max_length=800, editable=False)
    sort_key = models.CharField(max_length=300, editable=False)
    number_key = models.CharField(max_length=160, editable=False)
    find_key = FindKeyField()
    # The name without accents, punctuation and legal form (REG-38).
    look_key = models.CharField(max_length=300, default="", db_default="", editable=False)
    # Sorted as people count: 9999 before 10001 (REG-13).
    number_sort = models.CharField(max_length=200, editable=False, default="", db_default="")
    type = models.CharField(_("type"), max_length=12, choices=Type.choices, default=Type.NORMAL)
    lifecycle = models.CharField(
        _("lifecycle"), max_length=10, choices=Lifecycle.choices, default=Lifecycle.PROSPECT
    )
    account_id = models.CharField(_("account ID"), max_length=24, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_own_company = models.BooleanField(_("own company"), default=False, editable=False)
    organisation_number = models.CharField(_("organisation number"), max_length=40, blank=True)
    # VAT-02: with its country's letters; of companies only.
    vat_number = models.CharField(
        _("VAT number"), max_length=30, blank=True, default="", db_default=""
    )
    # REG-31, D19: of residential customers; only customers.services.personal reads it.
    personal_number_encrypted = models.BinaryField(null=True, editable=False)
    business_type = models.ForeignKey(
        BusinessType,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business type"),
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    street = models.CharField(_("street"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = CountryField(verbose_name=_("country"))
    billing_email = models.EmailField(_("billing e-mail"))
    rate_plan = models.ForeignKey(
        RatePlan, models.PROTECT, related_name="+", verbose_name=_("rate plan")
    )
    credit_limit = models.DecimalField(
        _("credit limit"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    # D8: the exposure of all live lines and services; only orders.credit changes it.
    credit_committed = models.DecimalField(
        _("credit in use"), max_digits=14, decimal_places=2, default=Decimal(0), editable=False
    )
    notes = models.TextField(_("notes"), blank=True)
    # REG-28: by the id of the field. Texts, dates as ISO 8601, numbers, true and false.
    custom_values = models.JSONField(
        _("custom fields"), default=dict, db_default=Value({}, models.JSONField()), editable=False
    )
    # REG-35: forms carry the version they were filled from; saving an older one is refused.
    version = models.PositiveIntegerField(default=1, editable=False)
    # ONB-17: from then on it has a maintainer and an on-site administrator, always.
    onboarded_at = models.DateTimeField(_("onboarded"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    changed_at = models.DateTimeField(_("changed"), editable=False)

    objects = CustomerQuerySet.as_manager()

    contacts: RelatedManager[Contact]
    support_contacts: RelatedManager[SupportContact]
    domains: RelatedManager[CustomerDomain]
    sites: RelatedManager[Site]
    clearances: RelatedManager[FamilyClearance]
    assignments: RelatedManager[Assignment]

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                fields=["is_own_company"],
                condition=Q(is_own_company=True),
                name="customer_one_own_company",
            ),
            models.CheckConstraint(condition=Q(credit_limit__gte=0), name="customer_limit_not_neg"),
            models.CheckConstraint(
                condition=Q(credit_committed__gte=0), name="customer_committed_not_neg"
            ),
            models.CheckConstraint(
                condition=Q(is_own_company=False) | Q(is_active=True), name="customer_own_active"
            ),
        ]
        indexes = [
            models.Index(fields=["city", "id"], name="customer_by_town"),
            GinIndex(fields=["custom_values"], name="customer_custom_values"),
            # Counted on the home page (ONB-24).
            models.Index(
                fields=["id"], name="customer_onboarded", condition=Q(onboarded_at__isnull=False)
            ),
            models.Index(
                CREDIT_USED.desc(nulls_first=True),
                "id",
                condition=Q(is_active=True) & NEAR_LIMIT,
                name="customer_near_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.number}"

    def make_find_key(self) -> str:
        return find_key(self.name)

    def customer_of_log(self) -> UUID:
        """Return the customer in whose change log changes of this object are listed."""
        return self.pk

    @property
    def label(self) -> str:
        """Return name and number, which are always shown together."""
        return f"{self.name}, {self.number}"

    @property
    def town(self) -> str:
        """Return the town, under the name that suggestions and choices use."""
        return self.city

    @property
    def is_residential(self) -> bool:
        return self.type == self.Type.RESIDENTIAL

    @property
    def has_personal_number(self) -> bool:
        return self.personal_number_encrypted is not None

    @property
    def credit_available(self) -> Decimal:
        """Return the free part of the limit; negative after the limit was lowered (ACC-17)."""
        return self.credit_limit - self.credit_committed

    def present_contacts(self) -> models.QuerySet[Contact]:
        """Return the contacts that can be chosen: neither erased (D19) nor left (REG-58)."""
        return self.contacts.filter(erased_at=None, left_at=None)

    def usual_contact(self) -> Contact | None:
        """Return the contact whom a new order's confirmation is suggested for (ORD-27)."""
        known = self.present_contacts().filter(gets_orders=True)
        return known.order_by("last_name", "first_name").first()

    @property
    def credit_percent(self) -> int:
        """Return the used part of the limit in percent, at most 999."""
        if self.credit_limit <= 0:
            return 100 if self.credit_committed > 0 else 0
        return min(999, round(self.credit_committed * 100 / self.credit_limit))

    @property
    def address_lines(self) -> list[str]:
        """Return the lines of the postal address, without the country."""
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        return [line for line in (self.street, town, self.region) if line]

    @property
    def has_address(self) -> bool:
        """Return whether the postal address is complete (ONB-04 requires it at onboarding)."""
        return bool(self.street and self.postal_code and self.city)
