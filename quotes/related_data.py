"""What quotes store about a customer and its contacts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Contact, Customer
from customers.related_data import Effect, RelatedData
from quotes.models import Confirmation, Quote


class QuotesOfCustomer(RelatedData):
    """Quotes, and the confirmations that a customer was asked for."""

    def on_deactivation(self, customer: Customer) -> list[Effect]:
        """Return the quotes that are not finished: all of them stay (REG-16)."""
        quotes = Quote.objects.filter(customer=customer)
        return [
            Effect(
                _("Quotes that wait for an answer"),
                quotes.waiting().count(),
                _("Can still be answered by the customer."),
            )
        ]

    def against_deletion(self, customer: Customer) -> list[Effect]:
        """Return the quotes: a customer that has any is deactivated instead."""
        count = Quote.objects.filter(customer=customer).count()
        return [Effect(_("Quotes"), count, _("Forbid it: deactivate instead.") if count else "")]

    def held_about(self, contact: Contact) -> dict[str, Any]:
        """Return the confirmations that the contact was asked for or gave (D19)."""
        asked = _naming(contact).select_related("quote").order_by("sent_at", "pk")
        return {
            "confirmations": [
                {
                    "quote": str(each),
                    "state": each.state,
                    "asked": each.addressee_name if each.contact_id == contact.pk else "",
                    "asked_at": each.addressee_email if each.contact_id == contact.pk else "",
                    "decided": each.decided_name if each.accepted_by_id == contact.pk else "",
                    "sent": each.sent_at.isoformat(),
                    "answered": each.decided_at.isoformat() if each.decided_at else "",
                }
                for each in asked
            ]
        }

    def after_erasure(self, contact: Contact) -> list[Effect]:
        """Return the confirmations: they keep the name, which is what they prove (D19)."""
        return [
            Effect(
                _("Confirmations that this person was asked for"),
                _naming(contact).count(),
                _("Stay as they are, with the name: they prove who agreed to what."),
            )
        ]


def _naming(contact: Contact) -> Any:
    return Confirmation.objects.filter(Q(contact=contact) | Q(accepted_by=contact))
