"""Registrations of customers with channel sales, for families that need it (SM-REGISTRATION)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.versioning import VersionedMixin
from portal.tenancy.models import TenantModel


class RegistrationQuerySet(models.QuerySet["CustomerRegistration"]):
    """Queries on registrations."""

    def visible_to(self, person: Membership) -> RegistrationQuerySet:
        """Return those of customers that the person sees, and the new ones they may work on.

        One without a customer yet is seen by who sees all customers, and by who sent it.
        """
        if person.customer_id is not None:
            return self.none()
        if person.may("view_customer"):
            return self
        customers: Any = self.model._meta.get_field("customer").related_model
        seen = Q(customer__in=customers.objects.visible_to(person))
        return self.filter(seen | Q(customer=None, created_by_id=person.pk))

    def open(self) -> RegistrationQuerySet:
        """Return those that are not decided."""
        return self.filter(state__in=CustomerRegistration.OPEN)


class CustomerRegistration(VersionedMixin, TenantModel):
    """A request to channel sales to clear a customer for a family (ORD-14, ORD-15, CHAN-01).

    ``customer`` is empty for a new customer until channel sales approves: what the fields below
    say of it is in nobody's register, and claims no name.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Submitted")
        NEEDS_INFO = "needs_info", _("Question from Channel Sales")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REVOKED = "revoked", _("Revoked")

    OPEN = (State.SUBMITTED, State.NEEDS_INFO)

    family = models.CharField(_("family"), max_length=20, choices=Family.choices)
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, related_name="registrations"
    )
    # The customer is made by the approval.
    makes_customer = models.BooleanField(default=False)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.SUBMITTED
    )
    # The new customer; for one of the register only name and number, as they were.
    name = models.CharField(_("customer name"), max_length=200)
    number = models.CharField(_("customer number"), max_length=40)
    organisation_number = models.CharField(_("organisation number"), max_length=40, blank=True)
    billing_email = models.EmailField(_("billing e-mail"), blank=True)
    credit_limit = models.DecimalField(
        _("credit limit"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    street = models.CharField(_("street"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    country = CountryField(_("country"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, blank=True)
    channels = models.PositiveIntegerField(_("expected channels"))
    note = models.TextField(_("note"), blank=True, max_length=2000)
    # The last word of channel sales, and the partner's answer to a question.
    verdict = models.TextField(blank=True, max_length=2000)
    answer = models.TextField(blank=True, max_length=2000)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, editable=False)
    # It was sent from within an order, which goes on after the approval (CHAN-04).
    from_order = models.BooleanField(default=False)
    order_id = models.UUIDField(null=True, editable=False)
    created_by = models.ForeignKey(
        Membership, models.DO_NOTHING, related_name="+", verbose_name=_("sent by")
    )
    created_at = models.DateTimeField(_("sent"), editable=False)
    changed_at = models.DateTimeField(_("changed"), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "family"],
                condition=Q(state="submitted") | Q(state="needs_info"),
                name="registration_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(customer__isnull=False),
                name="registration_approved_has_customer",
            ),
        ]
        indexes = [models.Index(fields=["state", "-changed_at"], name="registration_by_state")]

    def __str__(self) -> str:
        return f"{self.customer_label} · {self.get_family_display()}"

    @property
    def customer_label(self) -> str:
        """Return whom it is about, also before the customer exists."""
        return self.customer.label if self.customer is not None else f"{self.name}, {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def address_lines(self) -> list[str]:
        """Return the new customer's address, line by line."""
        town = f"{self.postal_code} {self.city}".strip()
        return [line for line in (self.street, town, self.country.name) if line]


class RegistrationFile(TenantModel):
    """The file of a registration, with its bytes: read by the partner and by channel sales."""

    registration = models.OneToOneField(
        CustomerRegistration, models.CASCADE, related_name="file", verbose_name=_("registration")
    )
    name = models.CharField(_("file"), max_length=160)
    kind = models.CharField(max_length=4)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("file of a registration")
        verbose_name_plural = _("files of registrations")

    def __str__(self) -> str:
        return self.name
