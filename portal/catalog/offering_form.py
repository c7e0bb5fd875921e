"""The question of what can be bought: for which type of customer, plan, currency and family."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.catalog.models import Family, RatePlan
from portal.tenancy.models import Currency

# As customers.models has them, which is above the catalogue.
TYPES = [("normal", _("Normal")), ("residential", _("Residential"))]


class OfferingForm(forms.Form):
    """What channel sales asks of the catalogue (CHAN-45)."""

    type = forms.ChoiceField(label=_("Type of customer"), choices=TYPES)
    plan = forms.ModelChoiceField(
        label=_("Rate plan"),
        queryset=RatePlan._default_manager.order_by("position", "id"),
        empty_label=None,
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices)
    family = forms.ChoiceField(
        label=_("Family"), choices=[("", _("All families")), *Family.choices], required=False
    )

    def asked(self) -> dict[str, Any]:
        """Return the arguments of ``offerings``; nothing until a valid question was asked."""
        if not self.is_valid():
            return {}
        data = self.cleaned_data
        return {
            "residential": data["type"] == "residential",
            "rate_plan_id": data["plan"].pk,
            "currency": data["currency"],
            "family": data["family"],
        }
