"""The forms for writing a quote: customer, details, settings, and the list's filters."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Unpack
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from customers.forms.picking import PickedCustomer
from portal.accounts.models import Membership
from portal.core.form_rendering import DateInput
from portal.core.formats import day
from portal.core.forms import FormData, ModelFormOptions
from portal.core.http import parse_uuid
from quotes.models import Quote, QuoteSettings


def in_words(value: object) -> str:
    """Return a field's value as a comparison shows it."""
    return day(value) if isinstance(value, date) else str(value or "–")


class QuoteDetailsForm(forms.ModelForm[Quote]):
    """Title, validity, message to the customer, and internal notes."""

    # What documents show of it (OUT-31).
    in_documents = ("title", "message")

    class Meta:
        model = Quote
        fields = ("title", "valid_until", "message", "notes")
        widgets = {
            "valid_until": DateInput(),
            "message": forms.Textarea(attrs={"rows": 4}),
            "notes": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "title": gettext_lazy("The customer reads it, like: Telephony for the new office."),
            "message": gettext_lazy(
                "Stands above the products when the customer is asked. Without prices."
            ),
            "notes": gettext_lazy("Only your own people see them."),
        }
        error_messages = {
            "title": {"required": gettext_lazy("Say what the quote is about.")},
            "valid_until": {
                "required": gettext_lazy("Say how long the quote is valid."),
                "invalid": gettext_lazy("Enter a valid date."),
            },
        }

    def __init__(
        self,
        data: FormData = None,
        *,
        settings: QuoteSettings,
        today: date,
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data, **options)
        if self.instance._state.adding:
            self.initial["valid_until"] = today + timedelta(days=settings.valid_days)
        self.fields["valid_until"].widget.attrs["min"] = today.isoformat()

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())

    def differences(self, saved: Quote) -> list[tuple[str, str, str]]:
        """Return (field, as it stands here, as it is saved) where they differ (SAFE-06)."""
        found = []
        self.is_valid()
        for name in ("title", "valid_until", "message", "notes"):
            bound, theirs = self[name], getattr(saved, name)
            mine = self.cleaned_data.get(name, bound.value())
            if mine != theirs:
                found.append((str(bound.label), in_words(mine), in_words(theirs)))
        return found

    def validate_constraints(self) -> None:
        """Skip constraints: the services and the database check them."""

    def _post_clean(self) -> None:
        """Leave the instance unchanged: the services write the quote."""


class StartForm(PickedCustomer, QuoteDetailsForm):
    """The details and the customer; the posted one decides, never the session (D2)."""

    nothing_chosen = gettext_lazy("Choose the customer this quote is for.")

    customer = forms.CharField(
        label=gettext_lazy("Customer"), required=False, widget=forms.HiddenInput
    )
    quote_id = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: FormData = None,
        *,
        person: Membership,
        settings: QuoteSettings,
        today: date,
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data, settings=settings, today=today, **options)
        self.person = person

    def clean_quote_id(self) -> UUID | None:
        return parse_uuid(str(self.cleaned_data["quote_id"]))


class SettingsForm(forms.ModelForm[QuoteSettings]):
    """The partner's settings for quotes."""

    class Meta:
        model = QuoteSettings
        fields = ("max_discount", "valid_days", "default_term", "may_skip_confirmation")
        localized_fields = ("max_discount",)
        error_messages = {
            "max_discount": {"required": gettext_lazy("Enter a percentage.")},
            "valid_days": {"required": gettext_lazy("Enter a number of days.")},
            "default_term": {"required": gettext_lazy("Choose a term.")},
        }
        help_texts = {
            "max_discount": gettext_lazy("Nobody can give more on a line of a quote."),
            "may_skip_confirmation": gettext_lazy(
                "Then orders come from quotes that no customer has agreed to. "
                "Your people are warned each time."
            ),
        }

    def validate_constraints(self) -> None:
        """Skip constraints: the fields report the same with better messages."""
