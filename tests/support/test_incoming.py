"""Answers by mail: whose they are, where they go, and what waits for a person."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command

from customers.models import Contact, Customer
from portal.accounts.models import Membership
from portal.accounts.rights import Preset
from portal.files.models import Attachment
from portal.outbox.arriving import inbound_address
from portal.outbox.delivery import dispatch_due
from portal.outbox.models import InboundEmail, OutboundEmail
from portal.outbox.receiving import receive
from portal.outbox.replies import reply_address
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.models import Partner
from support.models import Comment, ProblemReport
from support.services import progress
from support.services.reporting import report_problem
from tests import factories
from tests.conftest import NOW
from tests.portal.outbox.conftest import MailServer
from tests.support.conftest import addresses, mails, problem
from workspace.partners import add_person

State, Reason = InboundEmail.State, InboundEmail.Reason
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 2_000
KARIN = "Karin Lind <karin@havsbris.example>"
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def takes_mail(settings: Any) -> None:
    settings.REPLY_ADDRESS = "support@reply.kontor.example"
    settings.BOUNCE_ADDRESS = "bounces@reply.kontor.example"


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    server = MailServer()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}"
    settings.EMAIL_TIMEOUT = 3
    yield server
    server.stop()


def written(
    text: str = "It works again.",
    *,
    sender: str = "Karin Lind <karin@havsbris.example>",
    **more: str,
) -> EmailMessage:
    """Return a message as a person writes it."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = more.pop("to", "support@reply.kontor.example")
    message["Subject"] = more.pop("subject", "Re: No calls from outside")
    message["Message-ID"] = more.pop("message_id", "<1@havsbris.example>")
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def come_in(message: EmailMessage | bytes, recipient: str = "", at: Any = LATER) -> InboundEmail:
    """Hand a message to the portal, as the mail server does: outside of any partner."""
    raw = message if isinstance(message, bytes) else message.as_bytes()
    with in_public():
        return receive(raw, recipient=recipient, at=at)


def address_of(report: ProblemReport, who: str) -> str:
    """Return the address that this recipient's answers go to."""
    return reply_address(report, who, at=NOW)


def test_reply_by_smtp_and_pipe_becomes_a_comment(
    report: ProblemReport, nordlys: Partner, mail_server: MailServer, monkeypatch: Any
) -> None:
    """OUT-33, OUT-37: through a mail server, the Reply-To, and standard input."""
    with in_public():
        dispatch_due(at=LATER)
    to_karin = next(m for m in mail_server.received if m["To"] == "karin@havsbris.example")
    recipient = str(to_karin["Reply-To"])
    assert recipient.startswith("support+")
    answer = written(
        "It works again.\n\nOn Mon, Kontor wrote 1:\n> Since this morning", to=recipient
    )
    answer.add_attachment(PNG, maintype="image", subtype="png", filename="display.png")
    answer.add_attachment(b"MZ\x00\x01", maintype="application", subtype="exe", filename="run.exe")
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(answer.as_bytes())))
    with in_public():
        call_command("receive_mail", "--recipient", recipient, stdout=out)
    assert "Handled" in out.getvalue()
    comment = Comment.objects.get()
    assert comment.text == "It works again.\n\nNot taken: run.exe"
    assert "> Since this morning" in comment.quoted
    assert (comment.side, comment.audience) == ("customer", "all")
    assert (comment.author_name, comment.author_email) == ("Karin Lind", "karin@havsbris.example")
    assert list(Attachment.objects.about(comment).values_list("name", flat=True)) == ["display.png"]
    row = InboundEmail.objects.for_partner(nordlys).get()
    assert (row.state, row.raw, row.text, row.about_id) == (State.HANDLED, None, "", report.pk)
    assert comment.inbound_id == row.pk
    assert addresses(nordlys, "answer") == ["mikael@nordlys.example", nordlys.notification_email]


def test_the_same_message_delivered_twice_is_one_row_and_one_comment(
    report: ProblemReport, nordlys: Partner
) -> None:
    """OUT-33: whatever its way has added."""
    to = address_of(report, "karin@havsbris.example")
    raw = written().as_bytes()
    first = come_in(b"Received: from a\n by b; Mon\nDelivered-To: " + to.encode() + b"\n" + raw, to)
    again = come_in(b"Received: from c\nReturn-Path: <karin@havsbris.example>\n" + raw, to)
    assert first == again
    assert Comment.objects.count() == 1
    other = come_in(written("Something else.").as_bytes(), to)
    assert other != first
    assert Comment.objects.count() == 2


def test_one_of_the_partners_people_answers_the_customer(
    report: ProblemReport, mikael: Membership, nordlys: Partner
) -> None:
    """OUT-37: for the partner, never as a note, and in their own name."""
    to = address_of(report, "mikael@nordlys.example")
    row = come_in(written("I come at ten.", sender="m <MIKAEL@nordlys.example>"), to)
    assert row.state == State.HANDLED
    comment = Comment.objects.get()
    assert (comment.side, comment.audience, comment.author) == ("partner", "all", mikael)
    assert addresses(nordlys, "answer") == ["karin@havsbris.example"]
    report.refresh_from_db()
    assert report.first_answer_at == LATER


def test_the_support_address_answers_for_the_partner(
    report: ProblemReport, nordlys: Partner
) -> None:
    """OUT-37."""
    to = address_of(report, nordlys.notification_email)
    come_in(written(sender=f"Nordlys <{nordlys.notification_email}>"), to)
    assert Comment.objects.get().side == "partner"


def test_without_the_right_an_answer_waits(
    report: ProblemReport, nordlys: Partner, customer: Customer
) -> None:
    """OUT-37: whoever may not answer in the portal may not by mail."""
    reader = add_person(
        partner=nordlys,
        email="rita@nordlys.example",
        name="Rita Reader",
        preset=Preset.SALES,
        password="a long enough password",
        at=NOW,
    )
    reader.role.rights = ["view_customer", "view_report"]
    reader.role.save()
    row = come_in(
        written(sender="rita@nordlys.example"), address_of(report, "rita@nordlys.example")
    )
    assert (row.state, row.reason, row.partner) == (State.WAITING, Reason.NO_RIGHT, nordlys)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("sender", ["eva@other.example", "mikael@nordlys.example", ""])
def test_another_sender_waits_for_a_person(
    report: ProblemReport, karin: Contact, sender: str, nordlys: Partner
) -> None:
    """OUT-37: the customer's address and the name of one of the partner's people prove nothing."""
    message = written(sender=sender or "undisclosed")
    row = come_in(message, address_of(report, karin.email))
    assert (row.state, row.reason) == (State.WAITING, Reason.OTHER_SENDER)
    assert (row.about_id, row.customer_id) == (report.pk, report.customer_id)
    assert row.raw is not None and "It works again." in row.text
    assert not Comment.objects.exists()


def test_a_customers_answer_opens_a_solved_report_again_for_14_days(
    report: ProblemReport, karin: Contact, anna: Membership
) -> None:
    """OUT-37, REG-33: later it waits for a person."""
    progress.acknowledge(report.pk, by=anna, at=NOW)
    progress.start_work(report.pk, by=anna, at=NOW)
    progress.resolve(report.pk, text="New cable", by=anna, at=NOW)
    to = address_of(report, karin.email)
    late = come_in(written("Too late."), to, at=NOW + timedelta(days=14, minutes=1))
    assert (late.state, late.reason) == (State.WAITING, Reason.GONE)
    later = NOW + timedelta(days=13)
    assert come_in(written("Still dead."), to, at=later).state == State.HANDLED
    report.refresh_from_db()
    assert report.state == ProblemReport.State.IN_PROGRESS
    told = OutboundEmail.objects.across_partners().filter(created_at=later)
    mail = told.get(to_address=anna.user.email)  # One, not a second about the state.
    assert "Still dead." in mail.text
    assert "The report was resolved; it is open again." in mail.text


def test_an_answer_to_a_cancelled_report_waits_and_to_a_merged_one_goes_on(
    report: ProblemReport, karin: Contact, anna: Membership, customer: Customer
) -> None:
    """OUT-37: to the report that it was merged into."""
    to = address_of(report, karin.email)
    other = report_problem(customer, problem(subject="Same"), by=anna, at=NOW)
    report.state, report.merged_into = ProblemReport.State.CANCELLED, other
    report.save()
    assert come_in(written("One."), to).state == State.HANDLED
    assert Comment.objects.get().report == other
    other.state = ProblemReport.State.CLOSED
    other.save()
    assert come_in(written("Two."), to).reason == Reason.GONE


def test_machines_are_never_answered_and_never_a_comment(
    report: ProblemReport, karin: Contact, nordlys: Partner
) -> None:
    """OUT-35."""
    to = address_of(report, karin.email)
    before = OutboundEmail.objects.for_partner(nordlys).count()
    sent = OutboundEmail.objects.for_partner(nordlys).first()
    assert sent is not None
    for number, message in enumerate(
        (
            written("On holiday.", Auto_Submitted="auto-replied"),
            written("On holiday.", Precedence="bulk"),
            written("Our own, come back.", message_id=sent.message_id),
            written("From ourselves.", sender="kontor@kontor.example"),
            written("From ourselves.", sender=to),
        )
    ):
        row = come_in(message, to)
        assert (row.state, row.partner) == (State.AUTOMATIC, nordlys), number
    assert not Comment.objects.exists()
    assert OutboundEmail.objects.for_partner(nordlys).count() == before


def test_a_storm_from_one_sender_waits(report: ProblemReport, karin: Contact) -> None:
    """OUT-35: a machine that does not say so cannot run in a circle with another."""
    to = address_of(report, karin.email)
    rows = [come_in(written(f"I am away ({n})."), to) for n in range(25)]
    assert [row.state for row in rows] == [State.HANDLED] * 20 + [State.WAITING] * 5
    assert rows[-1].reason == Reason.TOO_MANY


def test_a_bounce_at_a_reply_address_marks_mail_and_contact(
    report: ProblemReport, karin: Contact, nordlys: Partner, mikael: Membership
) -> None:
    """OUT-36, SM-EMAIL, ONB-18: and the people of the report are told."""
    from portal.notices.models import Notice
    from tests.portal.outbox.test_bounces import report as bounce

    email = next(m for m in mails(nordlys, "contact") if m.to_address == karin.email)
    email.state, email.secrets_encrypted, email.sent_at = "sent", None, NOW
    email.save()
    row = come_in(bounce(email, to=address_of(report, karin.email)))
    assert (row.state, row.about_id) == (State.AUTOMATIC, report.pk)
    email.refresh_from_db()
    karin.refresh_from_db()
    assert (email.state, karin.bounced_at) == ("bounced", LATER)
    notice = Notice.objects.get(verb="email_not_delivered")
    assert notice.membership == mikael


def test_an_unknown_mailbox_is_noted_when_the_server_says_so_at_once(
    report: ProblemReport, karin: Contact, mail_server: MailServer, nordlys: Partner
) -> None:
    """OUT-36: a refusal as spam says nothing of the address."""
    mail_server.at_rcpt = {karin.email: "550 5.1.1 User unknown"}
    with in_public():
        dispatch_due(at=LATER)
    karin.refresh_from_db()
    assert karin.bounced_at is not None


def test_mail_to_the_partner_makes_a_report_of_the_only_customer_that_knows_the_sender(
    customer: Customer, per: Contact, nordlys: Partner
) -> None:
    """OUT-37: least severity but questions, received by mail; the sender gets a receipt."""
    message = written("Nothing works.\nPlease help.", sender=per.email, subject="Phones dead")
    row = come_in(message, inbound_address(nordlys))
    assert row.state == State.HANDLED
    report = ProblemReport.objects.get()
    assert (report.subject, report.description) == ("Phones dead", "Nothing works.\nPlease help.")
    assert (report.channel, report.severity, report.contact) == ("mail", "3", per)
    assert addresses(nordlys, "contact") == [per.email]


@pytest.mark.parametrize("known", [0, 2])
def test_mail_of_nobody_or_of_two_customers_waits(
    customer: Customer, per: Contact, nordlys: Partner, known: int
) -> None:
    """OUT-37."""
    sender = "nobody@else.example"
    if known:
        other = factories.make_customer("Annan AB", "10050", at=NOW)
        factories.make_contact(other, at=NOW, email=per.email)
        sender = per.email
    row = come_in(written(sender=sender), inbound_address(nordlys))
    assert (row.state, row.reason) == (State.WAITING, Reason.UNKNOWN_SENDER)
    assert not ProblemReport.objects.exists()


@pytest.mark.parametrize(
    "to", ["support+nosuchtoken@reply.kontor.example", "support@reply.kontor.example", "x@y.se", ""]
)
def test_mail_to_an_address_of_nobody_waits_for_channel_sales(nordlys: Partner, to: str) -> None:
    """OUT-38."""
    row = come_in(written(to=to or "none"), to)
    assert (row.state, row.reason, row.partner) == (State.WAITING, Reason.UNKNOWN_ADDRESS, None)


def test_the_recipient_is_found_in_the_headers(report: ProblemReport, karin: Contact) -> None:
    """OUT-33: among a thousand, and where the server has cut it."""
    to = address_of(report, karin.email)
    crowd = ", ".join(f"p{n}@havsbris.example" for n in range(1_000))
    assert come_in(written("One.", to=f"{crowd}, {to}")).state == State.HANDLED
    cut = written("Two.", to=to.upper())
    assert come_in(cut, "support@reply.kontor.example").state == State.HANDLED


def test_partners_stay_apart(report: ProblemReport, karin: Contact, brueckner: Partner) -> None:
    """ISO-01: a sender known at one partner is nobody at the other."""
    row = come_in(written(sender=karin.email), inbound_address(brueckner))
    assert (row.partner, row.reason) == (brueckner, Reason.UNKNOWN_SENDER)
    with in_partner(brueckner):
        assert not ProblemReport.objects.exists()
