"""Telling the people in charge that an e-mail did not arrive (OUT-29, OUT-36)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.notices.messages import NoticeMessage, register_notices
from portal.notices.services import notify
from portal.outbox.models import Document, OutboundEmail
from portal.tenancy.context import in_partner

NOT_DELIVERED = "email_not_delivered"
WAITS_FOR_DOCUMENT = "email_waits_for_document"

People = Callable[[UUID, datetime], Iterable[Membership]]
# Notes that an address of a customer does not work.
NoteAddress = Callable[[str, UUID, datetime], object]

_people: dict[str, People] = {}
_addresses: list[NoteAddress] = []


def people_about(about_type: str, people: People) -> None:
    """Register who is in charge of the objects of a model (`app.model`)."""
    _people[about_type] = people


def on_wrong_address(note: NoteAddress) -> None:
    """Register what is done where an address of a customer turns out not to work."""
    _addresses[:] = [note]


def note_wrong_address(email: OutboundEmail, *, at: datetime) -> None:
    """Note that the address of a message to a customer does not work (OUT-36)."""
    if email.partner is None or email.customer_id is None:
        return
    with in_partner(email.partner):
        for note in _addresses:
            note(email.to_address, email.customer_id, at)


def register() -> None:
    """Register the message of the notification."""
    register_notices(
        {
            NOT_DELIVERED: NoticeMessage(
                _("The e-mail “%(subject)s” did not reach %(to)s."),
                "alert-triangle",
                kind="emails",
            ),
            WAITS_FOR_DOCUMENT: NoticeMessage(
                _("The document “%(title)s” could not be made. The e-mail to %(to)s waits for it."),
                "alert-triangle",
                kind="emails",
            ),
        }
    )


def tell_in_charge(email: OutboundEmail, *, at: datetime) -> None:
    """Notify whoever gets the recipient's answers, as part of the caller's transaction.

    That is the person who sent it, or who took over; where the portal takes the answers, whoever is
    told of what becomes of the object. An e-mail whose answers go to the partner's own address is
    nobody's: it stands on the dashboard and on the page of what it is about.
    """
    if email.partner is None:
        return
    with in_partner(email.partner):
        for person in _in_charge(email, at=at):
            facts = {"subject": email.subject, "to": email.to_address}
            notify(person, NOT_DELIVERED, at=at, url=about_url(email), **facts)


def tell_waiting(email: OutboundEmail, document: Document, *, at: datetime) -> None:
    """Notify the same people that a message waits for a document that was given up (AVAIL-06)."""
    if email.partner is None:
        return
    with in_partner(email.partner):
        for person in _in_charge(email, at=at):
            facts = {"title": document.file_name, "to": email.to_address}
            notify(person, WAITS_FOR_DOCUMENT, at=at, url=about_url(email), **facts)


def _in_charge(email: OutboundEmail, *, at: datetime) -> list[Membership]:
    """Return the people of the partner who are in charge of a message, each once."""
    assert email.partner is not None
    found: dict[UUID, Membership] = {}
    if email.reply_to:
        people = Membership.objects.own_people(email.partner).filter(
            user__email__iexact=email.reply_to, state=Membership.State.ACTIVE
        )
        found = {person.pk: person for person in people}
    about = _people.get(email.about_type)
    if about is not None and email.about_id is not None:
        # Not to the one whom it did not reach.
        for person in about(email.about_id, at):
            if person.user.email.lower() != email.to_address.lower():
                found.setdefault(person.pk, person)
    return list(found.values())


def about_url(email: OutboundEmail) -> str:
    """Return the address of the page of what a message is about; empty without one."""
    page = _page_of(email.about_type)
    return reverse(page, settings.ROOT_URLCONF, args=[email.about_id]) if page else ""


@cache
def _page_of(about_type: str) -> str:
    """Return the name of the page that shows an object, `<app>:<model>`; empty without one."""
    name = about_type.replace(".", ":")
    with suppress(NoReverseMatch):
        reverse(name, settings.ROOT_URLCONF, args=[UUID(int=0)])
        return name
    return ""
