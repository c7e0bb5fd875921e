"""Meeting: hosts and rooms."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from orders.families.base import FamilyForm
from portal.catalog.models import Part


class MeetingForm(FamilyForm):
    """Meeting licences with their hosts, and the rooms to equip."""

    template = "orders/_products_meeting.html"
    sometimes_needed = ("hosts", "rooms")
    needed_parts: ClassVar[tuple[str, ...]] = (Part.HOST,)

    def prepare(self, details: dict[str, Any]) -> None:
        self.fields["hosts"] = forms.CharField(
            label=_("E-mail addresses of the hosts"),
            required=False,
            max_length=20000,
            initial="\n".join(details.get("hosts", [])),
            help_text=_("One a line, as many as host licences. They are invited at delivery."),
            widget=forms.Textarea(attrs={"rows": 4}),
        )
        self.fields["rooms"] = forms.CharField(
            label=_("Names of the rooms"),
            required=False,
            max_length=5000,
            initial="\n".join(details.get("rooms", [])),
            help_text=_("One a line, as many as room licences."),
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def clean_hosts(self) -> list[str]:
        """Return the addresses, each valid and without duplicates."""
        hosts: list[str] = []
        for line in str(self.cleaned_data["hosts"]).splitlines():
            address = line.strip().lower()
            if not address:
                continue
            try:
                validate_email(address)
            except ValidationError:
                raise forms.ValidationError(
                    _('"%s" is not an e-mail address.') % address[:80]
                ) from None
            if address in hosts:
                raise forms.ValidationError(_('"%s" is listed twice.') % address[:80])
            hosts.append(address)
        return hosts

    def clean_rooms(self) -> list[str]:
        """Return the names without duplicates."""
        rooms: list[str] = []
        for line in str(self.cleaned_data["rooms"]).splitlines():
            name = " ".join(line.split())[:80]
            if name in rooms:
                raise forms.ValidationError(_('"%s" is listed twice.') % name)
            if name:
                rooms.append(name)
        return rooms

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.need_details()
        return data

    def details(self) -> dict[str, Any]:
        return {
            "hosts": self.cleaned_data.get("hosts") or [],
            "rooms": self.cleaned_data.get("rooms") or [],
        }
