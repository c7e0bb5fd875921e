"""SIP trunk: site, channels, number blocks, porting with its date, emergency address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Site
from orders.families.base import FamilyForm, site_choices
from orders.porting import PORTING_DAYS, read_blocks, why_not_on
from orders.services.porting import check_numbers
from portal.catalog.models import Part
from portal.core.errors import RuleError


class TrunkForm(FamilyForm):
    """Everything that provisioning needs to build a trunk."""

    template = "orders/_products_trunk.html"
    sometimes_needed = tuple(
        f"porting_{name}" for name in ("numbers", "provider", "date", "holder", "contract")
    )
    needed_parts: ClassVar[tuple[str, ...]] = (Part.CHANNELS,)

    def prepare(self, details: dict[str, Any]) -> None:
        emergency = details.get("emergency") or {}
        customer = self.customer
        self.fields["site"] = forms.ChoiceField(
            label=_("Site"),
            required=False,
            choices=site_choices(customer),
            initial=str(self.order.site_id or ""),
            help_text=_("Where the trunk ends. Sites are kept on the customer's page."),
        )
        self._ask_porting(details.get("porting") or {})
        required = gettext_lazy("Emergency calls need the address where people are.")
        for name, label, size, value in (
            ("emergency_street", _("Street"), 200, emergency.get("street", customer.street)),
            (
                "emergency_postal_code",
                _("Postal code"),
                20,
                emergency.get("postal_code", customer.postal_code),
            ),
            ("emergency_city", _("Town"), 100, emergency.get("city", customer.city)),
        ):
            self.fields[name] = forms.CharField(
                label=label,
                max_length=size,
                initial=value,
                required=not self.parks,
                error_messages={"required": required},
            )

    def _ask_porting(self, porting: Mapping[str, Any]) -> None:
        """Add the fields about numbers that are brought along (ORD-58)."""
        self.fields["porting_numbers"] = forms.CharField(
            label=_("Numbers to port"),
            required=False,
            max_length=5000,
            initial="\n".join(porting.get("numbers", [])),
            help_text=_("One number or range a line, like +46 26 555 01 00 - 19 or 0100 to 0119."),
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["porting_provider"] = forms.CharField(
            label=_("Present provider"),
            required=False,
            max_length=120,
            initial=porting.get("provider", ""),
        )
        self.fields["porting_holder"] = forms.CharField(
            label=_("Holder of the numbers"),
            required=False,
            max_length=120,
            initial=porting.get("holder", self.customer.name),
            help_text=_("As it is on the bill of the present provider."),
        )
        self.fields["porting_contract"] = forms.CharField(
            label=_("Customer or contract number there"),
            required=False,
            max_length=60,
            initial=porting.get("contract", ""),
        )
        self.fields["porting_date"] = forms.DateField(
            label=_("Porting date"),
            required=False,
            initial=porting.get("date") or None,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_(
                "At least %(days)s working days from today, and not before the trunk's start."
            )
            % {"days": PORTING_DAYS},
        )

    def clean_porting_numbers(self) -> list[str]:
        """Return each line as a block of international numbers (ORD-58)."""
        chosen = self.site()
        country = chosen.country.code if chosen is not None else self.customer.country.code
        try:
            blocks = read_blocks(str(self.cleaned_data["porting_numbers"]), country=str(country))
            check_numbers(self.order, blocks)
        except RuleError as error:
            raise forms.ValidationError(str(error)) from error
        return [str(block) for block in blocks]

    def clean_porting_date(self) -> date | None:
        chosen: date | None = self.cleaned_data["porting_date"]
        if chosen is not None:
            wrong = why_not_on(chosen, today=self.today, start=self.order.start_date)
            if wrong:
                raise forms.ValidationError(wrong)
        return chosen

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.need_details()
        return data

    def site(self) -> Site | None:
        chosen = self.cleaned_data.get("site")
        return self.customer.sites.filter(pk=chosen).first() if chosen else None

    def details(self) -> dict[str, Any]:
        data = self.cleaned_data
        emergency = {
            name: data.get(f"emergency_{name}", "") for name in ("street", "postal_code", "city")
        }
        details: dict[str, Any] = {"emergency": emergency} if any(emergency.values()) else {}
        day = data.get("porting_date")
        porting = {
            "numbers": data.get("porting_numbers") or [],
            "provider": data.get("porting_provider", ""),
            "contract": data.get("porting_contract", ""),
            "date": day.isoformat() if day else "",
        }
        if any(porting.values()):
            details["porting"] = {**porting, "holder": data.get("porting_holder", "")}
        return details
