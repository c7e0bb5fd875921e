"""The filters of the outbox, and the corrected address."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.outbox.models import OutboundEmail


class FilterForm(forms.Form):
    """The filters of the list in the address; any other parameter is ignored."""

    q = forms.CharField(max_length=200, required=False)
    state = forms.ChoiceField(choices=OutboundEmail.State.choices, required=False)

    def value(self, name: str) -> str:
        """Return a filter's value if it is valid, otherwise an empty string."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class AddressForm(forms.Form):
    """The corrected address of a recipient."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={
            "required": _("Enter an e-mail address."),
            "invalid": _("Enter a valid e-mail address."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
