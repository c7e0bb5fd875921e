"""Onboardings that are not complete, on the home page (ONB-24)."""

from __future__ import annotations

from typing import Any

from django.db.models import Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Onboarding
from portal.accounts.models import Membership
from portal.tenancy.entries import Entries


def waiting_onboardings(person: Membership, narrowed: dict[str, Any]) -> list[Entries]:
    """Return the onboardings that the person may go on with, where each was left.

    ``narrowed`` is the condition of the customer that the page is about. One whose customer does
    not exist yet has the name that was entered for it.
    """
    if not person.may("onboard_customer"):
        return []
    return [
        Entries(
            "onboardings",
            _("Onboarding"),
            "route",
            Onboarding.objects.visible_to(person).open().filter(**narrowed),
            ("changed_at",),
            lambda pk: reverse("onboarding:resume", args=[pk]),
            _("Go on with it"),
            _("onboardings"),
            reverse("onboarding:list"),
            rank=5,
            title=KeyTextTransform("name", "flow"),
            customer=(Coalesce("customer__name", "name"), Coalesce("customer__number", Value(""))),
        )
    ]
