"""The facts of the customer's step: a new customer's, or what onboarding adds to a known one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext_lazy

from customers.forms.register import CHOOSE_COUNTRY, CustomerForm, split_domains
from customers.models import Customer
from customers.onboarding.addresses import (
    Pasted,
    address_errors,
    needed_parts,
    regions_of,
    take_apart,
    town_first,
    uses_region,
)
from customers.services import refusals
from portal.accounts.models import Membership
from portal.catalog.models import BusinessType
from portal.core.form_rendering import SuggestInput
from portal.core.forms import FormData, ModelFormOptions

ADDRESS = ("street", "postal_code", "city", "region", "country")


class AddressMixin(forms.ModelForm[Customer]):
    """The full postal address by the rules of its country (ONB-04).

    ``partial`` is for Save and back: what is missing is not asked for, what is wrong still is.
    """

    partial = False

    def prepare_address(self) -> None:
        """Put the parts into the country's order, and leave out what it has not (ONB-04)."""
        country = self.country
        region = self.fields["region"]
        if uses_region(country):
            region.widget = SuggestInput(regions_of(country))
        self.fields["country"].required = True
        self.fields["country"].error_messages["required"] = CHOOSE_COUNTRY
        leaves = self.is_bound and self.partial
        for name, text in needed_parts(country).items():
            self.fields[name].required = not leaves
            self.fields[name].error_messages["required"] = text
        self.fields["street"].help_text = gettext_lazy(
            "Where post arrives. The system's site can have another address."
        )

    @property
    def country(self) -> str:
        """Return the country that the form has now."""
        if self.is_bound:
            return str(self.data.get("country") or "")
        return str(self.initial.get("country") or self.fields["country"].initial or "")

    @property
    def shows_region(self) -> bool:
        """Return whether the country's addresses have a region, or one is filled in."""
        return uses_region(self.country) or bool(self["region"].value())

    @property
    def town_first(self) -> bool:
        return town_first(self.country)

    def check_address(self, data: Mapping[str, Any]) -> None:
        """Add an error at each part that is missing or can't be right."""
        for name, text in address_errors(dict(data)).items():
            empty = not str(data.get(name) or "").strip()
            if not (self.partial and empty) and not self.has_error(name):
                self.add_error(name, text)


class NewCustomerForm(CustomerForm, AddressMixin):
    """A customer that the onboarding creates when its first step is done."""

    def __init__(
        self,
        data: FormData = None,
        *,
        person: Membership,
        partial: bool = False,
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data, person=person, **options)
        self.partial = partial
        # Personal data is not kept in an unfinished step (D19).
        for name in ("personal_number", "notes"):
            self.fields.pop(name, None)
        self.prepare_address()
        if partial and self.is_bound:
            for name, field in self.fields.items():
                field.required = name == "name"

    def prepare_numbers(self) -> None:
        super().prepare_numbers()
        self.fields["personal_number"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.check_address(data)
        return data

    def kept(self) -> dict[str, Any]:
        """Return what was typed, to be shown again; nothing of it is in the register yet."""
        return {
            name: self.data.get(name, "")
            for name, field in self.fields.items()
            if name in self.data and not isinstance(field, forms.BooleanField)
        }


class FactsForm(AddressMixin):
    """What onboarding needs of a customer that is in the register already."""

    domains = CustomerForm.base_fields["domains"]

    class Meta:
        model = Customer
        fields = ("business_type", *ADDRESS)

    def __init__(
        self,
        data: FormData = None,
        *,
        person: Membership,
        partial: bool = False,
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.partial = partial
        self.person = person
        kind = self.fields["business_type"]
        assert isinstance(kind, forms.ModelChoiceField)
        kind.queryset = BusinessType._default_manager.order_by("position", "name")
        self.initial.setdefault(
            "domains", ", ".join(map(str, self.instance.domains.order_by("domain")))
        )
        self.prepare_address()

    def clean_domains(self) -> list[str]:
        return split_domains(str(self.cleaned_data["domains"]))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_address(data)
        if "domains" in data:
            before = Customer.objects.get(pk=self.instance.pk)
            for error in refusals({"domains": data["domains"]}, by=self.person, before=before):
                self.add_error("domains", str(error))
        return data

    def validate_unique(self) -> None:
        """Skip uniqueness: nothing of it is unique."""

    def validate_constraints(self) -> None:
        """Skip constraints: the services and the database check them."""

    def kept(self) -> dict[str, Any]:
        """Return the clean facts as they are kept with the onboarding."""
        data = self.cleaned_data
        kind = data.get("business_type")
        facts = {name: str(data.get(name) or "") for name in ADDRESS}
        return {
            **facts,
            "business_type": kind.pk if kind else None,
            "domains": data.get("domains") or [],
        }


def paste_address(data: dict[str, Any], text: str) -> dict[str, Any]:
    """Return posted data with a pasted address taken apart into its fields."""
    found: Pasted = take_apart(text, country=str(data.get("country") or ""))
    for name in ADDRESS:
        data[name] = getattr(found, name)
    data["pasted"] = ""
    return data
