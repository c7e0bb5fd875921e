"""Forms about orders that exist: the filters of the list, cancelling."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order
from portal.catalog.models import Family
from portal.core.forms import FormData, FormOptions


class CancelForm(forms.Form):
    """Why an order is cancelled."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=Order.CancelReason.choices,
        widget=forms.Select,
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


class OrderFilterForm(forms.Form):
    """What stands beside the search box of the order list."""

    marks_optional = False
    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=200)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("Any state")), *Order.State.choices],
    )
    family = forms.ChoiceField(label=gettext_lazy("Family"), required=False)
    on = forms.ChoiceField(
        label=gettext_lazy("Responsible"),
        required=False,
        choices=[("", gettext_lazy("Anybody")), ("me", gettext_lazy("Mine"))],
    )

    def __init__(self, data: FormData = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, **options)
        field = self.fields["family"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Any family")), *Family.choices]
