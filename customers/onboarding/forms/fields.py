"""The form field of each kind that a step can ask for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django_countries import countries

from customers.models import Site
from customers.models.onboarding import in_reader_language
from customers.onboarding import values
from customers.onboarding.flow import Field, Kind
from customers.onboarding.secrets import MOST

# How the text of a kind is brought into its one form.
TEXTS: dict[str, Callable[[str], str]] = {
    Kind.IP: values.ip_address,
    Kind.NETWORK: values.address_in_network,
    Kind.HOST: values.host_name,
    Kind.MAC: values.mac_address,
    Kind.RANGES: values.number_ranges,
}
NEW_SITE = "new"
SITE_PARTS = ("name", "street", "postal_code", "city", "country")


def field_of(field: Field, *, required: bool, is_kept: bool) -> forms.Field:
    """Return the form field; ``is_kept`` says that a secret was entered before."""
    common: dict[str, Any] = {
        "label": field.title,
        "help_text": in_reader_language(field.help),
        "required": required,
    }
    missing = _("Choose one.") if field.kind == Kind.CHOICE else _("Fill in %s.") % field.title
    errors = {"required": missing}
    if field.kind == Kind.NUMBER:
        return forms.IntegerField(
            min_value=field.minimum,
            max_value=field.maximum,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            error_messages={**errors, "invalid": _("Enter a whole number.")},
            **common,
        )
    if field.kind == Kind.CHOICE:
        offered = [(value, in_reader_language(texts)) for value, texts in field.choices]
        choices = [("", _("Choose")), *offered]
        return forms.ChoiceField(choices=choices, error_messages=errors, **common)
    if field.kind == Kind.YES_NO:
        return forms.BooleanField(**common)
    if field.kind == Kind.FILE:
        return forms.FileField(error_messages=errors, **common)
    if field.kind == Kind.SECRET:
        never = common["help_text"] or _("Kept encrypted and never shown again.")
        common["help_text"] = _("Kept encrypted. Leave it empty to keep it.") if is_kept else never
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        return forms.CharField(
            max_length=MOST, strip=False, widget=widget, error_messages=errors, **common
        )
    if field.kind == Kind.RANGES:
        common["help_text"] = common["help_text"] or _("Like 100-199, 300.")
        area = forms.Textarea(attrs={"rows": 2})
        return forms.CharField(max_length=2000, widget=area, error_messages=errors, **common)
    return forms.CharField(max_length=200, error_messages=errors, **common)


def site_choice(field: Field, sites: Collection[Site]) -> forms.ChoiceField:
    """Return the choice of the customer's sites, of none, and of a new one (ONB-05)."""
    known = [
        (str(site.pk), f"{site.name}, {site.address}" if site.address else site.name)
        for site in sites
    ]
    return forms.ChoiceField(
        label=field.title,
        choices=[("", _("No site yet")), *known, (NEW_SITE, _("A new site"))],
        required=False,
        help_text=in_reader_language(field.help)
        or _("May be left empty, and is never taken from the postal address."),
    )


def site_parts(*, required: bool) -> dict[str, forms.Field]:
    """Return the fields of a new site, by their names."""
    return {
        "name": forms.CharField(
            label=_("Name of the site"),
            max_length=120,
            required=required,
            error_messages={"required": _("Enter the site's name.")},
        ),
        "street": forms.CharField(label=_("Street"), max_length=200, required=False),
        "postal_code": forms.CharField(label=_("Postal code"), max_length=20, required=False),
        "city": forms.CharField(label=_("Town"), max_length=100, required=False),
        "country": forms.ChoiceField(
            label=_("Country"), choices=list(countries), required=required
        ),
    }
