"""The form of a message about an order: a text, files, or both (CHAN-14)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.files.forms import FilesField


class TalkForm(forms.Form):
    """A message of the partner to channel sales."""

    marks_optional = False

    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    uploads = FilesField()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        said = str(data.get("text", "")).strip() or data.get("uploads")
        if not said and not self.errors:
            self.add_error("text", _("Write a message, or add a file."))
        return data
