"""What channel sales looked at and changed, as sentences for the partner (CHAN-34)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.channel.accesses import sentence
from portal.channel.models import StaffAccess
from portal.core.form_rendering import DateInput
from portal.core.listing import BigListing
from portal.tenancy.context import within_days
from portal.tenancy.models import Partner

# Scripts and the way out: nothing of the partner is shown there.
NOT_TOLD = ("jsi18n", "logout", "login", "password_change", "password_change_done")


class AccessFilter(forms.Form):
    """Which accesses are shown: of a day, of a person."""

    day = forms.DateField(label=gettext_lazy("Day"), required=False, widget=DateInput)
    person = forms.ModelChoiceField(
        label=gettext_lazy("Person"),
        queryset=User._default_manager.none(),
        required=False,
        empty_label=gettext_lazy("Everybody"),
    )

    def __init__(self, data: Mapping[str, Any], *, partner: Partner) -> None:
        super().__init__(data or None)
        people = self.fields["person"]
        assert isinstance(people, forms.ModelChoiceField)
        seen = StaffAccess.objects.for_partner(partner).values("user")
        people.queryset = User._default_manager.filter(pk__in=seen).order_by("name")


@dataclass(frozen=True)
class AccessRow:
    """One access as a row: when, who, what as a sentence, why."""

    at: datetime
    by: str
    text: str
    reason: str
    changed: bool


def listed_accesses(
    request: HttpRequest, partner: Partner
) -> tuple[AccessFilter, BigListing[StaffAccess], list[AccessRow]]:
    """Return the filter, and the accesses to this partner that it leaves, newest first."""
    form = AccessFilter(request.GET, partner=partner)
    rows = StaffAccess.objects.for_partner(partner).exclude(page__in=NOT_TOLD)
    if form.is_valid():
        rows = _narrowed(rows, form.cleaned_data)
    listing = BigListing(
        request,
        rows.select_related("user"),
        counted=rows,
        sorts={"when": ("at",)},
        default="-when",
    )
    return form, listing, [_row(access) for access in listing.rows]


def _narrowed(rows: QuerySet[StaffAccess], asked: Mapping[str, Any]) -> QuerySet[StaffAccess]:
    if asked["person"] is not None:
        rows = rows.filter(user=asked["person"])
    if asked["day"] is not None:
        day = asked["day"].isoformat()
        rows = rows.filter(within_days("at", day, day))
    return rows


def _row(access: StaffAccess) -> AccessRow:
    return AccessRow(
        access.at, access.user.name, sentence(access), access.reason, changed=access.changed
    )
