"""Forms for contacts, sites and settings, and the one that asks for a word."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.register import CHOOSE_COUNTRY, VALID_EMAIL
from customers.models import Contact, PartnerSettings, Site, SupportContact
from portal.core.form_rendering import AMOUNT_MESSAGES, AmountInput
from portal.core.forms import FormData, FormOptions, ModelFormOptions

ENTER_NUMBER = _("Enter a number of characters.")


def one_line(text: str) -> str:
    """Return a text on one line, since it is used in greetings and headings."""
    return " ".join(text.split())


class ContactForm(forms.ModelForm[Contact]):
    """The form of a contact."""

    # The contact that has the address already (REG-39), for the template.
    same: Contact | None = None
    # What documents show of it (OUT-31).
    in_documents = ("first_name", "last_name", "job_title")
    support_roles = forms.MultipleChoiceField(
        label=_("In support"),
        choices=SupportContact.Role.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Gets every problem report of this customer by e-mail."),
    )

    class Meta:
        model = Contact
        fields = (
            "first_name",
            "last_name",
            "role",
            "job_title",
            "email",
            "phone",
            "is_primary",
            "gets_orders",
            "gets_invoices",
            "gets_reports",
            "gets_agreements",
        )
        error_messages = {
            "first_name": {"required": _("Enter the first name.")},
            "last_name": {"required": _("Enter the last name.")},
            "email": {"required": _("Enter an e-mail address."), "invalid": VALID_EMAIL},
            "phone": {"invalid": _("Enter a valid phone number, e.g. +46 26 555 01 00.")},
        }
        help_texts = {"gets_orders": _("Preselected when an order asks who is notified.")}

    def __init__(self, data: FormData = None, **options: Unpack[ModelFormOptions]) -> None:
        super().__init__(data, **options)
        if not self.instance._state.adding:
            roles = self.instance.support_roles.values_list("role", flat=True)
            self.initial["support_roles"] = list(roles)

    def clean_first_name(self) -> str:
        return one_line(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return one_line(self.cleaned_data["last_name"])

    def clean_job_title(self) -> str:
        return one_line(self.cleaned_data["job_title"])

    def validate_constraints(self) -> None:
        """Skip constraints: the service replaces the former primary contact."""


class SiteForm(forms.ModelForm[Site]):
    """The form of a site."""

    class Meta:
        model = Site
        fields = ("name", "street", "postal_code", "city", "country")
        help_texts = {
            "name": _("Like Gävle, head office. Need not be the postal address."),
        }
        error_messages = {
            "name": {"required": _("Enter the site's name.")},
            "country": {"required": CHOOSE_COUNTRY},
        }

    def validate_constraints(self) -> None:
        """Skip constraints: the service refuses with its own message."""

    def validate_unique(self) -> None:
        """Skip uniqueness: the service refuses with its own message."""


class WordForm(forms.Form):
    """The form that confirms an irreversible action by its word (ONB-26)."""

    word = forms.CharField(
        label=_("Type the word"),
        max_length=40,
        error_messages={"required": _("Enter the word to confirm.")},
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        expected: str,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
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


class SettingsForm(forms.ModelForm[PartnerSettings]):
    """The form of the partner's settings."""

    class Meta:
        model = PartnerSettings
        fields = (
            "number_min",
            "number_max",
            "number_pattern",
            "number_prefix",
            "uses_builtin_billing",
            "default_rate_plan",
            "sales_credit_limit",
            "assignee_in_reference",
        )
        localized_fields = ("sales_credit_limit",)
        widgets = {"sales_credit_limit": AmountInput()}
        error_messages = {
            "number_min": {"required": ENTER_NUMBER},
            "number_max": {"required": ENTER_NUMBER},
            "number_pattern": {"required": _("Choose what customer numbers consist of.")},
            "sales_credit_limit": {"required": _("Enter a limit."), **AMOUNT_MESSAGES},
        }
        help_texts = {
            "number_min": _("Characters. Existing numbers stay valid until they are changed."),
            "number_max": _("Characters, including the prefix."),
            "number_pattern": _("After the beginning, where one is set."),
            "number_prefix": _("Like K-, or empty. Suggested, and required."),
            "default_rate_plan": _("For new customers. Empty: the first in Channel Sales' list."),
            "sales_credit_limit": _("People without the right to set credit give at most this."),
            "assignee_in_reference": _("In exports for accounting; of several people the first."),
        }

    def __init__(self, data: FormData = None, **options: Unpack[ModelFormOptions]) -> None:
        super().__init__(data, **options)
        plan = self.fields["default_rate_plan"]
        assert isinstance(plan, forms.ModelChoiceField)
        plan.empty_label = str(_("Not set"))

    def clean_number_prefix(self) -> str:
        return one_line(self.cleaned_data["number_prefix"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        prefix = data.get("number_prefix") or ""
        low, high = data.get("number_min"), data.get("number_max")
        if low is not None and low < 1:
            self.add_error("number_min", _("At least one character."))
        if high is not None and high > 40:
            self.add_error("number_max", _("At most 40 characters."))
        if low and high and low > high:
            self.add_error("number_max", _("The longest cannot be shorter than the shortest."))
        elif high and len(prefix) >= high:
            self.add_error("number_prefix", _("It leaves no room for the rest of the number."))
        return data

    def validate_constraints(self) -> None:
        """Skip constraints: ``clean`` refuses with messages at the fields."""
