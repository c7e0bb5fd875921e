"""What becomes of the e-mails that wait for a document that could not be made (AVAIL-06).

By kind: some tell what matters without it, so they leave with words that say that the document
follows, and it follows in an e-mail of its own when it is made after all. The others wait, which is
shown, and whoever is in charge is told.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.outbox.models import Document, OutboundEmail
from portal.outbox.rendering import Voice
from portal.outbox.services import queue_email, wake_dispatcher
from portal.outbox.telling import tell_waiting

State = OutboundEmail.State
NOT_MADE = "The document can't be made"
FOLLOWS = "outbox/email/document"

_complete_without: set[str] = set()


def complete_without(*templates: str) -> None:
    """Say, in an app's ``emails`` module, which e-mails are complete without their document."""
    _complete_without.update(templates)


def let_go(document: Document, *, at: datetime) -> None:
    """Decide on the e-mails that wait for a document that was given up, in a transaction."""
    for email in _of(document).filter(state=State.WAITING).select_for_update():
        if email.template in _complete_without:
            _say_that_it_follows(email, document)
            email.state, email.without_document = State.QUEUED, True
            email.next_try_at = email.queued_at = at
            wake_dispatcher()
        else:
            email.last_error = NOT_MADE
            tell_waiting(email, document, at=at)
        email.save()


def release(document: Document, *, at: datetime) -> None:
    """Send what waits for a document that is made, and send it after what left without it."""
    waiting = _of(document).filter(state=State.WAITING)
    waiting.update(state=State.QUEUED, next_try_at=at, queued_at=at, last_error="")
    for email in _of(document).filter(without_document=True):
        later = queue_email(
            to=email.to_address,
            template=FOLLOWS,
            context={"before": email.subject, "file_name": document.file_name},
            language=email.language,
            key=f"document-{email.pk}",
            partner=document.partner,
            customer_id=email.customer_id,
            reply_to=email.reply_to or None,
            document=document,
            voice=Voice.PARTNER,
            at=at,
        )
        later.about_type, later.about_id = email.about_type, email.about_id
        later.about_label = email.about_label
        later.save(update_fields=["about_type", "about_id", "about_label"])
    wake_dispatcher()


def _of(document: Document) -> models.QuerySet[OutboundEmail]:
    return OutboundEmail.objects.for_partner(document.partner).filter(document=document)


def _say_that_it_follows(email: OutboundEmail, document: Document) -> None:
    """Put the words below the heading of the stored text and HTML."""
    with override(email.language):
        words = _(
            "The document “%(file)s” could not be made yet. "
            "It follows in an e-mail of its own, and nothing has to be done for that."
        ) % {"file": document.file_name}
    heading, gap, rest = email.text.partition("\n\n")
    email.text = f"{heading}\n\n{words}\n\n{rest}" if gap else f"{email.text}\n{words}\n"
    note = format_html("<p><strong>{}</strong></p>", words)
    before, end, after = email.html.partition("</h1>")
    email.html = f"{before}{end}{note}{after}" if end else f"{email.html}{note}"
