"""The e-mails of quotes: to the customer without commercials, and to the partner's people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import override

from customers.models import Contact
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.outbox.models import Document, OutboundEmail
from portal.outbox.services import queue_email, renews
from portal.tenancy.context import require_partner
from portal.tenancy.models import Partner
from quotes.commercials import CommercialsShown, amounts_of, find_commercials
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
    ]


def _guarded(email: OutboundEmail, confirmation: Confirmation) -> OutboundEmail:
    """Refuse an e-mail to the customer that shows commercials (CON-02), by rolling back."""
    for part in (email.subject, email.text, strip_tags(email.html)):
        found = find_commercials(part, amounts_of(confirmation.quote), names=_names(confirmation))
        if found:
            raise CommercialsShown(found)
    return email


def context_of(confirmation: Confirmation) -> dict[str, Any]:
    """Return the context of e-mails to the customer, from the frozen proposal only."""
    snapshot = confirmation.snapshot
    return {
        "proposal": snapshot,
        "customer_name": snapshot["customer"]["name"],
        "customer_number": snapshot["customer"]["number"],
        "agreement": f"{snapshot['quote']}-{snapshot['revision']}",
        "sender_name": snapshot["sender"]["name"],
        "sender_email": snapshot["sender"]["email"],
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
        reply_to=asked.snapshot["sender"]["email"],
        at=at,
    )
    _guarded(email, asked)


@renews(ASK)
def renew_link(email: OutboundEmail, *, at: datetime) -> Mapping[str, str]:
    """Return another link for an e-mail that could not be delivered.

    Raise RuleError if the confirmation it asked for is not open any more.
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
    return {"link": link_of(new_link(found, at=at))}


def _to_partner(
    template: str,
    about: Confirmation,
    *,
    person: Membership | None,
    context: Mapping[str, Any],
    document: Document | None = None,
) -> None:
    """Queue an e-mail to a person of the partner, or to its notification address."""
    partner = _partner()
    to = person.user.email if person else partner.notification_email
    queue_email(
        to=to,
        template=template,
        context={
            "quote": about.quote,
            "customer": about.quote.customer,
            "confirmation": about,
            "name": person.user.get_short_name() if person else partner.name,
            "url": partner.page("quotes:quote", about.quote_id),
            **context,
        },
        language=person.user.language if person else partner.language,
        key=f"{template.rpartition('/')[2]}-{about.pk}-{to.casefold()}"[:200],
        partner=partner,
        about=about.quote,
        customer_id=about.customer_id,
        document=document,
    )


def _partners_side(about: Confirmation) -> list[Membership | None]:
    """Return the sender and None for the notification address, each mailbox once (CON-17)."""
    sender = about.sent_by if about.sent_by.state == Membership.State.ACTIVE else None
    same = sender is not None and (
        sender.user.email.casefold() == _partner().notification_email.casefold()
    )
    return [sender] if same else [*([sender] if sender else []), None]


def accepted(about: Confirmation, *, accepter: Contact, document: Document) -> None:
    """Mail copies with the document to the customer (CON-16) and the partner (CON-17)."""
    with override(about.language):
        context = context_of(about)
    names = {accepter.email.casefold(): (accepter.email, accepter.full_name)}
    names.setdefault(
        about.addressee_email.casefold(), (about.addressee_email, about.addressee_name)
    )
    # REG-32: the contacts who receive copies of agreements.
    for each in about.quote.customer.contacts.filter(gets_agreements=True, erased_at=None):
        names.setdefault(each.email.casefold(), (each.email, each.full_name))
    for address, name in names.values():
        email = queue_email(
            to=address,
            template="quotes/email/accepted_customer",
            context={
                **context,
                "name": name,
                "accepted_by": accepter.full_name,
                "accepted_at": about.decided_at,
            },
            language=about.language,
            key=f"accepted-{about.pk}-{address.casefold()}"[:200],
            partner=_partner(),
            about=about.quote,
            customer_id=about.customer_id,
            reply_to=about.snapshot["sender"]["email"],
            document=document,
        )
        _guarded(email, about)
    for person in _partners_side(about):
        _to_partner("quotes/email/accepted", about, person=person, context={}, document=document)


def declined(about: Confirmation) -> None:
    """Notify the sender and the partner that the customer declined, and why (CON-23)."""
    for person in _partners_side(about):
        _to_partner("quotes/email/declined", about, person=person, context={})


def expired(about: Confirmation) -> None:
    """Notify the sender that nobody answered in time."""
    sender = about.sent_by if about.sent_by.state == Membership.State.ACTIVE else None
    _to_partner("quotes/email/expired", about, person=sender, context={})
