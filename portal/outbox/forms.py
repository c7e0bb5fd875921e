"""The filters of the outbox."""

from __future__ import annotations

from django import forms

from portal.outbox.models import OutboundEmail


class FilterForm(forms.Form):
    """What may stand in the address of the list; anything else there is ignored."""

    q = forms.CharField(max_length=200, required=False)
    state = forms.ChoiceField(choices=OutboundEmail.State.choices, required=False)

    def value(self, name: str) -> str:
        """A filter that is valid, else an empty string."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))
