"""What quotes store about a customer and its contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Contact, Customer
from customers.related_data import Effect, RelatedData
from portal.outbox.models import Document
from portal.tenancy.context import require_partner
from quotes.models import Confirmation, Evidence, Quote
from quotes.services.sending import withdraw_for_inactive


class QuotesOfCustomer(RelatedData):
    """Quotes, and the confirmations that a customer was asked for."""

    def on_deactivation(self, customer: Customer) -> list[Effect]:
        """Return the quotes that are not finished: all stay, open links are withdrawn (REG-61)."""
        quotes = Quote.objects.filter(customer=customer)
        asked = Confirmation.objects.open().filter(customer=customer).order_by("addressee_name")
        names = ", ".join(dict.fromkeys(asked.values_list("addressee_name", flat=True)))
        return [
            Effect(
                _("Quotes that wait for an answer"),
                quotes.waiting().count(),
                _("Their links are withdrawn; told by e-mail are %(names)s and who asked.")
                % {"names": names},
            ),
            Effect(
                _("Confirmed quotes"),
                quotes.filter(state=Quote.State.CONFIRMED).count(),
                _("Stay, and can't be progressed meanwhile."),
            ),
            Effect(
                _("Draft quotes"),
                quotes.filter(state=Quote.State.DRAFT).count(),
                _("Stay, and can't be sent meanwhile."),
            ),
        ]

    def deactivate(self, customer: Customer, *, at: datetime) -> None:
        """Withdraw the open links, and tell the addressees and who asked (REG-61)."""
        for pk in Quote.objects.filter(customer=customer).waiting().values_list("pk", flat=True):
            withdraw_for_inactive(pk, at=at)

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
                    "decided": each.decided_name
                    if contact.pk in (each.accepted_by_id, each.declined_by_id)
                    else "",
                    "sent": each.sent_at.isoformat(),
                    "answered": each.decided_at.isoformat() if each.decided_at else "",
                }
                for each in asked
            ],
            "evidence": _evidence(contact),
            "agreements": [
                {"file": each.file_name, "made": each.ready_at.isoformat() if each.ready_at else ""}
                for each in _documents(contact)
            ],
        }

    def after_erasure(self, contact: Contact) -> list[Effect]:
        """Return the confirmations: they keep the name, which is what they prove (D19)."""
        always = _(
            "Stay unchanged and with no end, as their seal would break: they prove who "
            "agreed to what."
        )
        return [
            Effect(
                _("Confirmations that this person was asked for"),
                _naming(contact).count(),
                _("Stay with no end, with name and address: they prove who agreed to what."),
            ),
            Effect(
                _("Evidence: name, address, IP address and browser"),
                len(_evidence(contact)),
                always,
            ),
            Effect(_("Agreements as PDF"), len(_documents(contact)), always),
        ]


def _evidence(contact: Contact) -> list[dict[str, str]]:
    """Return the entries of the chain that name the contact, with what they hold of them."""
    entries = Evidence.objects.filter(confirmation__in=_naming(contact)).order_by("serial")
    found = []
    for entry in entries.select_related("confirmation__quote"):
        payload = entry.payload
        people = {role: payload.get(role, {}) for role in ("addressee", "accepter", "decliner")}
        mine = {role: who for role, who in people.items() if who.get("contact") == str(contact.pk)}
        if not mine:
            continue
        answered = bool({"accepter", "decliner"} & mine.keys())
        who = next(iter(mine.values()))
        found.append(
            {
                "quote": str(entry.confirmation),
                "kind": entry.kind,
                "as": ", ".join(mine),
                "name": who["name"],
                "email": who["email"],
                "at": payload["at"],
                "ip_address": payload["address"] if answered else "",
                "browser": payload["agent"] if answered else "",
            }
        )
    return found


def _documents(contact: Contact) -> list[Document]:
    """Return the agreements that name the contact, with their content left out."""
    keys = [f"confirmation-{pk}" for pk in _naming(contact).values_list("pk", flat=True)]
    found = Document.objects.for_partner(require_partner()).filter(key__in=keys)
    return list(found.defer("content").order_by("created_at", "pk"))


def _naming(contact: Contact) -> Any:
    return Confirmation.objects.filter(
        Q(contact=contact) | Q(accepted_by=contact) | Q(declined_by=contact)
    )
