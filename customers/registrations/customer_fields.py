"""The fields of a new customer in the forms of a registration (ORD-14)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.register import CHOOSE_COUNTRY, VALID_EMAIL
from customers.models import CustomerRegistration
from customers.numbers import clean_organisation_number
from customers.services import suggest_number
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.core.form_rendering import AMOUNT_MESSAGES, AmountInput


class NewCustomerFieldsForm(forms.ModelForm[CustomerRegistration]):
    """The fields of a new customer that is registered (ORD-14)."""

    class Meta:
        model = CustomerRegistration
        fields = (
            "name",
            "number",
            "organisation_number",
            "billing_email",
            "credit_limit",
            "street",
            "postal_code",
            "city",
            "country",
            "language",
        )
        localized_fields = ("credit_limit",)
        widgets = {"credit_limit": AmountInput()}
        help_texts = {
            "number": gettext_lazy("Your own number for the customer."),
            "credit_limit": gettext_lazy("Channel Sales may approve another one."),
            "billing_email": gettext_lazy("May be your own accounts department."),
            "language": gettext_lazy("Used for e-mails to this customer."),
        }
        error_messages = {
            "name": {"required": gettext_lazy("Enter the customer's name.")},
            "number": {"required": gettext_lazy("Enter the customer number.")},
            "billing_email": {
                "required": gettext_lazy("Enter a billing e-mail address."),
                "invalid": VALID_EMAIL,
            },
            "credit_limit": {
                "required": gettext_lazy("Enter a credit limit."),
                **AMOUNT_MESSAGES,
            },
            "country": {"required": CHOOSE_COUNTRY},
            "language": {"required": gettext_lazy("Choose a language.")},
        }

    def prepare_customer(self, person: Membership) -> None:
        """Ask for what a customer is made of, with what a new one has by default."""
        self.person = person
        for name in ("billing_email", "credit_limit", "country", "language"):
            self.fields[name].required = True
        limit = self.fields["credit_limit"]
        limit.min_value = 0  # type: ignore[attr-defined]
        limit.label = _("Credit limit, %(currency)s") % {"currency": person.partner.currency}
        if self.instance._state.adding:
            self.fields["number"].initial = suggest_number()
            self.fields["language"].initial = person.partner.language
            self.fields["country"].initial = person.partner.country.code

    def clean_number(self) -> str:
        return " ".join(str(self.cleaned_data["number"]).split())

    def clean_credit_limit(self) -> Any:
        limit = self.cleaned_data["credit_limit"]
        if limit is not None and limit < 0:
            raise forms.ValidationError(_("Enter a credit limit."))
        return limit

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("organisation_number"):
            try:
                data["organisation_number"] = clean_organisation_number(
                    data["organisation_number"], str(data.get("country") or "")
                )
            except RuleError as error:
                self.add_error("organisation_number", str(error))
        return data

    def validate_unique(self) -> None:
        """Skip uniqueness: the services say what is taken."""

    def validate_constraints(self) -> None:
        """Skip constraints: the services and the database check them."""

    def customer_fields(self) -> dict[str, Any]:
        """Return what was entered of the customer."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}
