"""Onboardings that are not complete, on the home page (ONB-24)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer, CustomerQuerySet, Onboarding
from portal.accounts.models import Membership
from portal.tenancy.entries import Entries


def by_onboarding_state(person: Membership) -> list[tuple[str, str, str, CustomerQuerySet]]:
    """Return label, colour, address and rows of each state, of the active customers of a person."""
    seen = Customer.objects.visible_to(person).active().filter(is_own_company=False)
    on_the_way = Exists(Onboarding.objects.open().filter(customer_id=OuterRef("pk")))
    address = f"{reverse('customers:list')}?onboarding="
    return [
        (_("In progress"), "is-flow", f"{address}progress", seen.filter(on_the_way)),
        (
            _("Completed"),
            "is-ok",
            f"{address}completed",
            seen.filter(~on_the_way, onboarded_at__isnull=False),
        ),
        (
            _("Not started"),
            "is-off",
            f"{address}none",
            seen.filter(~on_the_way, onboarded_at__isnull=True),
        ),
    ]


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
