"""SIP trunk: site, channels, number blocks, porting with its date, emergency address."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

import phonenumbers
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Site
from orders.families.base import FamilyForm, site_choices
from portal.catalog.models import Part
from portal.core.formats import day as day_text

PORTING_DAYS = 10


def working_days_after(day: date, days: int) -> date:
    """Return the date ``days`` working days later (Saturdays and Sundays don't count)."""
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day


class TrunkForm(FamilyForm):
    """Everything that provisioning needs to build a trunk."""

    template = "orders/_products_trunk.html"
    needed_parts: ClassVar[tuple[str, ...]] = (Part.CHANNELS,)

    def prepare(self, details: dict[str, Any]) -> None:
        porting = details.get("porting") or {}
        emergency = details.get("emergency") or {}
        customer = self.customer
        self.fields["site"] = forms.ChoiceField(
            label=_("Site"),
            required=False,
            choices=site_choices(customer),
            initial=str(self.order.site_id or ""),
            help_text=_("Where the trunk ends. Sites are kept on the customer's page."),
        )
        self.fields["porting_numbers"] = forms.CharField(
            label=_("Numbers to port"),
            required=False,
            max_length=5000,
            initial="\n".join(porting.get("numbers", [])),
            help_text=_("One number or range a line, like +46 26 555 01 00 - 19."),
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["porting_provider"] = forms.CharField(
            label=_("Present provider"),
            required=False,
            max_length=120,
            initial=porting.get("provider", ""),
        )
        self.fields["porting_date"] = forms.DateField(
            label=_("Porting date"),
            required=False,
            initial=porting.get("date", ""),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_("At least %s working days from today.") % PORTING_DAYS,
        )
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
                label=label, max_length=size, initial=value, error_messages={"required": required}
            )

    def clean_porting_numbers(self) -> list[str]:
        """Return each line as E.164, ranges as ``first - last digits``; errors name the line."""
        country = str(self.customer.country.code)
        numbers = []
        for line in str(self.cleaned_data["porting_numbers"]).splitlines():
            text = line.strip()
            if not text:
                continue
            first, dash, last = text.partition(" - ")
            try:
                parsed = phonenumbers.parse(first, country)
            except phonenumbers.NumberParseException:
                parsed = None
            if parsed is None or not phonenumbers.is_possible_number(parsed):
                raise forms.ValidationError(_('"%s" is not a phone number.') % text[:60])
            if dash and not last.strip().replace(" ", "").isdigit():
                raise forms.ValidationError(_('"%s" is not a range of numbers.') % text[:60])
            number = phonenumbers.format_number(
                parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL
            )
            entry = f"{number} - {last.strip()}" if dash else number
            if entry in numbers:
                raise forms.ValidationError(_('"%s" is listed twice.') % text[:60])
            numbers.append(entry)
        return numbers

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        numbers = data.get("porting_numbers") or []
        wants_porting = self.quantity(Part.PORTING) > 0
        day = data.get("porting_date")
        if wants_porting and "porting_numbers" in data and not numbers:
            self.add_error("porting_numbers", _("Enter the numbers to port."))
        if numbers and not wants_porting and self._porting_key():
            self.add_error(self._porting_key(), _("Add number porting, or clear the numbers."))
        if wants_porting or numbers:
            if not data.get("porting_provider"):
                self.add_error("porting_provider", _("Enter the present provider."))
            earliest = working_days_after(self.today, PORTING_DAYS)
            if not day and "porting_date" in data:
                self.add_error("porting_date", _("Enter the porting date."))
            elif day and day < earliest:
                self.add_error(
                    "porting_date",
                    _("The earliest porting date is %s.") % day_text(earliest),
                )
            elif day and day.weekday() >= 5:
                self.add_error("porting_date", _("Numbers are ported from Monday to Friday."))
        elif day or data.get("porting_provider"):
            self.add_error("porting_numbers", _("Enter the numbers to port."))
        return data

    def _porting_key(self) -> str | None:
        for product in self.products:
            if product.part == Part.PORTING:
                return self.key(product.pk)
        return None

    def site(self) -> Site | None:
        chosen = self.cleaned_data.get("site")
        return self.customer.sites.filter(pk=chosen).first() if chosen else None

    def details(self) -> dict[str, Any]:
        data = self.cleaned_data
        details: dict[str, Any] = {
            "emergency": {
                "street": data["emergency_street"],
                "postal_code": data["emergency_postal_code"],
                "city": data["emergency_city"],
            }
        }
        if data["porting_numbers"]:
            details["porting"] = {
                "numbers": data["porting_numbers"],
                "provider": data["porting_provider"],
                "date": data["porting_date"].isoformat(),
            }
        return details
