"""Domains, contacts and sites of a customer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField
from phonenumber_field.modelfields import PhoneNumberField

from customers.domains import readable_domain
from portal.core.finding import FindKeyField, find_key
from portal.tenancy.models import TenantModel


class CustomerDomain(TenantModel):
    """A mail domain of a customer; no other customer of the partner has it (D21)."""

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="domains")
    domain = models.CharField(_("domain"), max_length=253, unique=True)

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")

    def __str__(self) -> str:
        return readable_domain(self.domain)


class Contact(TenantModel):
    """A person at a customer, without a login."""

    class Role(models.TextChoices):
        """The contact's role towards the partner (CON-07); the job title is free text."""

        DECIDES = "decides", _("Decision maker")
        TECHNICAL = "technical", _("Technical contact")
        ACCOUNTS = "accounts", _("Accounts department")
        OTHER = "other", _("Other")

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="contacts")
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    role = models.CharField(
        _("role"), max_length=10, choices=Role.choices, blank=True, default="", db_default=""
    )
    email = models.EmailField(_("e-mail"))
    phone = PhoneNumberField(_("phone"), blank=True)
    job_title = models.CharField(_("job title"), max_length=80, blank=True)
    is_primary = models.BooleanField(_("primary contact"), default=False)
    gets_orders = models.BooleanField(_("gets order confirmations"), default=False)
    gets_invoices = models.BooleanField(_("gets invoices"), default=False, db_default=False)
    gets_reports = models.BooleanField(_("gets service reports"), default=False, db_default=False)
    gets_agreements = models.BooleanField(
        _("gets copies of agreements"), default=False, db_default=False
    )
    created_at = models.DateTimeField(editable=False)
    # SM-EMAIL: an e-mail to the address came back; nobody is reached there until it is corrected.
    bounced_at = models.DateTimeField(_("came back"), null=True, editable=False)
    # D19: the personal data is erased; the row stays for the orders that refer to it.
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)
    # REG-58: no longer works there; the row stays for what it is named in.
    left_at = models.DateTimeField(_("has left"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    find_key = FindKeyField()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_primary=True), name="contact_one_primary"
            ),
        ]
        indexes = [models.Index(fields=["customer", "last_name"], name="contact_by_customer")]

    def __str__(self) -> str:
        return self.full_name

    def make_find_key(self) -> str:
        name = f"{self.first_name} {self.last_name}"
        return find_key(name, self.email, phone=self.phone)

    @property
    def full_name(self) -> str:
        """Return first and last name, or a general text if the data was erased."""
        if self.erased_at is not None:
            return str(_("Erased contact"))
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def support(self) -> list[str]:
        """Return the labels of the person's roles in support; the rows must come with it."""
        roles = {row.role for row in self.support_roles.all()}
        return [str(role.label) for role in SupportContact.Role if role in roles]

    @property
    def documents(self) -> list[str]:
        """Return the labels of the documents that this person receives (REG-32)."""
        return [
            str(field.verbose_name)
            for field in self._meta.concrete_fields
            if field.name.startswith("gets_") and getattr(self, field.name)
        ]


class SupportContactQuerySet(models.QuerySet["SupportContact"]):
    """Queries on support contacts."""

    def reachable(self) -> SupportContactQuerySet:
        """Return those whose address works: nothing came back from it, nothing was erased."""
        return self.filter(contact__bounced_at=None, contact__erased_at=None)


class SupportContact(TenantModel):
    """A role of a contact in support (ONB-11); one person may have several (ONB-16)."""

    class Role(models.TextChoices):
        MAINTAINER = "maintainer", _("Maintainer")
        ON_SITE = "on_site", _("On-site administrator")
        OTHER = "other", pgettext_lazy("support contact", "Other")

    # What an onboarded customer has at least one of (ONB-17).
    NEEDED = (Role.MAINTAINER, Role.ON_SITE)

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="support_contacts"
    )
    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="support_roles", verbose_name=_("contact")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(editable=False)

    objects = SupportContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("support contact")
        verbose_name_plural = _("support contacts")
        constraints = [
            models.UniqueConstraint(fields=["contact", "role"], name="supportcontact_role_once")
        ]
        indexes = [models.Index(fields=["customer", "role"], name="supportcontact_by_customer")]

    def __str__(self) -> str:
        return f"{self.contact.full_name} ({self.get_role_display()})"


class Site(TenantModel):
    """The place of a system, independent of the postal address (ONB-05)."""

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="sites")
    name = models.CharField(_("name"), max_length=120)
    street = models.CharField(_("street"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    country = CountryField(verbose_name=_("country"))
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [models.UniqueConstraint(fields=["customer", "name"], name="site_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Return the address on one line."""
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        return ", ".join(part for part in (self.street, town) if part)
