"""Fields for the values that an uploaded register lacks (DEC-41)."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from customers.models import Customer
from portal.catalog.models import RatePlan


def default_fields(plans: Iterable[RatePlan]) -> dict[str, forms.Field]:
    """Return the form fields by name; ``plans`` are the rate plans that can be chosen."""
    country = Customer._meta.get_field("country").formfield()
    assert country is not None
    country.error_messages["required"] = _("Choose a country.")
    return {
        "billing_email": forms.EmailField(
            label=_("Billing e-mail"),
            required=False,
            error_messages={"invalid": _("Enter a valid e-mail address.")},
            help_text=_("May be your own accounts department."),
        ),
        "credit_limit": forms.CharField(
            label=_("Credit limit"),
            required=False,
            max_length=30,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        ),
        "rate_plan": forms.ChoiceField(
            label=_("Rate plan"),
            required=False,
            choices=[("", _("The default one")), *((plan.name, plan.name) for plan in plans)],
        ),
        "type": forms.ChoiceField(
            label=_("Type"),
            choices=Customer.Type.choices,
            error_messages={"required": _("Choose a type.")},
        ),
        "language": forms.ChoiceField(
            label=_("Language"),
            choices=settings.LANGUAGES,
            error_messages={"required": _("Choose a language.")},
        ),
        "country": country,
    }
