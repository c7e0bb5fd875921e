"""The form of a platform's step, made of the fields that channel sales gave it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import Onboarding, Site
from customers.onboarding import values
from customers.onboarding.flow import Field, Kind, Step
from customers.onboarding.forms.fields import (
    NEW_SITE,
    SITE_PARTS,
    TEXTS,
    field_of,
    site_choice,
    site_parts,
)
from customers.onboarding.secrets import has_secret
from portal.core.forms import FormData, FormOptions


class StepForm(forms.Form):
    """The fields of one step; ``partial`` asks for nothing that is missing (ONB-22)."""

    def __init__(
        self,
        data: FormData = None,
        *,
        onboarding: Onboarding,
        step: Step,
        partial: bool = False,
        **options: Unpack[FormOptions],
    ) -> None:
        # A field may be called like one of ours: version, for instance.
        super().__init__(data, **options)
        self.prefix = "f"
        self.onboarding, self.step, self.partial = onboarding, step, partial
        kept = onboarding.answers.get(step.code, {})
        for field in step.fields:
            if field.kind == Kind.SITE:
                self._add_site(field, kept)
                continue
            self.fields[field.code] = self._made(field)
            if field.kind not in (Kind.SECRET, Kind.FILE) and field.code in kept:
                value = kept[field.code]
                self.initial[field.code] = value

    def _made(self, field: Field) -> forms.Field:
        """Return the form field; what is missing is asked for here, the rest in ``clean``."""
        is_kept = self._is_kept(field)
        # Save and back asks for nothing (ONB-22).
        leaves = self.is_bound and self.partial
        return field_of(
            field, required=field.is_required and not leaves and not is_kept, is_kept=is_kept
        )

    def _add_site(self, field: Field, kept: Mapping[str, Any]) -> None:
        """Add a choice of the customer's sites, and the parts of a new one (ONB-05)."""
        customer = self.onboarding.customer
        self.sites: list[Site] = list(customer.sites.order_by("name")) if customer else []
        self.fields[field.code] = site_choice(field, self.sites)
        site = kept.get(field.code) or {}
        self.initial[field.code] = site.get("id") or (NEW_SITE if site.get("name") else "")
        for name, part in site_parts(required=not (self.is_bound and self.partial)).items():
            self.fields[f"{field.code}_{name}"] = part
            self.initial[f"{field.code}_{name}"] = site.get(name, "")
        if not site.get("country") and customer is not None:
            self.initial[f"{field.code}_country"] = customer.country.code

    def bound_site(self) -> list[forms.BoundField]:
        """Return the bound fields of a new site, for the template."""
        field = self.step.first(Kind.SITE)
        return [self[f"{field.code}_{name}"] for name in SITE_PARTS] if field else []

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return each field of the step with what the template needs to know."""
        return [
            {
                "field": self[field.code],
                "site": self.bound_site() if field.kind == Kind.SITE else [],
                "only_if": self.add_prefix(field.only_if) if field.only_if else "",
                "is_wide": field.kind in (Kind.RANGES, Kind.SITE, Kind.YES_NO),
            }
            for field in self.step.fields
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for field in self.step.fields:
            if not field.asked(data):
                data[field.code] = None
                self.errors.pop(field.code, None)
            elif field.kind == Kind.SITE:
                self._check_site(field, data)
            elif not self.has_error(field.code):
                self._check(field, data)
        for field in self.step.fields:
            network = data.get(field.inside) if field.inside else None
            if network and data.get(field.code) and not self.has_error(field.code):
                self._check_inside(field, data, network)
        return data

    def _check(self, field: Field, data: dict[str, Any]) -> None:
        value = data.get(field.code)
        if value in (None, ""):
            return
        try:
            if field.kind in TEXTS:
                data[field.code] = TEXTS[Kind(field.kind)](str(value))
            elif field.kind in (Kind.TEXT, Kind.SERIAL):
                data[field.code] = _text(field, str(value))
        except ValidationError as error:
            self.add_error(field.code, error)

    def _is_kept(self, field: Field) -> bool:
        """Return whether a secret or a file is there already, or the field is a yes or no."""
        if field.kind == Kind.SECRET:
            return has_secret(self.onboarding, self.step.code, field.code)
        if field.kind == Kind.FILE:
            return bool(self.onboarding.answers.get(self.step.code, {}).get(field.code))
        return field.kind == Kind.YES_NO

    def _check_inside(self, field: Field, data: dict[str, Any], network: str) -> None:
        if not values.is_inside(data[field.code], network):
            self.add_error(
                field.code,
                _("%(ip)s is not in the network of %(network)s.")
                % {"ip": data[field.code], "network": network},
            )

    def _check_site(self, field: Field, data: dict[str, Any]) -> None:
        """Replace the choice of a site by its id or by the parts of a new one."""
        chosen = data.get(field.code)
        parts = {name: data.pop(f"{field.code}_{name}", "") or "" for name in SITE_PARTS}
        if chosen != NEW_SITE:
            data[field.code] = {"id": chosen} if chosen else {}
            for name in SITE_PARTS:
                self.errors.pop(f"{field.code}_{name}", None)
            return
        data[field.code] = parts
        if any(site.name == parts["name"] for site in self.sites):
            self.add_error(f"{field.code}_name", _("There is already a site with this name."))

    def answers(self) -> dict[str, Any]:
        """Return the clean answers without secrets and files, to be kept."""
        skipped = {field.code for field in self.step.fields if field.kind in UNKEPT}
        return {
            field.code: self.cleaned_data.get(field.code)
            for field in self.step.fields
            if field.code not in skipped
        }

    def secrets(self) -> dict[str, str]:
        """Return the secrets that were typed."""
        return {
            field.code: self.cleaned_data[field.code]
            for field in self.step.fields
            if field.kind == Kind.SECRET and self.cleaned_data.get(field.code)
        }

    def uploads(self) -> dict[str, Any]:
        """Return the files that came with the form."""
        return {
            field.code: self.cleaned_data[field.code]
            for field in self.step.fields
            if field.kind == Kind.FILE and self.cleaned_data.get(field.code)
        }


UNKEPT = (Kind.SECRET, Kind.FILE)


def _text(field: Field, value: str) -> str:
    """Return a text on one line; raise ValidationError where the pattern is not met."""
    text = " ".join(value.split())
    if field.kind == Kind.SERIAL:
        text = text.upper()
    if field.pattern and not re.fullmatch(field.pattern, text):
        if field.example:
            raise ValidationError(_("This does not look right. Write it like %s.") % field.example)
        raise ValidationError(_("This does not look right."))
    return text
