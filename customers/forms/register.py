"""Forms of a customer: create, change, another type or rate plan."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.credit import CreditMixin
from customers.forms.custom import CustomFieldsMixin
from customers.forms.look_alikes import LookAlikesMixin
from customers.forms.numbers import NumberFields
from customers.models import Customer
from customers.services import default_rate_plan, partner_settings, suggest_number
from portal.accounts.models import Membership
from portal.catalog.models import BusinessType, RatePlan
from portal.core.form_rendering import AMOUNT_MESSAGES, AmountInput, ChoiceCards
from portal.core.forms import FormData, ModelFormOptions

CHOOSE_COUNTRY = _("Choose a country.")
CHOOSE_PLAN = _("Choose a rate plan.")
VALID_EMAIL = _("Enter a valid e-mail address.")

# The fields in the order of the page; the custom ones follow, then the notes.
ON_PAGE = (
    "type name number other_company organisation_number vat_number personal_number business_type "
    "language remove_personal_number domains street postal_code city region country rate_plan "
    "credit_limit billing_email"
).split()


def split_domains(text: str) -> list[str]:
    """Return the domains of a text, separated by commas, semicolons or lines."""
    lines = text.replace(",", "\n").replace(";", "\n").splitlines()
    return [line.strip() for line in lines if line.strip()]


class CustomerForm(CreditMixin, CustomFieldsMixin, LookAlikesMixin, NumberFields):
    """The form that creates and changes a customer (ACC-05 to ACC-21, ONB-06, ONB-08)."""

    domains = forms.CharField(
        label=_("E-mail domains"),
        required=False,
        max_length=2000,
        help_text=_(
            "Like havsbris.example; several with commas. Agreements are sent to these domains only."
        ),
    )

    # What documents show of it (OUT-31).
    in_documents = ("name", "street", "postal_code", "city", "region")

    class Meta:
        model = Customer
        fields = (
            "type",
            "name",
            "number",
            "organisation_number",
            "vat_number",
            "business_type",
            "language",
            "street",
            "postal_code",
            "city",
            "region",
            "country",
            "rate_plan",
            "credit_limit",
            "billing_email",
            "notes",
        )
        localized_fields = ("credit_limit",)
        widgets = {
            "type": ChoiceCards(
                hints={
                    Customer.Type.NORMAL: _("All services and features"),
                    Customer.Type.RESIDENTIAL: _("A limited choice, for private persons"),
                }
            ),
            "notes": forms.Textarea(attrs={"rows": 3}),
            "credit_limit": AmountInput(),
        }
        help_texts = {
            "number": _("Your own number. It tells customers apart in lists and e-mails."),
            "credit_limit": _(
                "Depends on the customer's size and on what is added. "
                "Chargeable products need free credit; you can raise it later."
            ),
            "vat_number": _("With one, a company elsewhere in the EU pays the VAT itself."),
            "billing_email": _("May be your own accounts department."),
            "language": _("Used for e-mails to this customer."),
        }
        error_messages = {
            "name": {"required": _("Enter the customer's name.")},
            "type": {"required": _("Choose a type.")},
            "number": {"required": _("Enter the customer number.")},
            "language": {"required": _("Choose a language.")},
            "country": {"required": CHOOSE_COUNTRY},
            "rate_plan": {"required": CHOOSE_PLAN},
            "credit_limit": {"required": _("Enter a credit limit."), **AMOUNT_MESSAGES},
            "billing_email": {
                "required": _("Enter a billing e-mail address."),
                "invalid": VALID_EMAIL,
            },
        }

    def __init__(
        self,
        data: FormData = None,
        *,
        person: Membership,
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.person = person
        self.settings = partner_settings()
        new = self.instance._state.adding
        if new:
            self._preset()
        else:
            self.fields["domains"].initial = ", ".join(
                map(str, self.instance.domains.order_by("domain"))
            )
        limit = _("Credit limit, %(currency)s")
        self.fields["credit_limit"].label = str(limit) % {"currency": person.partner.currency}
        self._business_types()
        self._plans(new)
        # Only an administrator may change the number (REG-04).
        if not new and not person.may("change_settings"):
            self.read_only("number", _("Only an administrator can change the customer number."))
        if not new and self.instance.is_own_company:
            self.read_only("name", _("This is maintained by Channel Sales."))
        if not new and not person.may("set_credit"):
            self.limit_credit(new=False)
        elsewhere = ["type", "rate_plan", *([] if person.may("view_prices") else ["credit_limit"])]
        for name in [] if new else elsewhere:
            del self.fields[name]
        self.prepare_numbers()
        self.add_look_alikes()
        self.add_custom_fields(self.instance.custom_values)
        self.order_fields(self._on_page())

    def _on_page(self) -> list[str]:
        """Return the fields in the page's order, which is that of the error summary (USE-18)."""
        others = [name for name in self.fields if name not in ON_PAGE and name != "notes"]
        return [*ON_PAGE, *others, "notes"]

    def _preset(self) -> None:
        plan = default_rate_plan(self.settings)
        self.fields["rate_plan"].initial = plan.pk
        self.fields["type"].initial = Customer.Type.NORMAL
        self.fields["number"].initial = suggest_number(self.settings)
        self.fields["name"].widget.attrs["autofocus"] = True
        self.fields["language"].initial = self.person.partner.language
        self.fields["country"].initial = self.person.partner.country.code

    def _business_types(self) -> None:
        field = self.fields["business_type"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = BusinessType._default_manager.order_by("position", "name")
        field.empty_label = str(_("Not set"))

    def _plans(self, new: bool) -> None:
        field = self.fields["rate_plan"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = RatePlan._default_manager.order_by("position", "id")
        field.empty_label = None
        if not self.settings.uses_builtin_billing:
            field.help_text = str(
                _("You bill with a system of your own: the master rate plan fits that.")
            )
        if new and not self.person.may("set_credit"):
            field.queryset = field.queryset.filter(pk=default_rate_plan(self.settings).pk)
            self.limit_credit(new=True)

    def clean_domains(self) -> list[str]:
        return split_domains(str(self.cleaned_data["domains"]))

    def clean_number(self) -> str:
        return " ".join(str(self.cleaned_data["number"]).split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_numbers(data)
        self.ask_look_alikes(data)
        return self.take_custom(data)

    def validate_unique(self) -> None:
        """Skip uniqueness: the services say who has the number (REG-02)."""

    def validate_constraints(self) -> None:
        """Skip constraints: the services and the database check them."""
