"""The list of e-mail that waits for a person, and what is done with one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Contact, Customer
from customers.services import assign, set_grant, start_absence
from portal.accounts.models import Membership, Role, User
from portal.files.models import Attachment
from portal.outbox.arriving import inbound_address
from portal.outbox.models import InboundEmail
from portal.tenancy.models import Partner
from support.models import Comment, ProblemReport
from support.queries import received_for, reports_waiting
from support.services.reporting import report_problem
from tests import factories
from tests.conftest import NOW, SignIn
from tests.support.conftest import addresses, problem
from tests.support.test_incoming import PNG, address_of, come_in, written

State = InboundEmail.State


@pytest.fixture(autouse=True)
def takes_mail(settings: Any) -> None:
    settings.REPLY_ADDRESS = "support@reply.kontor.example"


@pytest.fixture
def waiting(nordlys: Partner) -> InboundEmail:
    """A message of a stranger, with a picture and a script in its text."""
    message = written(
        "The <script>alert(1)</script> phone is dead.", sender="Olle Ek <olle@else.example>"
    )
    message.add_attachment(PNG, maintype="image", subtype="png", filename="display.png")
    return come_in(message, inbound_address(nordlys))


def test_what_waits_is_listed_with_the_reason_and_counted_in_the_menu(
    waiting: InboundEmail, nordlys: Partner, anna: Membership, sign_in: SignIn
) -> None:
    """OUT-38: only for those who may do something about it."""
    client = sign_in(anna)
    page = client.get("/reports/received/").content.decode()
    assert "Olle Ek" in page and "The sender is not known." in page
    assert "support+nordlys@reply.kontor.example" in page
    assert "wait for a person" in page
    anna.role.rights = [right for right in anna.role.rights if right != "change_report"]
    anna.role.save()
    assert client.get("/reports/received/").status_code == 403
    assert "Received e-mail" not in client.get("/reports/").content.decode()


def test_menu_counts_what_the_pages_show(
    waiting: InboundEmail,
    brueckner: Partner,
    anna: Membership,
    jonas: Membership,
    mikael: Membership,
    havsbris: Customer,
    bjorkvik: Customer,
) -> None:
    """REG-33, OUT-38, D12: of all, of those one stands in for, assigned or by an exception."""
    some = sorted({*anna.role.rights} - {"view_customer"} | {"view_assigned_customer"})
    for person in (jonas, mikael):
        person.role = Role.objects.for_partner(anna.partner).create(
            partner=anna.partner, name=f"Role of {person.pk}", rights=some
        )
        person.save(update_fields=["role"])
    today = timezone.localdate()
    assign(havsbris, mikael, at=NOW)
    start_absence(mikael, substitute=jonas, starts_on=today, ends_on=today, at=NOW)
    set_grant(bjorkvik, mikael, "see", by=anna, at=NOW)
    other = factories.make_customer("Annan AB", "10050", at=NOW)
    places = [(anna.partner, each) for each in (havsbris, bjorkvik, bjorkvik, other)]
    for number, (partner, customer) in enumerate([*places, (brueckner, other)]):
        report_problem(customer, problem(), by=anna, at=NOW)
        row = {"customer_id": customer.pk, "state": State.WAITING, "size": 1, "received_at": NOW}
        InboundEmail.unscoped.create(partner=partner, digest=str(number), **row)
    people = [
        Membership.objects.for_partner(anna.partner).select_related("role").get(pk=person.pk)
        for person in (anna, jonas, mikael)
    ]
    counted = [reports_waiting(person) for person in people]
    for person, found in zip(people, counted, strict=True):
        reports = ProblemReport.objects.visible_to(person).filter(state=ProblemReport.State.NEW)
        mails = received_for(person).filter(state=State.WAITING)
        assert found == (reports.count(), mails.count())
    # Beside those about a customer there is the stranger's message, which is about none.
    assert counted == [(5, 5), (1, 2), (3, 4)]
    for rights, found in ((["view_report", "view_customer"], (5, 0)), ([], (0, 0))):
        people[0].role.rights = rights
        assert reports_waiting(people[0]) == found


def test_nothing_waits(nordlys: Partner, anna: Membership, sign_in: SignIn) -> None:
    page = sign_in(anna).get("/reports/received/").content.decode()
    assert "Nothing waits" in page


def test_tabs_search_and_rubbish_in_the_address(
    waiting: InboundEmail, nordlys: Partner, anna: Membership, sign_in: SignIn
) -> None:
    """OUT-38, USE-14."""
    client = sign_in(anna)
    come_in(written("Away.", subject="Holiday", Precedence="bulk"), inbound_address(nordlys))
    assert "Holiday" in client.get("/reports/received/?state=automatic").content.decode()
    assert "Olle Ek" in client.get("/reports/received/?q=olle").content.decode()
    assert "No e-mail matches" in client.get("/reports/received/?q=nothing").content.decode()
    for query in ("state=x", "state=handled", "state=dismissed", "from=x", "page=9", "sort=x"):
        assert client.get(f"/reports/received/?{query}").status_code == 200


def test_the_text_is_plain_and_files_are_named(
    waiting: InboundEmail, anna: Membership, sign_in: SignIn
) -> None:
    """OUT-38: nothing of a stranger's markup is ever shown."""
    page = sign_in(anna).get(f"/reports/received/{waiting.pk}/").content.decode()
    assert "The &lt;script&gt;alert(1)&lt;/script&gt; phone is dead." in page
    assert "<script>alert" not in page
    assert "display.png" in page


def test_taking_it_over_as_an_answer(
    waiting: InboundEmail, report: ProblemReport, anna: Membership, sign_in: SignIn
) -> None:
    """OUT-38: in the sender's name, with the files; once."""
    client = sign_in(anna)
    url = f"/reports/received/{waiting.pk}/answer/"
    page = client.get(url).content.decode()
    assert report.number in page and report.customer.name in page
    assert "Choose the report that it answers." in client.post(url, {}).content.decode()
    assert report.number in client.get(f"{url}?q={report.number}").content.decode()
    assert "No open report matches" in client.get(f"{url}?q=zzz").content.decode()
    assert client.post(url, {"report": report.pk}).status_code == 302
    comment = Comment.objects.get()
    assert (comment.author_name, comment.author_email) == ("Olle Ek", "olle@else.example")
    assert (comment.side, comment.author) == ("customer", None)
    assert Attachment.objects.about(comment).count() == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.handled_by, waiting.raw) == ("handled", anna.shown_name, None)
    again = client.post(url, {"report": report.pk}).content.decode()
    assert "Somebody has taken care of this e-mail already" in again
    assert Comment.objects.count() == 1


def test_a_closed_report_is_not_offered(
    waiting: InboundEmail, report: ProblemReport, anna: Membership, sign_in: SignIn
) -> None:
    report.state = ProblemReport.State.CLOSED
    report.save()
    url = f"/reports/received/{waiting.pk}/answer/"
    assert "Choose one of these" in sign_in(anna).post(url, {"report": report.pk}).content.decode()


def test_making_a_new_report_of_it(
    waiting: InboundEmail,
    customer: Customer,
    karin: Contact,
    nordlys: Partner,
    anna: Membership,
    sign_in: SignIn,
) -> None:
    """OUT-38: the sender gets the answers; the picture comes along."""
    client = sign_in(anna)
    url = f"/reports/received/{waiting.pk}/report/"
    assert "Re: No calls from outside" in client.get(url).content.decode()
    assert "Choose the customer" in client.post(url, {"subject": "x"}).content.decode()
    data = {"customer": customer.pk, "subject": "Phone dead", "severity": "2"}
    assert client.post(url, data).status_code == 302
    report = ProblemReport.objects.get()
    assert (report.subject, report.channel, report.reporter_name) == (
        "Phone dead",
        "mail",
        "Olle Ek",
    )
    assert Attachment.objects.about(report).count() == 1
    assert addresses(nordlys, "receipt") == ["olle@else.example"]


def test_the_only_customer_that_knows_the_sender_is_chosen(
    report: ProblemReport, karin: Contact, anna: Membership, sign_in: SignIn
) -> None:
    row = come_in(written(sender="x@else.example"), address_of(report, karin.email))
    InboundEmail.unscoped.filter(pk=row.pk).update(from_address=karin.email)
    page = sign_in(anna).get(f"/reports/received/{row.pk}/report/").content.decode()
    assert report.customer.name in page


def test_dismissing_is_asked_for_first(
    waiting: InboundEmail, anna: Membership, sign_in: SignIn
) -> None:
    """OUT-38."""
    client = sign_in(anna)
    url = f"/reports/received/{waiting.pk}/dismiss/"
    assert "Keep it" in client.get(url).content.decode()
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING
    assert client.post(url).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.state, waiting.handled_by) == (State.DISMISSED, anna.shown_name)
    assert "phone is dead" in client.get(f"/reports/received/{waiting.pk}/").content.decode()


def test_what_cannot_be_read_comes_along_as_it_is(
    report: ProblemReport, karin: Contact, anna: Membership, sign_in: SignIn
) -> None:
    """OUT-38, OUT-34: an encrypted message is a file of the answer."""
    closed = written("-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----")
    row = come_in(closed, address_of(report, karin.email))
    client = sign_in(anna)
    assert client.get(f"/reports/received/{row.pk}/").status_code == 200
    client.post(f"/reports/received/{row.pk}/answer/", {"report": report.pk})
    stored = Attachment.objects.about(Comment.objects.get()).get()
    assert stored.name == "message.eml.txt"


def test_a_message_about_a_customer_is_for_whoever_sees_the_customer(
    report: ProblemReport, karin: Contact, mikael: Membership, sign_in: SignIn, nordlys: Partner
) -> None:
    """OUT-38, D12: and one of nobody for all who may answer."""
    other = factories.make_customer("Annan AB", "10050", at=NOW)
    hidden = come_in(written(sender="x@y.example"), address_of(report, karin.email))
    InboundEmail.unscoped.filter(pk=hidden.pk).update(customer_id=other.pk)
    seen = come_in(written("Hello", sender="z@y.example"), inbound_address(nordlys))
    client = sign_in(mikael)
    assert client.get(f"/reports/received/{hidden.pk}/").status_code == 404
    assert client.get(f"/reports/received/{seen.pk}/").status_code == 200
    assign(other, mikael, at=NOW)
    assert client.get(f"/reports/received/{hidden.pk}/").status_code == 200


def test_another_partners_mail_does_not_exist(
    anna: Membership, sign_in: SignIn, brueckner: Partner
) -> None:
    """OUT-38, ISO-01."""
    row = come_in(written(sender="x@y.example"), inbound_address(brueckner))
    client = sign_in(anna)
    for end in ("", "answer/", "report/", "dismiss/"):
        assert client.get(f"/reports/received/{row.pk}/{end}").status_code == 404
        assert client.post(f"/reports/received/{row.pk}/{end}").status_code in (404, 405)
    row.refresh_from_db()
    assert row.state == State.WAITING


def test_the_list_asks_as_much_for_one_as_for_three(
    waiting: InboundEmail, anna: Membership, sign_in: SignIn, nordlys: Partner
) -> None:
    """SPEED-01: and its menu counts with one statement."""
    client = sign_in(anna)

    def asked() -> int:
        client.get("/reports/received/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/reports/received/")
        return len(queries)

    one = asked()
    for number in range(2):
        come_in(written(f"More {number}", sender="x@y.example"), inbound_address(nordlys))
    assert asked() == one == 5


def test_channel_sales_reads_what_is_nobodys_and_dismisses_it(
    staff: User, waiting: InboundEmail, sign_in: SignIn, settings: Any
) -> None:
    """OUT-38: never what is a partner's."""
    lost = come_in(written("<b>Where</b> to?", subject="Lost"), "support@reply.kontor.example")
    settings.STAFF_SECOND_FACTOR = False
    client = sign_in(staff)
    listed = client.get("/admin/outbox/inboundemail/").content.decode()
    assert "Lost" in listed and "Olle Ek" not in listed
    page = client.get(f"/admin/outbox/inboundemail/{lost.pk}/change/").content.decode()
    assert "&lt;b&gt;Where&lt;/b&gt; to?" in page
    gone = client.get(f"/admin/outbox/inboundemail/{waiting.pk}/change/")
    assert gone.status_code == 302
    client.post(
        "/admin/outbox/inboundemail/",
        {"action": "dismiss_chosen", "_selected_action": [str(lost.pk)]},
    )
    lost.refresh_from_db()
    assert lost.state == State.DISMISSED
