"""What onboardings hold about a contact (D19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Contact, Customer, Onboarding
from customers.related_data import Effect, RelatedData
from portal.catalog.models.platforms import CUSTOMER

LISTS = ("admins", "support")


def _names(row: dict[str, Any], contact: Contact) -> bool:
    same = str(row.get("email", "")).casefold() == contact.email.casefold()
    return same or row.get("contact") == str(contact.pk)


def _naming(contact: Contact) -> list[Onboarding]:
    """Return the onboardings in progress whose customer's step names the contact."""
    rows = Onboarding.objects.open().filter(customer=contact.customer_id)
    return [
        row
        for row in rows.order_by("created_at")
        if any(
            _names(person, contact)
            for name in LISTS
            for person in row.answers.get(CUSTOMER, {}).get(name, [])
        )
    ]


class OnboardingsOfCustomer(RelatedData):
    """Onboardings in progress: completed ones keep nobody's name."""

    def on_deactivation(self, customer: Customer) -> list[Effect]:
        """Return the onboardings in progress: they can't be completed while it is inactive."""
        count = Onboarding.objects.open().filter(customer=customer).count()
        text = _("Can't be completed while the customer is inactive.")
        return [Effect(_("Onboardings"), count, text)]

    def held_about(self, contact: Contact) -> dict[str, Any]:
        """Return the onboardings in progress that name the contact."""
        return {"onboardings": [row.platform_name for row in _naming(contact)]}

    def on_erasure(self, contact: Contact) -> list[Effect]:
        """Return the onboardings in progress that name the contact."""
        count = len(_naming(contact))
        return [Effect(_("Onboardings"), count, _("Name this person no more."))]

    def erase(self, contact: Contact, *, at: datetime) -> None:
        """Take the contact out of the onboardings in progress."""
        for row in _naming(contact):
            kept = row.answers[CUSTOMER]
            rest = {
                name: [each for each in kept.get(name, []) if not _names(each, contact)]
                for name in LISTS
            }
            row.answers = {**row.answers, CUSTOMER: {**kept, **rest}}
            # Who is left may not be enough (ONB-14).
            row.done = [code for code in row.done if code != CUSTOMER]
            row.touch(at)
            row.save(update_fields=["answers", "done", "version", "changed_at"])
