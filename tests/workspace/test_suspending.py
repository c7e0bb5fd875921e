"""A suspended partner: nothing leaves, nothing is lost, and all goes on afterwards (CHAN-21)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.accounts.models import Membership, Session, User
from portal.outbox.delivery import dispatch_due
from portal.outbox.models import InboundEmail, OutboundEmail
from portal.outbox.receiving import receive, sweep
from portal.outbox.services import queue_email
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.models import Partner, PartnerEvent
from tests.conftest import NOW, HostClient, SignIn
from workspace.suspending import (
    NotSuspended,
    SuspendedAlready,
    reopen_partner,
    suspend_partner,
)

LATER = NOW + timedelta(days=5)


@pytest.fixture
def sent(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """The folder that mail is sent to."""
    settings.EMAIL_URL = f"file://{tmp_path}"
    yield tmp_path


def _queue(partner: Partner, key: str) -> OutboundEmail:
    with in_partner(partner):
        return queue_email(
            to="somebody@customer.example",
            template="workspace/email/handed_over",
            context={"name": "Kim", "left": "Jo", "summary": []},
            language="en",
            key=key,
            at=NOW,
        )


def _state(email: OutboundEmail) -> str:
    return OutboundEmail.objects.across_partners().get(pk=email.pk).state


def test_mail_waits_and_goes_out_afterwards(
    sent: Path, nordlys: Partner, brueckner: Partner, staff: User
) -> None:
    """CHAN-21: also after more than the 72 hours for which a server is tried; others go out."""
    mine = _queue(nordlys, "mine")
    suspend_partner(nordlys, reason="Bills", by=staff, at=NOW)
    meanwhile, other = _queue(nordlys, "meanwhile"), _queue(brueckner, "other")
    dispatch_due(at=LATER)
    assert [_state(each) for each in (mine, meanwhile, other)] == ["queued", "queued", "sent"]
    assert len(list(sent.iterdir())) == 1
    reopen_partner(nordlys, reason="Paid", by=staff, at=LATER)
    mine.refresh_from_db()
    assert mine.queued_at == LATER
    dispatch_due(at=LATER)
    assert [_state(each) for each in (mine, meanwhile)] == ["sent", "sent"]
    assert len(list(sent.iterdir())) == 3


def test_mail_that_comes_in_waits_and_is_handled_afterwards(
    settings: Any, nordlys: Partner, staff: User
) -> None:
    """CHAN-21: neither refused nor taken over meanwhile."""
    settings.REPLY_ADDRESS = "support@reply.kontor.example"
    raw = b"From: kim@customer.example\r\nTo: support+nordlys@reply.kontor.example\r\n"
    raw += b"Subject: Dead\r\nMessage-ID: <1@customer.example>\r\n\r\nThe line is dead.\r\n"
    suspend_partner(nordlys, reason="Bills", by=staff, at=NOW)
    row = receive(raw, recipient="support+nordlys@reply.kontor.example", at=NOW)
    failed = (InboundEmail.State.WAITING, InboundEmail.Reason.FAILED)
    assert (row.state, row.reason, row.partner_id) == (*failed, nordlys.pk)
    assert sweep(at=NOW + timedelta(hours=1))[0] == 0
    reopen_partner(nordlys, reason="Paid", by=staff, at=LATER)
    assert sweep(at=LATER + timedelta(minutes=10))[0] == 1
    row.refresh_from_db()
    assert row.reason == InboundEmail.Reason.UNKNOWN_SENDER


def test_sessions_end_here_and_nowhere_else(
    sign_in: SignIn, nordlys: Partner, anna: Membership, lena: Membership, staff: User
) -> None:
    """CHAN-21: only those on this partner's hosts."""
    here, there = sign_in(anna), sign_in(lena)
    suspend_partner(nordlys, reason="Bills", by=staff, at=NOW)
    assert here.get("/").status_code == 503
    assert there.get("/").status_code == 200
    assert not Session.objects.filter(partner=nordlys).exists()
    reopen_partner(nordlys, reason="Paid", by=staff, at=LATER)
    assert here.get("/").status_code == 302
    assert HostClient("nordlys.localhost").get("/accounts/login/").status_code == 200


def test_who_when_and_why_is_kept(nordlys: Partner, staff: User) -> None:
    """CHAN-21: append-only; a second suspension is refused."""
    suspend_partner(nordlys, reason="Bills", by=staff, at=NOW)
    with pytest.raises(SuspendedAlready, match="suspended already"):
        suspend_partner(nordlys, reason="Again", by=staff, at=NOW)
    reopen_partner(nordlys, reason="Paid", by=staff, at=LATER)
    with pytest.raises(NotSuspended):
        reopen_partner(nordlys, reason="Again", by=staff, at=LATER)
    with in_public():
        found = PartnerEvent.objects.filter(partner_id=nordlys.pk).order_by("at")
        assert [(each.kind, each.reason, each.user, each.at) for each in found] == [
            ("suspended", "Bills", staff, NOW),
            ("reopened", "Paid", staff, LATER),
        ]
        for change in (found.delete, lambda: found.update(reason="")):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                change()
