"""How people want to be told: in the portal, by e-mail at once, and a digest every morning."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from portal.accounts.models import Membership
from portal.notices.mailing import send_due
from portal.notices.models import Notice, NoticeSettings
from portal.notices.queries import notices_of
from portal.notices.services import choose_notices, forget_notices, notify
from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner
from tests.conftest import NOW, SignIn

MORNING = datetime(2026, 11, 26, 7, 5, tzinfo=ZoneInfo("Europe/Stockholm"))


def mails(partner: Partner) -> list[OutboundEmail]:
    found = OutboundEmail.objects.for_partner(partner).filter(template="notices/email/notices")
    return list(found.order_by("created_at", "pk"))


def test_kind_that_is_not_shown_counts_as_read(mikael: Membership, anna: Membership) -> None:
    """NOTE-01: listed all the same; another person's choice changes nothing."""
    choose_notices(mikael, shown=["orders"], mailed=[], daily_digest=False)
    notify(mikael, "assigned", at=NOW, customer="Acme, 1")
    notify(mikael, "order_placed", at=NOW, by="A", number="1", customer="Acme, 1")
    notify(anna, "assigned", at=NOW, customer="Acme, 1")
    assert notices_of(mikael).count() == 2
    unread = Notice.objects.filter(read_at=None).values_list("membership_id", "verb")
    assert set(unread) == {(mikael.pk, "order_placed"), (anna.pk, "assigned")}


def test_chosen_kinds_are_mailed_once(mikael: Membership, nordlys: Partner) -> None:
    """NOTE-02: each new one; not those that have an e-mail of their own."""
    choose_notices(
        mikael, shown=["customers", "orders"], mailed=["customers", "orders"], daily_digest=False
    )
    notify(mikael, "assigned", at=NOW, customer="Acme, 1")
    notify(mikael, "order_placed", at=NOW, by="A", number="1", customer="Acme, 1")
    for _twice in range(2):
        send_due(at=NOW + timedelta(minutes=1))
    (mail,) = mails(nordlys)
    assert mail.to_address == "mikael@nordlys.example"
    assert mail.subject == "You are responsible for Acme, 1 now."
    assert mail.subject in mail.text and "Acme, 1" in mail.html


def test_digest_comes_every_morning_with_what_is_unread(
    mikael: Membership, anna: Membership, nordlys: Partner
) -> None:
    """NOTE-02: from seven in the partner's time zone, once a day, and not without news."""
    choose_notices(mikael, shown=["customers"], mailed=[], daily_digest=True)
    notify(mikael, "assigned", at=MORNING - timedelta(hours=9), customer="Acme, 1")
    notify(mikael, "unassigned", at=MORNING - timedelta(hours=8), customer="Beta, 2")
    notify(anna, "assigned", at=MORNING - timedelta(hours=8), customer="Gamma, 3")
    send_due(at=MORNING - timedelta(minutes=10))
    assert mails(nordlys) == []
    for _twice in range(2):
        send_due(at=MORNING)
    (mail,) = mails(nordlys)
    assert mail.subject == "2 notifications"
    assert "Acme, 1" in mail.text and "Beta, 2" in mail.text and "Gamma, 3" not in mail.text
    Notice.objects.update(read_at=MORNING)
    send_due(at=MORNING + timedelta(days=1))
    assert len(mails(nordlys)) == 1


def test_person_who_left_gets_none(mikael: Membership, nordlys: Partner) -> None:
    choose_notices(mikael, shown=["customers"], mailed=["customers"], daily_digest=True)
    notify(mikael, "assigned", at=NOW, customer="Acme, 1")
    Membership.objects.for_partner(nordlys).filter(pk=mikael.pk).update(state="ended")
    send_due(at=NOW)
    assert mails(nordlys) == []
    forget_notices(mikael)
    assert not NoticeSettings.objects.exists()


def test_page_saves_the_choice(mikael: Membership, sign_in: SignIn) -> None:
    """NOTE-01: shown first as it is."""
    client = sign_in(mikael)
    page = client.get("/notices/settings/").content.decode()
    assert page.count("checked") == 4
    client.post("/notices/settings/", {"shown": ["reports"], "mailed": ["reports"]})
    saved = NoticeSettings.objects.get(membership=mikael)
    assert (saved.hidden, saved.mailed) == (["customers", "orders", "emails"], ["reports"])
