"""Forms about orders that exist: the filters of the list, cancelling."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order


class AuthorityForm(forms.Form):
    """A letter of authority: a PDF or a picture (ORD-58)."""

    file = forms.FileField(
        label=gettext_lazy("Letter of authority"),
        help_text=gettext_lazy("PDF, PNG, JPEG or TIFF, at most 5 MB."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/png,image/jpeg,image/tiff"}),
    )


class CancelForm(forms.Form):
    """Why an order is cancelled."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=Order.CancelReason.choices,
        widget=forms.Select,
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )
    text = forms.CharField(
        label=gettext_lazy("More about it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("reason") == Order.CancelReason.OTHER and not data.get("text"):
            self.add_error("text", _("Say in a few words why."))
        return data
