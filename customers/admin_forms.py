"""Forms of channel sales' actions on a customer."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from customers.models import Customer, FamilyClearance, families_with_registration
from customers.services import default_rate_plan, suggest_number
from portal.catalog.models import Family, RatePlan
from portal.core.admin_actions import Fieldsets, ObjectActionForm
from portal.core.errors import RuleError
from portal.core.forms import ActionFormOptions, FormData, FormOptions
from portal.tenancy.context import require_partner

TEXT = {"class": "vTextField"}


class VersionedForm(ObjectActionForm):
    """A form that carries the version of the customer it was filled from (REG-35)."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        self.fields["version"].initial = self.obj.version


class NumberForm(VersionedForm):
    """The form of a new customer number (REG-04)."""

    number = forms.CharField(
        label=_("Customer number"), max_length=40, widget=forms.TextInput(attrs=TEXT)
    )

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        self.fields["number"].initial = self.obj.number


class CreditForm(VersionedForm):
    """The form of a new credit limit (ACC-17)."""

    credit_limit = forms.DecimalField(
        label=_("Credit limit"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        error_messages={"required": _("Enter a credit limit.")},
    )

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        self.fields["credit_limit"].initial = self.obj.credit_limit


def _labels(families: Any) -> list[tuple[str, str]]:
    return [(code, str(Family(code).label)) for code in sorted(families)]


class GrantForm(ObjectActionForm):
    """The choice of a family that requires a clearance which the customer does not have."""

    family = forms.ChoiceField(label=_("Family"))

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        field = self.fields["family"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _labels(not_cleared(self.obj))


class RevokeForm(ObjectActionForm):
    """The choice of a valid clearance to revoke."""

    family = forms.ChoiceField(label=_("Family"))

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        field = self.fields["family"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _labels(clearance.family for clearance in valid_clearances(self.obj))


def valid_clearances(customer: Customer) -> list[FamilyClearance]:
    """Return the customer's clearances that are not revoked."""
    return [row for row in customer.clearances.order_by("family") if row.revoked_at is None]


def not_cleared(customer: Customer) -> frozenset[str]:
    """Return the families that require a clearance which the customer does not have."""
    return families_with_registration() - {row.family for row in valid_clearances(customer)}


class NewCustomerForm(forms.Form):
    """The form of a customer that channel sales creates for a partner (ORD-13)."""

    name = forms.CharField(
        label=_("Customer name"),
        max_length=200,
        widget=forms.TextInput(attrs=TEXT),
        error_messages={"required": _("Enter the customer's name.")},
    )
    number = forms.CharField(
        label=_("Customer number"), max_length=40, widget=forms.TextInput(attrs=TEXT)
    )
    type = forms.ChoiceField(label=_("Type"), choices=Customer.Type.choices)
    billing_email = forms.EmailField(
        label=_("Billing e-mail"),
        widget=forms.EmailInput(attrs=TEXT),
        error_messages={
            "required": _("Enter a billing e-mail address."),
            "invalid": _("Enter a valid e-mail address."),
        },
    )
    credit_limit = forms.DecimalField(
        label=_("Credit limit"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        error_messages={"required": _("Enter a credit limit.")},
    )
    rate_plan = forms.ModelChoiceField(
        label=_("Rate plan"), queryset=RatePlan.objects.order_by("position", "id"), empty_label=None
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    street = forms.CharField(
        label=_("Street"), max_length=200, required=False, widget=forms.TextInput(attrs=TEXT)
    )
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("Town"), max_length=100, required=False)
    country = forms.ChoiceField(label=_("Country"))

    def __init__(self, data: FormData = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, **options)
        partner = require_partner()
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = list(countries)
        country.initial = str(partner.country.code)
        self.fields["language"].initial = partner.language
        self.fields["number"].initial = suggest_number()
        try:
            self.fields["rate_plan"].initial = default_rate_plan()
        except RuleError as error:
            self.fields["rate_plan"].help_text = str(error)

    def fieldsets(self) -> Fieldsets:
        """Return the groups of fields: who the customer is, billing, address."""
        return [
            (None, {"fields": ["name", "number", "type", "language"]}),
            (_("Billing"), {"fields": ["billing_email", "rate_plan", "credit_limit"]}),
            (_("Address"), {"fields": ["street", ("postal_code", "city"), "country"]}),
        ]
