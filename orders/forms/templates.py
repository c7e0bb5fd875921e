"""The name of an order template (ORD-55)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class TemplateForm(forms.Form):
    """What an order template is called."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Everybody who places orders sees it, for example: Small office."),
        error_messages={"required": gettext_lazy("Enter a name.")},
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())
