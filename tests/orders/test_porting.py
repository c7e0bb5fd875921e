"""Numbers that are brought along: blocks, dates, letters of authority, states (ORD-58)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Customer
from customers.services import grant_clearance
from orders.models import Order, PortedBlock, Service
from orders.porting import (
    NotANumber,
    NumberBlock,
    blocks_of,
    latest_porting,
    read_blocks,
    why_not_on,
)
from orders.services.drafts import lock_order, save_details
from orders.services.fulfilment import accept_order
from orders.services.placing import submit_order
from orders.services.porting import PortingNews, set_porting
from orders.services.recreating import cancel_order
from portal.accounts.models import Membership, User
from portal.core.errors import RuleError
from portal.outbox.models import OutboundEmail
from tests import factories
from tests.admin_helpers import order_url
from tests.conftest import NOW, HostClient, SignIn

TODAY = date(2026, 11, 23)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def staff_client(settings: Any, staff: User, sign_in: SignIn) -> HostClient:
    """Channel sales, signed in."""
    settings.STAFF_SECOND_FACTOR = False
    return sign_in(staff)


@pytest.mark.parametrize(
    "typed",
    [
        "+46 26 555 01 00 - 19",
        "+46 26 555 01 00 – 19",
        "+46 26 555 01 00—0119",
        "026-555 01 00 to 026-555 01 19",
        "026-555 01 00 bis 19",
        "026-555 01 00 till +46 26 555 01 19",
        "026-555 01 00-19",
        "(026) 555.01.00 - 19",
        "０２６ 555 01 00 - 19",
    ],
)
def test_a_range_is_read_as_people_write_it(typed: str) -> None:
    """ORD-58: hyphen, dash or "to", the last digits or the whole number."""
    (block,) = read_blocks(typed, country="SE")
    assert block == NumberBlock(46265550100, 46265550119)
    assert (str(block), block.size) == ("+46 26 555 01 00 - 19", 20)
    assert blocks_of([str(block)]) == [block]


def test_a_number_with_hyphens_is_no_range() -> None:
    """ORD-58: where the whole is a number of the country's plan."""
    (block,) = read_blocks("0171-234-5678", country="DE")
    assert (block.first, block.size) == (491712345678, 1)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("+46 26 555 01 19 - 00", '"+46 26 555 01 19 - 00" ends before it begins.'),
        ("📞+46 26 555 01 00", '"📞+46 26 555 01 00" is not a phone number.'),
        ("026 KONTOR", '"026 KONTOR" is not a phone number.'),
        ("112", '"112" is not a phone number.'),
        ("026-555 01 00 - x", '"026-555 01 00 - x" is not a range of numbers.'),
        ("026-555 01 00 - 05 - 19", '"026-555 01 00 - 05 - 19" is not a range of numbers.'),
        ("+49 30 901820", '"+49 30 901820" is not a number of Sweden, where the site is.'),
        ("026-555 00 00 to 026-599 99 99", "is more than 10,000 numbers. Check the last one."),
        ("026-555 01 00\n026-555 01 00", '"026-555 01 00" is listed twice.'),
        ("026-555 01 00 - 19\n026-555 01 10 - 29", 'has numbers of "+46 26 555 01 00 - 19" in it.'),
    ],
)
def test_what_is_no_block_is_said_with_its_line(typed: str, wrong: str) -> None:
    """ORD-58: never reversed, overlapping, twice, of another country or with other signs."""
    with pytest.raises(NotANumber) as refusal:
        read_blocks(typed, country="SE")
    assert wrong in str(refusal.value)


def test_the_date_is_plausible() -> None:
    """ORD-58: ten working days ahead, at most twelve months, not before the trunk's start."""
    start = date(2026, 12, 9)

    def why(day: date) -> str:
        return why_not_on(day, today=TODAY, start=start)

    assert why(date(2026, 12, 4)) == "The earliest porting date is 7 Dec 2026."
    assert why(date(2026, 12, 8)).startswith("The trunk starts on 9 Dec 2026.")
    assert (why(start), why(date(2027, 11, 23))) == ("", "")
    assert why(date(2027, 11, 24)) == "The latest porting date is 23 Nov 2027."
    assert why(date(2026, 12, 12)) == "Numbers are ported from Monday to Friday."
    assert latest_porting(date(2026, 11, 30)) == date(2027, 11, 30)
    assert latest_porting(date(2028, 2, 29)) == date(2029, 2, 28)


def porting(*numbers: str, day: str = "2026-12-14") -> dict[str, Any]:
    """Return the details of a trunk that ports numbers."""
    return {
        "emergency": {"street": "Hamngatan 1", "postal_code": "1", "city": "Gävle"},
        "porting": {
            "numbers": list(numbers),
            "provider": "Telia",
            "holder": "Havsbris",
            "contract": "4711",
            "date": day,
        },
    }


def trunk(customer: Customer, by: Membership, *numbers: str, day: str = "2026-12-14") -> Order:
    """Return a draft that ports numbers, ready to be placed."""
    grant_clearance(customer, "trunk", at=NOW, granted_by="Sam Whitlock")
    return factories.make_draft(
        customer,
        by=by,
        at=NOW,
        family="trunk",
        quantities={"TRK-10": 1, "TRK-PORT": 1},
        details=porting(*numbers, day=day),
    )


def placed(customer: Customer, by: Membership, *numbers: str) -> Order:
    draft = trunk(customer, by, *numbers)
    return submit_order(draft.pk, version=draft.version, by=by, at=NOW)


def test_numbers_are_in_one_order_only(
    anna: Membership, havsbris: Customer, bjorkvik: Customer
) -> None:
    """ORD-58: an order that came to nothing frees them; a ported one holds while a trunk runs."""
    first = placed(havsbris, anna, "+46 26 555 01 00 - 19")
    other = trunk(bjorkvik, anna, "+46 26 555 01 19")
    with pytest.raises(NotANumber, match=f"is in order {first.number} already"):
        submit_order(other.pk, version=other.version, by=anna, at=NOW)
    cancel_order(first.pk, reason="other", text="", at=NOW)
    again = submit_order(other.pk, version=other.version, by=anna, at=NOW)
    assert [block.text for block in again.ported_blocks.all()] == ["+46 26 555 01 19"]
    Order.objects.filter(pk=again.pk).update(state=Order.State.COMPLETED)
    third = trunk(havsbris, anna, "+46 26 555 01 19")
    service = Service.objects.create(
        customer=bjorkvik,
        product=factories.product("TRK-10"),
        product_name="Trunk",
        family="trunk",
        quantity=1,
        currency="SEK",
        one_off=0,
        monthly=0,
        started_on=TODAY,
        created_at=NOW,
    )
    with pytest.raises(NotANumber):
        submit_order(third.pk, version=third.version, by=anna, at=NOW)
    Service.objects.filter(pk=service.pk).update(ended_on=TODAY)
    submit_order(third.pk, version=third.version, by=anna, at=NOW)


def test_the_trunk_is_there_when_the_numbers_come(anna: Membership, havsbris: Customer) -> None:
    """ORD-58: a later start is refused at its field; so is a date that has come too close."""
    draft = trunk(havsbris, anna, "+46 26 555 01 00", day="2026-12-14")
    details: dict[str, Any] = {"reference": "", "po_number": "", "contact": None}
    draft = save_details(
        draft.pk, version=draft.version, at=NOW, start_date=date(2026, 12, 15), **details
    )
    with pytest.raises(RuleError) as refusal:
        submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
    assert refusal.value.field == "start_date"
    assert str(refusal.value) == (
        "The numbers are ported on 14 Dec 2026: the trunk has to start by then."
    )
    late = NOW + timedelta(days=11)
    draft = save_details(
        draft.pk, version=draft.version, at=late, start_date=date(2026, 12, 18), **details
    )
    with pytest.raises(RuleError, match="The earliest porting date is 18 Dec 2026"):
        submit_order(draft.pk, version=draft.version, by=anna, at=late)


def test_a_letter_of_authority_is_asked_for(
    anna: Membership, havsbris: Customer, sign_in: SignIn, staff_client: HostClient
) -> None:
    """ORD-58: added, read and removed on the order's page; other kinds of files are refused."""
    order = trunk(havsbris, anna, "+46 26 555 01 00 - 19")
    client = sign_in(anna)
    page = f"/orders/{order.pk}/"
    assert "Letter of authority is missing" in client.get(page).content.decode()
    bad = client.post(page + "authority/", {"file": SimpleUploadedFile("a.txt", b"Yes, do it")})
    assert "This type of file is not taken." in bad.content.decode()
    letter = SimpleUploadedFile("Fullmakt Gävle.pdf", PDF)
    assert client.post(page + "authority/", {"file": letter}).status_code == 302
    text = client.get(page).content.decode()
    assert "Letter of authority is missing" not in text and "Fullmakt Gävle.pdf" in text
    submit_order(order.pk, version=lock_order(order.pk).version, by=anna, at=NOW)
    link = text.split("/authority/")[2].split('/"')[0]
    assert client.get(f"{page}authority/{link}/").content == PDF
    assert client.get(f"/customers/{havsbris.pk}/").content.decode().count("Fullmakt") == 0
    admin = staff_client
    assert "Fullmakt Gävle.pdf" in admin.get(order_url(order)).content.decode()
    assert admin.get(order_url(order, f"file/{link}/")).content == PDF
    assert client.post(f"{page}authority/{link}/remove/").status_code == 302
    assert "Letter of authority is missing" in client.get(page).content.decode()
    other = factories.make_draft(havsbris, by=anna, at=NOW)
    refused = client.post(
        f"/orders/{other.pk}/authority/", {"file": SimpleUploadedFile("a.pdf", PDF)}
    )
    assert "This order ports no numbers." in refused.content.decode()


def test_channel_sales_says_how_far_each_block_is(
    anna: Membership, havsbris: Customer, sign_in: SignIn, staff_client: HostClient
) -> None:
    """ORD-58: in the admin, with a mail to who placed it; a refusal needs a note."""
    order = placed(havsbris, anna, "+46 26 555 01 00 - 19", "+46 26 555 01 20")
    staff, url = staff_client, order_url(order, "do/porting/")
    assert staff.get(url).status_code == 409
    accept_order(order.pk, at=NOW)
    first, second = order.ported_blocks.order_by("first")
    page = staff.get(url)
    assert page.status_code == 200 and "+46 26 555 01 20" in page.content.decode()
    seen = page.content.decode().split('name="seen" value="')[1].split('"')[0]
    posted = {
        "seen": seen,
        f"state_{first.pk}": "confirmed",
        f"on_{first.pk}": "2026-12-14",
        f"state_{second.pk}": "refused",
        f"on_{second.pk}": "",
    }
    answer = staff.post(url, posted)
    assert "Say why the provider refused it." in answer.content.decode()
    assert not PortedBlock.objects.exclude(state="asked").exists()
    posted |= {f"note_{second.pk}": "Not on this contract"}
    assert staff.post(url, posted).status_code == 302
    assert list(order.ported_blocks.order_by("first").values_list("state", "note")) == [
        ("confirmed", ""),
        ("refused", "Not on this contract"),
    ]
    mail = OutboundEmail.objects.for_partner(anna.partner).get(template="orders/email/porting")
    assert mail.to_address == "anna@nordlys.example"
    for text in (mail.text, mail.html):
        assert "+46 26 555 01 00 - 19: Confirmed, 14 Dec 2026" in text
        assert "+46 26 555 01 20: Refused. Not on this contract" in text
    assert mail.subject == f"Number porting of order {order.number} for {havsbris.label}"
    shown = sign_in(anna).get(f"/orders/{order.pk}/").content.decode()
    assert "Not on this contract" in shown
    assert "+46 26 555 01 00 - 19: Confirmed; +46 26 555 01 20: Refused." in shown
    with pytest.raises(RuleError, match="Nothing was changed"):
        set_porting(
            order.pk,
            news={first.pk: PortingNews("confirmed", date(2026, 12, 14))},
            at=NOW,
        )
