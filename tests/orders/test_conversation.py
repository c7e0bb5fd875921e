"""Partner and channel sales talk on the order (CHAN-14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Customer
from customers.services import assign
from orders.conversation import said_about
from orders.models import Order, OrderMessage
from orders.services.conversation import NotPlaced, write_to_partner, write_to_vendor
from portal.accounts.models import Membership, User
from portal.channel.models import StaffAccess
from portal.files.models import Attachment
from portal.history.models import Entry
from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner
from tests.admin_helpers import LATER, order_url, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_draft, make_order


@pytest.fixture(autouse=True)
def _staff_world(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Channel sales on the public host."""
    return sign_in(staff)


@pytest.fixture
def order(havsbris: Customer, jonas: Membership) -> Order:
    """A Flex order that Jonas placed for Havsbris."""
    return make_order(havsbris, by=jonas, at=NOW)


def plan() -> SimpleUploadedFile:
    return SimpleUploadedFile("Floor plan.txt", b"First floor")


def written(partner: Partner) -> frozenset[UUID]:
    return frozenset(OutboundEmail.objects.for_partner(partner).values_list("pk", flat=True))


def mails_since(partner: Partner, before: frozenset[UUID]) -> list[OutboundEmail]:
    found = OutboundEmail.objects.for_partner(partner).exclude(pk__in=before)
    return list(found.order_by("to_address"))


def test_the_partner_writes_and_channel_sales_gets_a_mail(
    order: Order, sign_in: SignIn, anna: Membership, nordlys: Partner, client: HostClient
) -> None:
    """CHAN-14: with the file, in the partner's name; answers go to the person."""
    before = written(nordlys)
    answer = sign_in(anna).post(
        f"/orders/{order.pk}/messages/", {"text": "Which floor <b>is</b> it?", "uploads": plan()}
    )
    assert answer["Location"] == f"/orders/{order.pk}/#talk"
    (mail,) = mails_since(nordlys, before)
    assert (mail.to_address, mail.reply_to) == (
        "channel-sales@kontor.example",
        "anna@nordlys.example",
    )
    assert mail.from_name == "Nordlys Telekom AB"
    assert mail.subject == f"Message about order {order.number} for Havsbris Konsult AB, 10042"
    for part in (mail.text, mail.html):
        assert "Anna Test wrote:" in part
        assert "Floor plan.txt" in part
        assert f"http://localhost{order_url(order)}" in part
    assert "Which floor <b>is</b> it?" in mail.text
    assert "Which floor &lt;b&gt;is&lt;/b&gt; it?" in mail.html
    page = text(client.get(order_url(order)))
    assert "Which floor &lt;b&gt;is&lt;/b&gt; it?" in page
    assert "Floor plan.txt" in page


def test_channel_sales_writes_and_who_placed_and_who_wrote_get_a_mail(
    order: Order, client: HostClient, anna: Membership, nordlys: Partner, sign_in: SignIn
) -> None:
    """CHAN-14, CHAN-16."""
    write_to_vendor(order.pk, text="Which floor?", files=[], by=anna, at=NOW)
    before = written(nordlys)
    page = client.get(order_url(order, "do/say/"))
    assert 'enctype="multipart/form-data"' in text(page)
    answer = client.post(
        order_url(order, "do/say/"), {"text": "The second.", "uploads": plan()}, follow=True
    )
    assert "The message was sent to the partner." in text(answer)
    mails = mails_since(nordlys, before)
    assert [mail.to_address for mail in mails] == ["anna@nordlys.example", "jonas@nordlys.example"]
    for mail in mails:
        assert mail.from_name == "Kontor Channel Sales"
        assert mail.reply_to == "channel-sales@kontor.example"
        for part in (mail.text, mail.html):
            assert "Sam Whitlock wrote:" in part
            assert "The second." in part
            assert f"/orders/{order.pk}/#talk" in part
    shown = text(sign_in(anna).get(f"/orders/{order.pk}/"))
    assert shown.index("Which floor?") < shown.index("The second.")
    assert "Sam Whitlock" in shown


def test_both_sides_download_the_files(
    order: Order, client: HostClient, sign_in: SignIn, jonas: Membership, nordlys: Partner
) -> None:
    """CHAN-14, ISO-16: as a download; that of staff is logged."""
    said = write_to_vendor(order.pk, text="", files=[plan()], by=jonas, at=NOW)
    stored = Attachment.objects.about(said).get()
    ours = sign_in(jonas).get(f"/orders/{order.pk}/files/{stored.pk}/")
    url = order_url(order, f"file/{stored.pk}/")
    theirs = client.get(url)
    for answer in (ours, theirs):
        assert answer.content == b"First floor"
        assert answer["Content-Disposition"].startswith("attachment")
    assert StaffAccess.objects.for_partner(nordlys).filter(path=url).count() == 1


def test_files_of_another_order_are_not_found(
    order: Order,
    havsbris: Customer,
    client: HostClient,
    sign_in: SignIn,
    jonas: Membership,
) -> None:
    """CHAN-14."""
    other = make_order(havsbris, by=jonas, at=NOW)
    said = write_to_vendor(other.pk, text="", files=[plan()], by=jonas, at=NOW)
    stored = Attachment.objects.about(said).get()
    assert sign_in(jonas).get(f"/orders/{order.pk}/files/{stored.pk}/").status_code == 404
    assert client.get(order_url(order, f"file/{stored.pk}/")).status_code == 404
    assert client.get(order_url(other, f"file/{stored.pk}/", "brueckner")).status_code == 404


def test_who_may_not_see_the_order_sees_none_of_it(
    order: Order, havsbris: Customer, sign_in: SignIn, mikael: Membership, jonas: Membership
) -> None:
    """CHAN-14: a technician sees the customer and no orders; neither words nor files."""
    assign(havsbris, mikael, at=NOW)
    said = write_to_vendor(order.pk, text="Secret plan", files=[plan()], by=jonas, at=NOW)
    stored = Attachment.objects.about(said).get()
    client = sign_in(mikael)
    for url in (f"/orders/{order.pk}/", f"/orders/{order.pk}/files/{stored.pk}/"):
        assert client.get(url).status_code in (403, 404)
    assert client.post(f"/orders/{order.pk}/messages/", {"text": "x"}).status_code in (403, 404)
    for url in (f"/customers/{havsbris.pk}/", f"/customers/{havsbris.pk}/log/"):
        page = client.get(url)
        assert page.status_code == 200
        assert "Floor plan" not in text(page)
        assert "Secret plan" not in text(page)
    assert client.get(f"/customers/{havsbris.pk}/files/{stored.pk}/").status_code == 404


def test_the_customers_people_see_none_of_it(
    order: Order, sign_in: SignIn, karin: Membership, jonas: Membership
) -> None:
    """CHAN-14: neither in their portal nor at the partner's addresses."""
    said = write_to_vendor(order.pk, text="Secret plan", files=[plan()], by=jonas, at=NOW)
    write_to_partner(order.pk, text="Secret answer", files=[], name="Sam", at=NOW)
    stored = Attachment.objects.about(said).get()
    client = sign_in(karin)
    for url in (f"/orders/{order.pk}/", f"/orders/{order.pk}/files/{stored.pk}/"):
        assert client.get(url).status_code == 404
    shown = client.get(f"/my/orders/{order.pk}/")
    assert shown.status_code == 200
    assert "Secret" not in text(shown)


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    order: Order, sign_in: SignIn, jonas: Membership, client: HostClient
) -> None:
    """CHAN-14."""
    ours = sign_in(jonas)
    empty = ours.post(f"/orders/{order.pk}/messages/", {"text": "  "})
    assert empty.status_code == 200
    assert empty.context["talk"].errors["text"] == ["Write a message, or add a file."]
    bad = SimpleUploadedFile("run.exe", b"MZ\x90\x00")
    kept = ours.post(f"/orders/{order.pk}/messages/", {"text": "Look at this", "uploads": bad})
    assert kept.context["talk"].errors["uploads"] == ["run.exe is of a type that is not taken."]
    assert "Look at this</textarea>" in text(kept)
    nothing = client.post(order_url(order, "do/say/"), {"text": ""})
    assert "Write a message, or add a file." in text(nothing)
    assert OrderMessage.objects.count() == 0


def test_a_draft_that_channel_sales_never_had_has_no_messages(
    havsbris: Customer, jonas: Membership, sign_in: SignIn
) -> None:
    """CHAN-14."""
    draft = make_draft(havsbris, by=jonas, at=NOW)
    with pytest.raises(NotPlaced):
        write_to_vendor(draft.pk, text="Hello", files=[], by=jonas, at=NOW)
    assert "Messages with Channel Sales" not in text(sign_in(jonas).get(f"/orders/{draft.pk}/"))
    answer = sign_in(jonas).post(f"/orders/{draft.pk}/messages/", {"text": "Hello"})
    assert answer.context["talk"].non_field_errors() == [
        "Channel Sales does not have this order yet. Place it first."
    ]


def test_messages_stay_in_order(order: Order, jonas: Membership) -> None:
    """CHAN-14: the oldest first, from both sides; the log has no file's name."""
    for number in range(3):
        at = NOW + timedelta(minutes=number)
        write_to_vendor(order.pk, text=f"{number} ours", files=[], by=jonas, at=at)
        write_to_partner(order.pk, text=f"{number} theirs", files=[], name="Sam", at=at)
    assert [each.message.text[0] for each in said_about(order)] == ["0", "0", "1", "1", "2", "2"]
    write_to_vendor(order.pk, text="", files=[plan()], by=jonas, at=NOW)
    assert Entry.objects.filter(verb="file_added").get().object_repr == order.number
