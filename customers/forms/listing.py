"""Forms that save and change filters of lists."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import SavedFilter


class SavedFilterForm(forms.ModelForm[SavedFilter]):
    """The form of a saved filter: its name, and whether it is shared."""

    class Meta:
        model = SavedFilter
        fields = ("name", "is_shared")
        error_messages = {"name": {"required": _("Enter a name for the filter.")}}

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def validate_unique(self) -> None:
        """Skip uniqueness: the service refuses with its own message."""

    def validate_constraints(self) -> None:
        """Skip constraints: the service refuses with its own message."""


class SaveFilterForm(SavedFilterForm):
    """The form on the list that saves its present query as a filter."""

    query = forms.CharField(
        required=False, max_length=4000, widget=forms.HiddenInput, empty_value=""
    )
    list_name = forms.ChoiceField(
        choices=SavedFilter.List.choices, required=False, widget=forms.HiddenInput
    )

    def clean_list_name(self) -> str:
        return self.cleaned_data["list_name"] or SavedFilter.List.CUSTOMERS.value
