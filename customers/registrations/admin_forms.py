"""Forms of channel sales' decisions on a registration."""

from __future__ import annotations

from typing import Unpack

from django import forms
from django.utils.translation import gettext_lazy

from customers.admin_forms import TEXT, VersionedForm
from portal.core.admin_actions import Fieldsets
from portal.core.forms import ActionFormOptions, FormData


class TextForm(VersionedForm):
    """What channel sales writes to the partner."""

    text = forms.CharField(
        label=gettext_lazy("To the partner"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write what the partner is told.")},
    )


class ApproveForm(VersionedForm):
    """What the customer is made with; a remark that goes to the partner."""

    name = forms.CharField(
        label=gettext_lazy("Customer name"), max_length=200, widget=forms.TextInput(attrs=TEXT)
    )
    number = forms.CharField(
        label=gettext_lazy("Customer number"), max_length=40, widget=forms.TextInput(attrs=TEXT)
    )
    credit_limit = forms.DecimalField(
        label=gettext_lazy("Credit limit"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        error_messages={"required": gettext_lazy("Enter a credit limit.")},
    )
    text = forms.CharField(
        label=gettext_lazy("To the partner"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        for name in ("name", "number", "credit_limit"):
            if self.obj.customer is not None:
                del self.fields[name]
            else:
                self.fields[name].initial = getattr(self.obj, name)

    def fieldsets(self) -> Fieldsets:
        """Return one group of the fields that there are."""
        return [(None, {"fields": [name for name in self.fields if name != "version"]})]
