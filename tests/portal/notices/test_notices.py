"""Notifications: only one's own, in one's own language, marked as read when opened."""

from __future__ import annotations

from uuid import uuid4

from django.utils.translation import override

from portal.accounts.models import Membership
from portal.notices.messages import registered_verbs, text_of
from portal.notices.models import Notice
from portal.notices.queries import notices_of
from portal.notices.services import mark_all_read, notify
from tests.conftest import NOW, SignIn


def unread(person: Membership) -> int:
    return notices_of(person).filter(read_at=None).count()


def test_badge_counts_unread_notifications(mikael: Membership, sign_in: SignIn) -> None:
    """REG-20: on every page; more than 99 are shown as 99+."""
    client = sign_in(mikael)
    assert "Notifications: 0 new" in client.get("/").content.decode()
    for _n in range(3):
        notify(mikael, "assigned", at=NOW, url="/customers/", customer="Acme, 1")
    assert "Notifications: 3 new" in client.get("/").content.decode()
    for _n in range(120):
        notify(mikael, "assigned", at=NOW, customer="Acme, 1")
    assert "99+" in client.get("/").content.decode()


def test_opening_one_reads_it_and_goes_there(mikael: Membership, sign_in: SignIn) -> None:
    """REG-20: a GET changes nothing."""
    notice = notify(mikael, "assigned", at=NOW, url="/customers/", customer="Acme, 1")
    client = sign_in(mikael)
    assert "You are responsible for Acme, 1 now." in client.get("/notices/").content.decode()
    assert client.get(f"/notices/{notice.pk}/open/").status_code == 405
    assert unread(mikael) == 1
    assert client.post(f"/notices/{notice.pk}/open/")["Location"] == "/customers/"
    assert unread(mikael) == 0


def test_another_persons_is_not_there(
    mikael: Membership, jonas: Membership, sign_in: SignIn
) -> None:
    """ISO-13: neither shown, nor opened, nor marked."""
    notice = notify(mikael, "assigned", at=NOW, customer="Acme, 1")
    client = sign_in(jonas)
    assert "Acme" not in client.get("/notices/").content.decode()
    assert client.post(f"/notices/{notice.pk}/open/").status_code == 404
    client.post("/notices/read/")
    assert unread(mikael) == 1
    assert mark_all_read(mikael, at=NOW) == 1
    assert unread(mikael) == 0


def test_every_verb_has_a_message() -> None:
    """Each verb with details has a message; an unknown verb is shown as it is."""
    names = "customer n number by person substitute customers drafts orders subject to who".split()
    names += ["platform", "family", "day", "title"]
    details = dict.fromkeys(names, "1") | {"start": "2026-12-01", "end": "2026-12-02"}
    with override("en"):
        for verb in sorted(registered_verbs()):
            assert "%" not in text_of(Notice(verb=verb, details=details, partner_id=uuid4())), verb
        assert text_of(Notice(verb="other", details={}, partner_id=uuid4())) == "other"
