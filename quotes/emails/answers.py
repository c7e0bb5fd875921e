"""The e-mails about a customer's answer: to the customer, and to the partner's people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from customers.models import Contact
from portal.accounts.models import Membership
from portal.core.templatetags.kontor import moment
from portal.outbox.late_documents import complete_without
from portal.outbox.models import Document
from portal.outbox.services import queue_email
from portal.tenancy.context import require_partner
from quotes.emails.asking import context_of, guarded
from quotes.in_charge import in_charge
from quotes.models import Confirmation
from quotes.verify_code import verify_address

# That somebody accepted is said at once, even if the document can't be made (AVAIL-06).
complete_without("quotes/email/accepted", "quotes/email/accepted_customer")


def _partners_context(about: Confirmation) -> dict[str, Any]:
    """Return what all e-mails to the partner's people hold, in the language that is active."""
    quote = about.quote
    return {
        "quote": quote,
        "customer": quote.customer,
        "confirmation": about,
        "summary": [
            (_("Customer"), quote.customer.label),
            (_("Quote"), f"{quote.number}, {quote.title}"),
            (_("Asked"), f"{about.addressee_name}, {moment(about.sent_at)}"),
        ],
        "button_label": _("Look at the quote"),
    }


def _to_partner(
    template: str,
    about: Confirmation,
    *,
    person: Membership | None,
    context: Mapping[str, Any],
    document: Document | None = None,
) -> None:
    """Queue an e-mail to a person of the partner, or to its notification address."""
    partner = require_partner()
    to = person.user.email if person else partner.notification_email
    language = person.user.language if person else partner.language
    with override(language), timezone.override(partner.tz):
        shared = _partners_context(about)
    queue_email(
        to=to,
        template=template,
        context={
            **shared,
            "name": person.user.get_short_name() if person else partner.name,
            "button_url": partner.page("quotes:quote", about.quote_id),
            **context,
        },
        language=language,
        key=f"{template.rpartition('/')[2]}-{about.pk}-{to.casefold()}"[:200],
        partner=partner,
        about=about.quote,
        customer_id=about.customer_id,
        document=document,
    )


def _partners_side(about: Confirmation) -> list[Membership | None]:
    """Return who is in charge and None for the notification address, each mailbox once (CON-17)."""
    sender = in_charge(about)
    same = sender is not None and (
        sender.user.email.casefold() == require_partner().notification_email.casefold()
    )
    return [sender] if same else [*([sender] if sender else []), None]


def accepted(about: Confirmation, *, accepter: Contact, document: Document) -> None:
    """Mail copies with the document to the customer (CON-16) and the partner (CON-17)."""
    with override(about.language):
        context = context_of(about)
    names = {accepter.email.casefold(): (accepter.email, accepter.full_name)}
    if about.contact.pk != accepter.pk and about.contact.left_at is None:
        address = about.present_address
        names.setdefault(address.casefold(), (address, about.addressee_name))
    # REG-32: the contacts who receive copies of agreements.
    for each in about.quote.customer.present_contacts().filter(gets_agreements=True):
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
                "verify_url": verify_address(),
            },
            language=about.language,
            key=f"accepted-{about.pk}-{address.casefold()}"[:200],
            partner=require_partner(),
            about=about.quote,
            customer_id=about.customer_id,
            reply_to=context["sender_email"],
            document=document,
        )
        guarded(email, about)
    for person in _partners_side(about):
        _to_partner("quotes/email/accepted", about, person=person, context={}, document=document)


def declined(about: Confirmation) -> None:
    """Notify the sender and the partner that the customer declined, and why (CON-23)."""
    for person in _partners_side(about):
        _to_partner("quotes/email/declined", about, person=person, context={})


def expired(about: Confirmation) -> None:
    """Notify the sender, or who took over, that nobody answered in time."""
    _to_partner("quotes/email/expired", about, person=in_charge(about), context={})


def withdrawn(about: Confirmation) -> None:
    """Notify the addressee and the partner that the link ends with the customer (REG-61)."""
    with override(about.language):
        context = context_of(about)
    if about.contact.left_at is None and about.contact.erased_at is None:
        email = queue_email(
            to=about.present_address,
            template="quotes/email/withdrawn_customer",
            context={**context, "name": about.addressee_name},
            language=about.language,
            key=f"withdrawn-{about.pk}",
            partner=require_partner(),
            about=about.quote,
            customer_id=about.customer_id,
            reply_to=context["sender_email"],
        )
        guarded(email, about)
    for person in _partners_side(about):
        _to_partner("quotes/email/withdrawn", about, person=person, context={})
