"""The filters of the outbox."""

from __future__ import annotations

from django import forms

from portal.outbox.models import OutboundEmail


class FilterForm(forms.Form):
    """The filters of the list in the address; any other parameter is ignored."""

    q = forms.CharField(max_length=200, required=False)
    state = forms.ChoiceField(choices=OutboundEmail.State.choices, required=False)

    def value(self, name: str) -> str:
        """Return a filter's value if it is valid, otherwise an empty string."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))
