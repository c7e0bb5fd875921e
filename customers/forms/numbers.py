"""Organisation and VAT number or personal number, by the customer's type (REG-31, VAT-02)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.numbers import clean_organisation_number, clean_personal_number, clean_vat_number
from portal.core.errors import RuleError


class NumberFields(forms.ModelForm[Customer]):
    """The numbers: a company's two, or a person's one.

    The form of a new customer has both; the stylesheet shows the one of the chosen type, and the
    other one is ignored.
    """

    personal_number = forms.CharField(
        label=_("Personal number"),
        required=False,
        max_length=40,
        help_text=_("Kept encrypted and never shown whole."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    remove_personal_number = forms.BooleanField(
        label=_("Remove the personal number"), required=False
    )

    def prepare_numbers(self) -> None:
        """Remove the fields that this customer's form does not need."""
        known = self.instance
        if known._state.adding or not known.has_personal_number:
            del self.fields["remove_personal_number"]
        else:
            self.fields["personal_number"].help_text = str(
                _("There is one. It stays as it is unless you enter another.")
            )
        if not known._state.adding:
            del self.fields["organisation_number" if known.is_residential else "personal_number"]
            if known.is_residential:
                del self.fields["vat_number"]
            else:
                self.fields.pop("remove_personal_number", None)

    def check_numbers(self, data: dict[str, Any]) -> None:
        """Clean the number of the customer's type by the rules of its country."""
        kind = data.get("type") or self.instance.type
        country = str(data.get("country") or "")
        if kind == Customer.Type.RESIDENTIAL:
            self._check_personal(data, country)
            if self.instance._state.adding:
                data["organisation_number"] = data["vat_number"] = ""
            return
        data.pop("personal_number", None)
        before = "" if self.instance._state.adding else self.initial.get("organisation_number", "")
        if "organisation_number" in data and data["organisation_number"] != before:
            self._clean_with(clean_organisation_number, "organisation_number", data, country)
        if "vat_number" in data:
            self._clean_with(clean_vat_number, "vat_number", data, country)

    def _check_personal(self, data: dict[str, Any], country: str) -> None:
        if data.pop("remove_personal_number", False):
            data["personal_number"] = ""
        elif data.get("personal_number"):
            self._clean_with(clean_personal_number, "personal_number", data, country)
        else:
            data.pop("personal_number", None)

    def _clean_with(self, clean: Any, name: str, data: dict[str, Any], country: str) -> None:
        try:
            data[name] = clean(data[name], country)
        except RuleError as error:
            self.add_error(name, str(error))
