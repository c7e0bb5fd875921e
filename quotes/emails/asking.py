"""The e-mail that asks a customer to confirm, without commercials (CON-02)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.core.errors import RuleError
from portal.outbox.models import OutboundEmail
from portal.outbox.services import queue_email, renews
from portal.tenancy.context import require_partner
from portal.tenancy.models import Partner
from quotes.commercials import CommercialsShown, amounts_of, find_commercials
from quotes.contacts import AddressChanged, check_contact
from quotes.in_charge import asker
from quotes.links import new_link
from quotes.models import Confirmation
from quotes.presentation import proposed_lines, valid_until

ASK = "quotes/email/confirmation"


def _partner() -> Partner:
    partner = require_partner()
    return partner


def link_of(secret: str) -> str:
    """Return the address of a link, on the partner's own host (ISO-14)."""
    return _partner().url(reverse("confirm:open", urlconf="portal.urls", args=[secret]))


def _names(confirmation: Confirmation) -> list[str]:
    snapshot = confirmation.snapshot
    return [
        snapshot["partner"]["name"],
        snapshot["customer"]["name"],
        snapshot["sender"]["name"],
        snapshot["sender"]["email"],
        confirmation.addressee_name,
        confirmation.decided_name,
        *asker(confirmation),
    ]


def guarded(email: OutboundEmail, confirmation: Confirmation) -> OutboundEmail:
    """Refuse an e-mail to the customer that shows commercials (CON-02), by rolling back."""
    for part in (email.subject, email.text, strip_tags(email.html)):
        found = find_commercials(part, amounts_of(confirmation.quote), names=_names(confirmation))
        if found:
            raise CommercialsShown(found)
    return email


def context_of(confirmation: Confirmation) -> dict[str, Any]:
    """Return the context of e-mails to the customer, from the frozen proposal.

    Only who is to be asked is looked up: the sender may have left since (CON-30).
    """
    snapshot = confirmation.snapshot
    name, address = asker(confirmation)
    agreement = f"{snapshot['quote']}-{snapshot['revision']}"
    return {
        "proposal": snapshot,
        "customer_name": snapshot["customer"]["name"],
        "customer_number": snapshot["customer"]["number"],
        "agreement": agreement,
        "sender_name": name,
        "sender_email": address,
        "summary": [
            (_("Agreement"), f"{agreement}, {snapshot['title']}"),
            (_("Customer"), f"{snapshot['customer']['name']}, {snapshot['customer']['number']}"),
            (_("Valid until"), valid_until(snapshot)),
        ],
        "lines": proposed_lines(snapshot),
        "valid_until": valid_until(snapshot),
        "ends": confirmation.expires_at,
    }


def confirmation(
    asked: Confirmation, *, secret: str, key: str, at: datetime, reminder: bool = False
) -> None:
    """Ask the addressee to confirm, by a link that only this e-mail holds (CON-09, CON-10)."""
    with override(asked.language):
        context = context_of(asked)
    email = queue_email(
        to=asked.addressee_email,
        template=ASK,
        context={**context, "name": asked.addressee_name, "reminder": reminder},
        language=asked.language,
        key=key,
        partner=_partner(),
        about=asked.quote,
        customer_id=asked.customer_id,
        secrets={"link": link_of(secret)},
        reply_to=context["sender_email"],
        at=at,
    )
    guarded(email, asked)


@renews(ASK)
def renew_link(email: OutboundEmail, *, at: datetime) -> Mapping[str, str]:
    """Return another link for an e-mail that could not be delivered.

    Raise RuleError if the confirmation it asked for is not open any more, or if the address is not
    the addressee's or not in the customer's domains (CON-06, CON-31).
    """
    found = next(
        (
            row
            for row in Confirmation.objects.open().filter(quote=email.about_id)
            if email.key.startswith(f"confirmation-{row.pk}") and not row.is_over(at)
        ),
        None,
    )
    if found is None:
        raise RuleError(_("This confirmation is not open any more. Send a new one."))
    _check_address(email, found)
    return {"link": link_of(new_link(found, at=at))}


def _check_address(email: OutboundEmail, asked: Confirmation) -> None:
    """Hold a new link to the rules of sending; take over an address that was corrected."""
    if asked.contact.email.casefold() != email.to_address.casefold():
        raise AddressChanged(asked)
    check_contact(asked.quote.customer, asked.contact)
    if asked.addressee_email != email.to_address:
        asked.addressee_email = email.to_address
        asked.save(update_fields=["addressee_email"])
