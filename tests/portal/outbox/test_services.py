"""`queue_email` and `send_again`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.template import TemplateDoesNotExist

from portal.accounts.models import Membership
from portal.core.errors import RuleError, TenantLeak, UnscopedQuery
from portal.outbox import services
from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import decrypt
from portal.outbox.services import BadAddress, CannotSendAgain, NoNewLink, send_again
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner, TenantModel
from tests.portal.outbox.conftest import AT

Queue = Callable[..., OutboundEmail]
State = OutboundEmail.State


@pytest.fixture
def renewal() -> Iterator[Callable[[services.Renewal], None]]:
    """Register a function that makes new links for `probe/link`, for one test."""

    def declare(call: services.Renewal) -> None:
        services.renews("probe/link")(call)

    yield declare
    services._renewals.pop("probe/link", None)


def dead(email: OutboundEmail) -> OutboundEmail:
    email.state = State.DEAD
    email.dead_at = AT
    email.attempts = 7
    email.last_error = "no such mailbox"
    email.secrets_encrypted = None
    email.save()
    return email


def test_queue_email_writes_a_row_that_is_due(
    queue: Queue, nordlys: Partner, settings: Any
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Kontor <post@kontor.example>"
    email = queue(key="k1")
    assert email.state == State.QUEUED
    assert (email.partner, email.key, email.template) == (nordlys, "k1", "probe/plain")
    assert email.next_try_at == email.created_at == email.queued_at == AT
    assert (email.attempts, email.sent_at, email.dead_at) == (0, None, None)
    assert email.message_id == f"<{email.pk.hex}@kontor.example>"


def test_queue_email_comes_from_the_vendor_in_the_partners_name_d20(
    queue: Queue, nordlys: Partner, settings: Any
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Kontor <post@kontor.example>"
    email = queue()
    assert email.from_address == "post@kontor.example"
    assert email.from_name == nordlys.name
    assert email.reply_to == nordlys.notification_email
    assert queue(reply_to="jonas@nordlys.example").reply_to == "jonas@nordlys.example"


def test_queue_email_outside_a_partner_is_the_vendors_own(queue: Queue, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Kontor <post@kontor.example>"
    with in_public():
        email = queue(key="staff")
        assert queue(key="staff") == email
    assert email.partner is None
    assert (email.from_name, email.reply_to) == ("Kontor", "")


def test_queue_email_with_the_same_key_returns_the_existing_row(
    queue: Queue, django_capture_on_commit_callbacks: Any
) -> None:
    """OUT-01: a key is unique."""
    first = queue(key="order-1")
    with django_capture_on_commit_callbacks() as rung:
        again = queue(key="order-1", to="other@havsbris.example")
    assert again == first
    assert again.to_address == "eva@havsbris.example"
    assert rung == []
    assert OutboundEmail.objects.across_partners().count() == 1


def test_queue_email_keys_of_two_partners_do_not_meet(queue: Queue, brueckner: Partner) -> None:
    ours = queue(key="same")
    theirs = queue(key="same", partner=brueckner)
    assert theirs != ours
    assert list(OutboundEmail.objects.for_partner(brueckner)) == [theirs]


def test_queue_email_is_rolled_back_with_its_transaction(queue: Queue) -> None:
    """OUT-01: the row is written in the transaction of its cause."""
    with pytest.raises(RuleError), transaction.atomic():
        queue()
        raise RuleError("no")
    assert not OutboundEmail.objects.across_partners().exists()


def test_queue_email_wakes_the_dispatcher_once_for_a_transaction(
    queue: Queue, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as rung, transaction.atomic():
        for _each in range(3):
            queue()
    assert len(rung) == 1


def test_queue_email_wakes_the_dispatcher_again_after_a_savepoint_rollback(
    queue: Queue, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as rung, transaction.atomic():
        with pytest.raises(RuleError), transaction.atomic():
            queue()
            raise RuleError("no")
        queue()
    assert len(rung) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "eva",
        "eva@havsbris.example\nBcc: all@nordlys.example",
        "eva@havsbris.example, olle@havsbris.example",
        "Eva <eva@havsbris.example>",
        "eva@havsbris.example\x00",
    ],
)
def test_queue_email_refuses_what_is_no_address(queue: Queue, address: str) -> None:
    with pytest.raises(BadAddress, match=r"^Enter a valid e-mail address\.$"):
        queue(to=address)
    assert not OutboundEmail.objects.across_partners().exists()


def test_queue_email_keeps_headers_to_one_line(queue: Queue, nordlys: Partner) -> None:
    nordlys.name = "Nordlys\r\nBcc: all@nordlys.example"
    email = queue(context={"name": "Eva\r\nBcc: x@y.example\x00\u2028 " + "a" * 300})
    assert email.from_name == "Nordlys Bcc: all@nordlys.example"
    assert email.subject.startswith("News for Eva Bcc: x@y.example aaa")
    assert len(email.subject) == 200
    assert email.subject.endswith("…")


def test_queue_email_with_a_broken_template_raises(queue: Queue) -> None:
    """OUT-01: what can't be rendered rolls back the transaction."""
    with pytest.raises(TemplateDoesNotExist):
        queue(template="probe/broken")
    assert not OutboundEmail.objects.across_partners().exists()


def test_queue_email_notes_what_it_is_about(queue: Queue, anna: Membership) -> None:
    email = queue(about=anna)
    assert (email.about_type, email.about_id) == ("accounts.membership", anna.pk)
    assert email.about_label == "Anna Test"
    assert email.customer_id is None


def test_queue_email_notes_the_customer(queue: Queue) -> None:
    customer = uuid4()
    assert queue(customer_id=customer).customer_id == customer


def test_queue_email_about_another_partners_object_is_a_leak(queue: Queue) -> None:
    class Foreign(TenantModel):
        class Meta:
            app_label = "tests"
            managed = False

    with pytest.raises(TenantLeak):
        queue(about=Foreign(partner_id=uuid4()))
    assert queue(about=Foreign()).about_type == "tests.foreign"


def test_secrets_are_not_in_the_stored_text(queue: Queue) -> None:
    """OUT-04: the text has a placeholder."""
    link = "https://nordlys.example/reset/Zk3-secret?a=1&b=2"
    email = queue(template="probe/link", context={}, secrets={"link": link})
    stored = OutboundEmail.objects.across_partners().values().get()
    for name, value in stored.items():
        assert "Zk3-secret" not in str(value), name
        if isinstance(value, memoryview):
            assert b"Zk3-secret" not in bytes(value), name
    assert email.has_secrets
    assert decrypt(stored["secrets_encrypted"]) == {"link": link}


def test_the_database_refuses_secrets_of_a_message_that_is_done(queue: Queue) -> None:
    """OUT-04: one that was given up may keep them, until a person decides."""
    email = queue(template="probe/link", context={}, secrets={"link": "x"})
    for state in (State.SENT, State.BOUNCED):
        with pytest.raises(IntegrityError, match="email_secrets_erased"), transaction.atomic():
            OutboundEmail.objects.across_partners().filter(pk=email.pk).update(state=state)


def test_outbound_email_is_asked_for_a_partner(nordlys: Partner) -> None:
    with pytest.raises(UnscopedQuery):
        OutboundEmail.objects.count()


def test_send_again_queues_a_dead_message(
    queue: Queue, django_capture_on_commit_callbacks: Any
) -> None:
    """SM-EMAIL: DEAD -> QUEUED."""
    email = dead(queue())
    later = AT + timedelta(days=30)
    with django_capture_on_commit_callbacks() as rung:
        send_again(email, at=later)
    email.refresh_from_db()
    assert email.state == State.QUEUED
    assert (email.attempts, email.dead_at) == (0, None)
    assert email.next_try_at == email.queued_at == later
    assert email.created_at == AT
    assert len(rung) == 1


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (State.QUEUED, "queued"),
        (State.WAITING, "waiting for its document"),
        (State.SENT, "sent"),
    ],
)
def test_send_again_refuses_every_other_state(queue: Queue, state: State, word: str) -> None:
    """SM-EMAIL: only what was given up is sent again."""
    email = queue()
    email.state = state
    email.save()
    with pytest.raises(CannotSendAgain) as refusal:
        send_again(email, at=AT)
    assert str(refusal.value) == f"This e-mail is {word} and cannot be sent again."


def test_send_again_looks_at_the_row_and_not_at_what_the_page_knew(queue: Queue) -> None:
    stale = dead(queue())
    send_again(stale, at=AT)
    assert stale.is_dead
    with pytest.raises(CannotSendAgain):
        send_again(stale, at=AT)


def test_send_again_without_anybody_who_makes_a_new_link_is_refused(queue: Queue) -> None:
    email = dead(queue(template="probe/link", context={}, secrets={"link": "old"}))
    with pytest.raises(NoNewLink, match="sends a new link"):
        send_again(email, at=AT)
    email.refresh_from_db()
    assert email.is_dead


def test_send_again_puts_a_new_link_in(
    queue: Queue, renewal: Callable[[services.Renewal], None], nordlys: Partner
) -> None:
    seen: list[Any] = []

    def renew(email: OutboundEmail, *, at: datetime) -> Mapping[str, str]:
        from portal.tenancy.context import current_partner

        seen.append(SimpleNamespace(pk=email.pk, at=at, partner=current_partner()))
        return {"link": "https://new.example/"}

    renewal(renew)
    email = dead(queue(template="probe/link", context={}, secrets={"link": "old"}))
    with in_public():
        send_again(email, at=AT)
    email.refresh_from_db()
    assert decrypt(email.secrets_encrypted) == {"link": "https://new.example/"}
    assert [(each.pk, each.at, each.partner) for each in seen] == [(email.pk, AT, nordlys)]


def test_send_again_is_undone_when_no_link_is_made(
    queue: Queue, renewal: Callable[[services.Renewal], None]
) -> None:
    def renew(email: OutboundEmail, *, at: datetime) -> Mapping[str, str]:
        raise RuleError("This invitation has ended.")

    renewal(renew)
    email = dead(queue(template="probe/link", context={}, secrets={"link": "old"}))
    with pytest.raises(RuleError, match="has ended"):
        send_again(email, at=AT)
    email.refresh_from_db()
    assert email.is_dead
