"""Forms of the register: fields and cleaning; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer, PartnerSettings, Site
from customers.services import default_rate_plan, partner_settings, suggest_number
from portal.accounts.models import Membership
from portal.catalog.models import BusinessType, RatePlan
from portal.forms_rendering import ChoiceCards
from portal.money import amount

VALID_EMAIL = _("Enter a valid e-mail address.")


def split_domains(text: str) -> list[str]:
    """Domains as people separate them: by commas, semicolons, blanks or lines."""
    lines = text.replace(",", "\n").replace(";", "\n").splitlines()
    return [line.strip() for line in lines if line.strip()]


class CustomerForm(forms.ModelForm[Customer]):
    """Create and change a customer (ACC-05 to ACC-21, ONB-06, ONB-08)."""

    domains = forms.CharField(
        label=_("E-mail domains"),
        required=False,
        max_length=2000,
        help_text=_(
            "Like havsbris.example; several with commas. Agreements are sent to these domains only."
        ),
    )

    class Meta:
        model = Customer
        fields = (
            "type",
            "name",
            "number",
            "organisation_number",
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
            "credit_limit": forms.TextInput(attrs={"inputmode": "decimal"}),
        }
        help_texts = {
            "number": _("Your own number. It tells customers apart in lists and e-mails."),
            "credit_limit": _(
                "Depends on the customer's size and on what is added. "
                "Chargeable products need free credit; you can raise it later."
            ),
            "billing_email": _("May be your own accounts department."),
            "language": _("Of the e-mails to the customer's people."),
        }
        error_messages = {
            "name": {"required": _("Enter the customer's name.")},
            "credit_limit": {"required": _("Enter a credit limit.")},
            "billing_email": {
                "required": _("Enter a billing e-mail address."),
                "invalid": VALID_EMAIL,
            },
        }

    def __init__(self, *args: Any, person: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.settings = partner_settings()
        new = self.instance._state.adding
        if new:
            self._preset()
        else:
            self.fields["domains"].initial = ", ".join(
                self.instance.domains.order_by("domain").values_list("domain", flat=True)
            )
        self._business_types()
        self._plans(new)
        # The number is the partner's own and rarely changes: only an administrator may (REG-04).
        if not new and not person.may("change_settings"):
            self._read_only("number", _("Only an administrator can change the customer number."))
        if not new and self.instance.is_own_company:
            self._read_only("name", _("This is maintained by Channel Sales."))
        for name in ("type", "rate_plan"):
            if not new:
                del self.fields[name]

    def _preset(self) -> None:
        plan = default_rate_plan(self.settings)
        self.fields["rate_plan"].initial = plan.pk
        self.fields["type"].initial = Customer.Type.NORMAL
        self.fields["number"].initial = suggest_number(self.settings)
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
            self.fields["credit_limit"].help_text = str(
                _("You may give at most %(limit)s. An administrator may give more.")
            ) % {"limit": amount(self.settings.sales_credit_limit)}

    def _read_only(self, name: str, why: Any) -> None:
        self.fields[name].disabled = True
        self.fields[name].help_text = why

    def clean_domains(self) -> list[str]:
        return split_domains(str(self.cleaned_data["domains"]))

    def clean_number(self) -> str:
        return " ".join(str(self.cleaned_data["number"]).split())

    def validate_unique(self) -> None:
        """The services say who has the number (REG-02); Django's sentence would not."""

    def validate_constraints(self) -> None:
        """Held by the services and the database."""


def one_line(text: str) -> str:
    """A name on one line: it goes into greetings and headings."""
    return " ".join(text.split())


class ContactForm(forms.ModelForm[Contact]):
    """A person at a customer."""

    class Meta:
        model = Contact
        fields = (
            "first_name",
            "last_name",
            "job_title",
            "email",
            "phone",
            "is_primary",
            "gets_orders",
        )
        error_messages = {
            "first_name": {"required": _("Enter the first name.")},
            "last_name": {"required": _("Enter the last name.")},
            "email": {"required": _("Enter an e-mail address."), "invalid": VALID_EMAIL},
            "phone": {"invalid": _("Enter a valid phone number, e.g. +46 26 555 01 00.")},
        }
        help_texts = {"gets_orders": _("Chosen in advance when an order asks who is told.")}

    def clean_first_name(self) -> str:
        return one_line(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return one_line(self.cleaned_data["last_name"])

    def clean_job_title(self) -> str:
        return one_line(self.cleaned_data["job_title"])

    def validate_constraints(self) -> None:
        """The service moves the primary mark."""


class SiteForm(forms.ModelForm[Site]):
    """A place where a system stands."""

    class Meta:
        model = Site
        fields = ("name", "street", "postal_code", "city", "country")
        help_texts = {
            "name": _("Like Gävle, head office. Need not be the postal address."),
        }
        error_messages = {"name": {"required": _("Enter the site's name.")}}

    def validate_constraints(self) -> None:
        """The service says it in our words."""

    def validate_unique(self) -> None:
        """As above."""


class WordForm(forms.Form):
    """An act that can't be undone is confirmed by typing its word (ONB-26)."""

    word = forms.CharField(label=_("Type the word"), max_length=40)

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.fields["word"].label = str(_('Type "%s" to confirm')) % expected
        self.fields["word"].widget.attrs["autocomplete"] = "off"

    def clean_word(self) -> str:
        word = str(self.cleaned_data["word"]).strip().lower()
        if word != self.expected.lower():
            raise forms.ValidationError(
                _('Type the word "%(word)s" exactly.'), params={"word": self.expected}
            )
        return word


class TypeForm(forms.Form):
    """Normal or residential."""

    type = forms.ChoiceField(label=_("Type"), choices=Customer.Type.choices)


class PlanForm(forms.Form):
    """Another rate plan."""

    rate_plan = forms.ModelChoiceField(
        label=_("Rate plan"),
        queryset=RatePlan._default_manager.order_by("position", "id"),
        empty_label=None,
    )


class AskNameForm(forms.Form):
    """Asking channel sales to look at a name that is in use (D3)."""

    name = forms.CharField(label=_("Customer name"), max_length=200)
    message = forms.CharField(
        label=_("What should Channel Sales know?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SettingsForm(forms.ModelForm[PartnerSettings]):
    """The partner's settings."""

    class Meta:
        model = PartnerSettings
        fields = (
            "number_min",
            "number_max",
            "uses_builtin_billing",
            "default_rate_plan",
            "sales_credit_limit",
        )
        localized_fields = ("sales_credit_limit",)
        help_texts = {
            "number_min": _("Characters. Existing numbers stay valid until they are changed."),
            "default_rate_plan": _("Of new customers. Empty: the first in Channel Sales' list."),
            "sales_credit_limit": _("People without the right to set credit give at most this."),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        low, high = data.get("number_min"), data.get("number_max")
        if low is not None and low < 1:
            self.add_error("number_min", _("At least one character."))
        if high is not None and high > 40:
            self.add_error("number_max", _("At most 40 characters."))
        if low and high and low > high:
            self.add_error("number_max", _("The longest cannot be shorter than the shortest."))
        return data

    def validate_constraints(self) -> None:
        """Said above in words."""


class CustomerFilterForm(forms.Form):
    """What stands beside the search box of the list."""

    marks_optional = False
    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Active")),
            ("prospect", _("Prospects")),
            ("customer", _("Customers")),
            ("inactive", _("Inactive")),
            ("all", _("All")),
        ],
    )
    type = forms.ChoiceField(
        label=_("Type"), required=False, choices=[("", _("Any type")), *Customer.Type.choices]
    )
