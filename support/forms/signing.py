"""The form of who signs a service report."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Contact
from portal.core.forms import FormData, FormOptions
from support.models import ServiceReport


class SignForm(forms.Form):
    """Who signs, and their signature: drawn, or their typed name."""

    marks_optional = False

    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=gettext_lazy("Who signs"),
        required=False,
        empty_label=gettext_lazy("Somebody else"),
        help_text=gettext_lazy("A contact gets the report by e-mail."),
    )
    signer_name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("Leave it empty if a contact is chosen."),
    )
    strokes = forms.CharField(required=False, widget=forms.HiddenInput)
    is_typed = forms.BooleanField(label=gettext_lazy("I sign by typing my name"), required=False)

    def __init__(
        self, data: FormData = None, *, work: ServiceReport, **options: Unpack[FormOptions]
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["contact"]
        assert isinstance(field, forms.ModelChoiceField)
        contacts = work.customer.present_contacts()
        field.queryset = contacts.order_by("last_name", "first_name")

    @property
    def name(self) -> str:
        """Return the name that signs: what was typed, or the contact's."""
        typed = " ".join(self.cleaned_data["signer_name"].split())
        contact = self.cleaned_data["contact"]
        return typed or (contact.full_name if contact is not None else "")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "signer_name" in data and not data["signer_name"].strip() and not data.get("contact"):
            self.add_error("signer_name", _("Enter the name of the person who signs."))
        if not data.get("is_typed") and not data.get("strokes"):
            words = _("Sign in the field, or tick that the name is your signature.")
            self.add_error("strokes", words)
        return data
