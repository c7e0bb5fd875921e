"""Staff are told what happens at the partners, as each of them chose (CHAN-30)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from customers.emails import ask_about_name
from customers.models import Customer
from orders.services.recreating import ask_cancel
from portal.accounts.models import Membership, User
from portal.channel.mailing import send_due
from portal.channel.models import StaffEvent, StaffNotice, StaffNoticeRead, StaffSubscription
from portal.channel.telling import choose, count_unread, subscription_of, tell_staff
from portal.core.staff_rights import StaffGroup
from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner
from support.services.handing_over import escalate
from support.services.progress import acknowledge
from support.services.reporting import report_problem
from tests.admin_helpers import bring_to, member_of_staff, order_url, text
from tests.conftest import NOW, SignIn
from tests.factories import make_order
from tests.support.conftest import problem

LIST = "/admin/channel/staffnotice/"
MORNING = datetime.fromisoformat("2026-11-24T06:30:00+00:00")
Mail = StaffSubscription.Mail


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    settings.VENDOR_TIME_ZONE = "Europe/Stockholm"


def tell(partner: Partner, key: str = "1", *, at: datetime = NOW, **changes: Any) -> None:
    """Tell staff of an order."""
    values: dict[str, Any] = {"label": f"NR{key}", "path": f"/admin/x/{key}/", **changes}
    tell_staff(values.pop("kind", StaffEvent.ORDER), partner=partner, key=key, at=at, **values)


def mails(user: User) -> list[OutboundEmail]:
    """Return the vendor's own e-mails to a person, oldest first."""
    found = OutboundEmail.objects.across_partners().filter(partner=None, to_address=user.email)
    return list(found.order_by("created_at"))


def notices(partner: Partner) -> list[tuple[str, str]]:
    """Return kind and label of what staff were told, oldest first."""
    rows = StaffNotice.objects.for_partner(partner).order_by("at", "kind")
    return list(rows.values_list("kind", "label"))


def test_a_new_order_and_a_cancel_asked_for_are_told(
    havsbris: Customer, jonas: Membership, nordlys: Partner, staff: User, sign_in: SignIn
) -> None:
    """CHAN-30: in the transaction of the cause; opened, the notice leads to the order."""
    order = make_order(havsbris, by=jonas, at=NOW)
    assert notices(nordlys) == [("order", f"{order.number}, Havsbris Konsult AB, 10042")]
    bring_to(order, "accepted")
    ask_cancel(order.pk, reason="other", text="", at=NOW + timedelta(hours=1))
    assert [kind for kind, _label in notices(nordlys)] == ["order", "cancel"]
    notice = StaffNotice.objects.for_partner(nordlys).get(kind="order")
    opened = sign_in(staff).get(f"{LIST}{notice.pk}/change/")
    assert opened["Location"] == order_url(order)


def test_an_escalated_report_and_a_name_asked_about_are_told(
    havsbris: Customer, anna: Membership, nordlys: Partner
) -> None:
    """CHAN-30: both stand beside the orders."""
    report = report_problem(havsbris, problem(), by=anna, at=NOW)
    acknowledge(report.pk, by=anna, at=NOW)
    escalate(report.pk, text="The trunk is down.", by=anna, at=NOW)
    ask_about_name(partner=nordlys, by=anna.user, name="Fjord AB", message="", at=NOW)
    assert dict(notices(nordlys)) == {
        "report": f"{report.number}, {report.subject}",
        "name": "Fjord AB",
    }


def test_what_is_undone_is_not_told(nordlys: Partner) -> None:
    """CHAN-30: the row is part of the transaction, and the same event is told once."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(nordlys)
        raise ZeroDivisionError
    assert notices(nordlys) == []
    tell(nordlys)
    tell(nordlys)
    assert len(notices(nordlys)) == 1


def test_each_is_told_of_what_they_chose(
    nordlys: Partner, brueckner: Partner, sign_in: SignIn
) -> None:
    """CHAN-30: kinds and partners; without a choice all of all, who only reads too."""
    tell(nordlys, "1")
    tell(nordlys, "2", kind=StaffEvent.REPORT)
    tell(brueckner, "3")
    reader = member_of_staff(StaffGroup.READ)
    client = sign_in(reader)
    page = text(client.get(LIST))
    assert all(f"NR{number}" in page for number in "123")
    assert '<span class="k-bell-count">3' in page
    posted = {"kinds": ["order"], "partners": [str(nordlys.pk)], "mail": "never"}
    assert client.post(f"{LIST}settings/", posted).status_code == 302
    page = text(client.get(LIST))
    assert "NR1" in page and "NR2" not in page and "NR3" not in page
    shown = text(client.get(f"{LIST}settings/"))
    assert re.search(f'value="{nordlys.pk}"[^>]* checked', shown)
    assert not re.search(f'value="{brueckner.pk}"[^>]* checked', shown)
    bad = {"kinds": ["nonsense"], "mail": "pigeon"}
    assert client.post(f"{LIST}settings/", bad).status_code == 200
    assert subscription_of(reader).kinds == ["order"]


def test_what_was_opened_or_marked_is_read(nordlys: Partner, staff: User, sign_in: SignIn) -> None:
    """CHAN-30: the bell counts what is unread, each person for themselves."""
    for number in "123":
        tell(nordlys, number, at=NOW + timedelta(minutes=int(number)))
    client, other = sign_in(staff), member_of_staff(StaffGroup.READ)
    first = StaffNotice.objects.for_partner(nordlys).get(key="1")
    client.get(f"{LIST}{first.pk}/change/")
    client.get(f"{LIST}{first.pk}/change/")
    assert count_unread(subscription_of(staff)) == 2
    assert "NR1" not in text(client.get(f"{LIST}?unread=1"))
    with time_machine.travel(NOW + timedelta(hours=1)):
        assert client.post(f"{LIST}read/").status_code == 302
    assert count_unread(subscription_of(staff)) == 0
    assert StaffNoticeRead.objects.count() == 0
    assert count_unread(subscription_of(other)) == 3
    assert "k-bell-count" not in text(client.get("/admin/"))


def test_an_e_mail_at_once_goes_to_who_wants_it(nordlys: Partner, staff: User) -> None:
    """CHAN-30: in the reader's language, once; the sweep sends nothing again."""
    swedish = member_of_staff(StaffGroup.ORDERS)
    User.objects.filter(pk=swedish.pk).update(language="sv")
    choose(swedish, kinds=["order"], partners=[], mail=Mail.AT_ONCE, at=NOW)
    tell(nordlys, "1")
    tell(nordlys, "2", kind=StaffEvent.NAME)
    send_due(at=NOW)
    assert send_due(at=NOW + timedelta(minutes=1)) == 0
    assert mails(staff) == []
    (mail,) = mails(swedish)
    assert mail.language == "sv"
    assert "NR1" in mail.subject and "Nordlys Telekom AB" in mail.subject
    for part in (mail.text, mail.html):
        assert "http://localhost/admin/x/1/" in part
        assert "/admin/channel/staffnotice/settings/" in part


def test_what_is_old_is_not_mailed_at_once(nordlys: Partner) -> None:
    """CHAN-30: after days without a worker it is in the list, and in no mail."""
    reader = member_of_staff(StaffGroup.READ)
    choose(reader, kinds=["order"], partners=[], mail=Mail.AT_ONCE, at=NOW)
    tell(nordlys, "1", at=NOW - timedelta(days=4))
    tell(nordlys, "2", at=NOW - timedelta(days=2))
    assert send_due(at=NOW) == 1
    assert send_due(at=NOW) == 0
    assert count_unread(subscription_of(reader)) == 2


def test_the_daily_e_mail_tells_of_the_day_once(nordlys: Partner) -> None:
    """CHAN-30: from seven in the vendor's morning; nothing on a day without anything."""
    reader = member_of_staff(StaffGroup.READ)
    choose(reader, kinds=["order"], partners=[nordlys], mail=Mail.DAILY, at=NOW)
    tell(nordlys, "1", at=NOW + timedelta(hours=1))
    tell(nordlys, "2", at=NOW + timedelta(hours=2))
    assert send_due(at=MORNING - timedelta(hours=1)) == 0
    assert send_due(at=MORNING) == 1
    assert send_due(at=MORNING + timedelta(hours=1)) == 0
    assert send_due(at=MORNING + timedelta(days=1)) == 0
    (mail,) = mails(reader)
    assert mail.subject == "2 notifications"
    assert "New order NR2, Nordlys Telekom AB" in mail.text


@pytest.mark.parametrize("gone", ["inactive", "no longer staff", "without rights"])
def test_nobody_who_may_not_read_is_mailed(gone: str, nordlys: Partner) -> None:
    """CHAN-30: the right to read counts on the day of the e-mail."""
    reader = member_of_staff(StaffGroup.READ)
    choose(reader, kinds=["order"], partners=[], mail=Mail.AT_ONCE, at=NOW)
    tell(nordlys)
    if gone == "without rights":
        reader.groups.clear()
    else:
        change = {"is_active": False} if gone == "inactive" else {"is_staff": False}
        User.objects.filter(pk=reader.pk).update(**change)
    assert send_due(at=NOW) == 0
    assert mails(reader) == []


def test_without_rights_there_is_no_bell(nordlys: Partner, sign_in: SignIn) -> None:
    """CHAN-30, CHAN-31: who reads nothing is told nothing."""
    tell(nordlys)
    client = sign_in(member_of_staff())
    assert "k-bell" not in text(client.get("/admin/"))
    for url in (LIST, f"{LIST}settings/"):
        assert client.get(url).status_code == 403
    assert client.post(f"{LIST}read/").status_code == 403


def test_telling_costs_one_statement(nordlys: Partner, django_assert_num_queries: Any) -> None:
    """CHAN-30: whatever the number of readers."""
    for number in range(3):
        reader = member_of_staff(StaffGroup.READ, email=f"r{number}@kontor.example")
        choose(reader, kinds=["order"], partners=[], mail=Mail.AT_ONCE, at=NOW)
    with django_assert_num_queries(1):
        tell(nordlys)
