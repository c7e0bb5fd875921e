"""Saving and changing what a list of customers is filtered by."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import SavedFilter


class SavedFilterForm(forms.ModelForm[SavedFilter]):
    """The name of a filter, and who has it."""

    class Meta:
        model = SavedFilter
        fields = ("name", "is_shared")
        error_messages = {"name": {"required": _("Enter a name for the filter.")}}

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def validate_unique(self) -> None:
        """The service says it in our words."""

    def validate_constraints(self) -> None:
        """As above."""


class SaveFilterForm(SavedFilterForm):
    """The same from the list, with the address that it stands for."""

    query = forms.CharField(
        required=False, max_length=4000, widget=forms.HiddenInput, empty_value=""
    )
