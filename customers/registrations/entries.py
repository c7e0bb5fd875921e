"""Registrations on the home page: questions of channel sales, and orders that may go on."""

from __future__ import annotations

from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import CustomerRegistration
from portal.accounts.models import Membership
from portal.tenancy.entries import Entries


def waiting_registrations(person: Membership, narrowed: dict[str, Any]) -> list[Entries]:
    """Return the registrations about which channel sales asked something (CHAN-03).

    ``narrowed`` is the condition of the customer that the page is about.
    """
    if not person.may("add_order"):
        return []
    visible = CustomerRegistration.objects.visible_to(person)
    return [
        Entries(
            "registrations",
            _("Question from Channel Sales"),
            "message",
            visible.filter(state=CustomerRegistration.State.NEEDS_INFO, **narrowed),
            ("changed_at",),
            lambda pk: reverse("registrations:answer", args=[pk]),
            _("Answer"),
            _("registrations"),
            f"{reverse('registrations:list')}?state=needs_info",
            rank=2,
            title=Value(str(_("Registration"))),
            detail="verdict",
            customer=(Coalesce("customer__name", "name"), Coalesce("customer__number", "number")),
        )
    ]
