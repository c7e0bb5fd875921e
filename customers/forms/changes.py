"""Forms of single changes to a customer: its type, its rate plan, a question about its name."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.register import CHOOSE_PLAN
from customers.models import Customer
from portal.catalog.models import RatePlan


class TypeForm(forms.Form):
    """The choice of another type."""

    type = forms.ChoiceField(
        label=_("Type"),
        choices=Customer.Type.choices,
        error_messages={"required": _("Choose a type.")},
    )


class PlanForm(forms.Form):
    """The choice of another rate plan."""

    rate_plan = forms.ModelChoiceField(
        label=_("Rate plan"),
        queryset=RatePlan._default_manager.order_by("position", "id"),
        empty_label=None,
        error_messages={"required": CHOOSE_PLAN},
    )


class AskNameForm(forms.Form):
    """The question to channel sales about a name that is in use (D3)."""

    name = forms.CharField(
        label=_("Customer name"),
        max_length=200,
        error_messages={"required": _("Enter the customer's name.")},
    )
    message = forms.CharField(
        label=_("What should Channel Sales know?"),
        max_length=2000,
        error_messages={"required": _("Enter what Channel Sales should know.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
