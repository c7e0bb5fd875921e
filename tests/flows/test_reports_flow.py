"""Many reports at once while the mail server is down, and answers that come in at the same time."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from customers.services import assign, set_support_roles
from portal.accounts.models import Membership
from portal.outbox.delivery import dispatch_due
from portal.outbox.models import InboundEmail, OutboundEmail
from portal.outbox.receiving import receive
from portal.outbox.replies import reply_address
from portal.tenancy.context import in_public
from support.models import Comment, ProblemReport
from support.services.reporting import Problem, report_problem
from tests import factories
from tests.conftest import NOW
from tests.flows.conftest import at_once
from tests.portal.outbox.conftest import MailServer

Live = Callable[..., Membership]
REPORTS, THREADS = 200, 8


def test_200_reports_while_the_mail_server_is_down_lose_no_mail(live: Live, settings: Any) -> None:
    """OUT-05, ONB-18: one to each recipient of each report as soon as it is back."""
    boss = live("stormy")
    settings.REPLY_ADDRESS = "support@reply.kontor.example"
    customer = factories.make_customer("Storm AB", "20001", at=NOW)
    for name in ("karin", "per"):
        contact = factories.make_contact(customer, at=NOW, email=f"{name}@storm.example")
        set_support_roles(contact, ["maintainer"], at=NOW)
    assign(customer, boss, at=NOW)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_URL = f"smtp://127.0.0.1:{closed.getsockname()[1]}"

    def press(first: int) -> None:
        for number in range(first, REPORTS, THREADS):
            said = Problem(subject=f"Problem {number}", description="Dead", severity="2")
            report_problem(customer, said, by=None, at=NOW, sender=("Eva", "eva@storm.example"))
            if number % 20 == 0:
                with in_public():
                    dispatch_due(at=NOW)

    results = at_once(boss.partner, [lambda n=n: press(n) for n in range(THREADS)])  # type: ignore[misc]
    assert results == [None] * THREADS
    numbers = list(ProblemReport.objects.values_list("number", flat=True))
    assert len(set(numbers)) == REPORTS
    mails = OutboundEmail.objects.for_partner(boss.partner).filter(about_label__startswith="P")
    recipients = {
        *("karin@storm.example", "per@storm.example", "eva@storm.example"),
        *(boss.user.email, boss.partner.notification_email),
    }
    assert set(mails.values_list("state", flat=True)) == {"queued"}
    server = MailServer()
    try:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}"
        with in_public():
            dispatch_due(at=NOW + timedelta(hours=1), limit=5_000)
        got = Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in server.received)
    finally:
        server.stop()
    assert set(got.values()) == {1}
    assert Counter(to for to, _id in got) == dict.fromkeys(recipients, REPORTS)


def test_the_same_answer_delivered_many_times_at_once_is_one_comment(
    live: Live, settings: Any
) -> None:
    """OUT-33: also while two others answer at the same moment."""
    boss = live("answers")
    settings.REPLY_ADDRESS = "support@reply.kontor.example"
    customer = factories.make_customer("Answer AB", "20001", at=NOW)
    said = Problem(subject="Dead", description="Dead", severity="2")
    report = report_problem(customer, said, by=None, at=NOW, sender=("Eva", "eva@a.example"))
    to = reply_address(report, "eva@a.example", at=NOW)

    def deliver(text: str) -> Callable[[], str]:
        raw = f"From: eva@a.example\nSubject: Re\n\n{text}\n".encode()

        def call() -> str:
            with in_public():
                return receive(raw, recipient=to, at=NOW).state

        return call

    calls = [deliver("The same")] * 6 + [deliver("One more"), deliver("And another")]
    assert at_once(boss.partner, calls) == ["handled"] * 8
    texts = sorted(Comment.objects.values_list("text", flat=True))
    assert texts == ["And another", "One more", "The same"]
    assert InboundEmail.objects.for_partner(boss.partner).count() == 3
