"""Why an e-mail did not arrive, in plain words."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from portal.outbox.causes import Kind, cause_of, kind_of
from portal.outbox.models import OutboundEmail


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (550, "5.1.1 <a@b.example>: Recipient address rejected: User unknown", Kind.MAILBOX),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; not found", Kind.DOMAIN),
        (550, "5.1.2 Bad destination system", Kind.DOMAIN),
        (550, "5.4.4 Unable to route: no mail hosts for domain", Kind.DOMAIN),
        (550, "5.2.1 The email account that you tried to reach is inactive", Kind.CLOSED),
        (552, "5.2.2 Mailbox full", Kind.FULL),
        (452, "4.2.2 The email account is over quota", Kind.FULL),
        (552, "5.3.4 Message size exceeds fixed limit", Kind.LARGE),
        (
            554,
            "5.7.1 Service unavailable; client host blocked using zen.spamhaus.org",
            Kind.REFUSED,
        ),
        (550, "5.7.26 Unauthenticated email is not accepted due to DMARC policy", Kind.REFUSED),
        (421, "4.3.2 System not accepting network messages", Kind.LATER),
        (450, "4.2.0 Greylisted, see postgrey", Kind.LATER),
        (451, "Try again later", Kind.LATER),
        (550, "No such user here", Kind.MAILBOX),
        (550, "Mailbox quota exceeded", Kind.FULL),
        (554, "Message rejected as spam", Kind.REFUSED),
        (550, "Sorry", Kind.OTHER),
        # An address or a version in the sentence is no code.
        (550, "Host 10.5.1.1 says sorry", Kind.OTHER),
        (None, "[Errno 111] Connection refused", Kind.AWAY),
        (None, "Connection unexpectedly closed", Kind.AWAY),
        (None, "The message can't be made: ValueError", Kind.UNSENDABLE),
    ],
)
def test_answers_of_mail_servers_are_understood(status: int | None, said: str, kind: Kind) -> None:
    """OUT-25: by the enhanced code, else by the code and the words."""
    assert kind_of(status, said) is kind


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "There is no mailbox eva@b.example."),
        ("de", "Das Postfach eva@b.example gibt es nicht."),
        ("sv", "Det finns ingen brevlåda eva@b.example."),
    ],
)
def test_the_cause_is_said_in_the_readers_language(language: str, words: str) -> None:
    """OUT-25."""
    email = OutboundEmail(to_address="eva@b.example", last_error="5.1.1 No", last_status=550)
    with override(language):
        cause = cause_of(email)
    assert cause is not None
    assert (cause.words, cause.wrong_address) == (words, True)


def test_without_a_failure_there_is_no_cause() -> None:
    assert cause_of(OutboundEmail(to_address="eva@b.example")) is None
