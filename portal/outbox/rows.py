"""Messages as rows of a list: the outbox, and the pages of what messages are about."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.templatetags.kontor import moment
from portal.outbox import queries
from portal.outbox.causes import cause_of
from portal.outbox.columns import SIGNS
from portal.outbox.correcting import recipient_of
from portal.outbox.kinds import kind_in_words
from portal.outbox.models import OutboundEmail
from portal.outbox.services import can_send_again
from portal.outbox.telling import about_url
from portal.tenancy.models import Partner

State = OutboundEmail.State


# The signs of the states of documents.
DOCUMENT_CSS = {"ready": "is-ok", "pending": "is-live", "dead": "is-bad"}


@dataclass(frozen=True)
class Row:
    """The texts of one row, formatted here because templates are slow at it."""

    url: str
    subject: str
    to: str
    about: str
    about_url: str
    state: str
    badge: str
    when: str
    cause: str
    again_url: str
    correct_url: str = ""
    wrong_address: bool = False


def as_row(email: OutboundEmail, *, with_recipient: bool = False) -> Row:
    """Return the row of one message; ``with_recipient``: look up whether it can be corrected."""
    state = State(email.state)
    again = reverse("outbox:send_again", args=[email.pk]) if can_send_again(email) else ""
    cause = cause_of(email) if email.needs_a_person else None
    correct = ""
    if with_recipient and again and recipient_of(email) is not None:
        correct = reverse("outbox:correct", args=[email.pk])
    return Row(
        url=reverse("outbox:detail", args=[email.pk]),
        subject=email.subject,
        to=email.to_address,
        about=email.about_label,
        about_url=about_url(email),
        state=str(state.label),
        badge=SIGNS[state],
        when=moment(email.sent_at or email.created_at),
        cause=cause.words if cause else "",
        again_url=again,
        correct_url=correct,
        wrong_address=cause is not None and cause.wrong_address,
    )


def rows_about(partner: Partner, about: models.Model) -> list[Row]:
    """Return rows of the messages about one object, newest first, for `outbox/_emails.html`."""
    return [
        as_row(email, with_recipient=True) for email in queries.emails_about(partner, about)[:20]
    ]


def summary_of(email: OutboundEmail) -> list[tuple[str, str]]:
    """Return what the page of a message tells of its way: label and value."""
    details = [
        (_("To"), email.to_address),
        (_("From"), f"{email.from_name}\n{email.from_address}"),
        (_("Answers go to"), email.reply_to),
        (_("Kind"), kind_in_words(email.template)),
        (_("Language"), email.get_language_display()),
        (_("Queued"), moment(email.queued_at)),
        (_("Attempts"), str(email.attempts)),
    ]
    if email.state == State.QUEUED:
        details.append((_("Next attempt"), moment(email.next_try_at)))
    if email.sent_at:
        details.append((_("Sent"), moment(email.sent_at)))
    if email.dead_at:
        label = _("Came back") if email.state == State.BOUNCED else _("Given up")
        details.append((label, moment(email.dead_at)))
    if email.document is not None:
        details.append((_("Attachment"), email.document.file_name))
    details.append((_("Message-ID"), email.message_id))
    return details
