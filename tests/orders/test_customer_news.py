"""Whoever of the customer was told of an order by mail is told the rest (ORD-52)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from customers.models import Contact, Customer
from orders.admin_bulk_rows import rows_for
from orders.models import Order
from orders.services.drafts import save_details
from orders.services.ending import ending_of
from orders.services.fulfilment import cancel_accepted, reject_order, return_order
from orders.services.moving import move_draft
from orders.services.placing import submit_order
from orders.services.recreating import cancel_order, recreate_order
from portal.accounts.models import Membership, User
from portal.channel.models import SubmittedOrder
from portal.outbox.models import OutboundEmail
from tests.admin_helpers import bring_to, order_url
from tests.conftest import NOW, SignIn
from tests.factories import make_contact, make_draft, make_draft_on, make_running

AT = NOW + timedelta(minutes=5)
SECRET = "The customer does not pay"


@pytest.fixture
def contact(havsbris: Customer) -> Contact:
    return make_contact(havsbris, at=NOW)


@pytest.fixture
def order(havsbris: Customer, contact: Contact, jonas: Membership) -> Order:
    """A placed order that Annika was told of."""
    draft = make_draft(havsbris, by=jonas, at=NOW)
    draft.contact = contact
    draft.save()
    return submit_order(draft.pk, version=draft.version, by=jonas, at=NOW)


def news(contact: Contact) -> Iterator[OutboundEmail]:
    found = OutboundEmail.objects.across_partners().filter(to_address=contact.email)
    yield from found.exclude(template="orders/email/placed_customer").order_by("created_at", "pk")


def again(order: Order, by: Membership, *, contact: Contact | None, po: str = "HB-1") -> Order:
    """Place a returned order once more."""
    order.refresh_from_db()
    order = save_details(
        order.pk,
        version=order.version,
        at=AT,
        reference=order.reference,
        po_number=po,
        start_date=order.start_date,
        contact=contact,
    )
    ending = ending_of(order)
    return submit_order(order.pk, version=order.version, by=by, at=AT, ending=ending)


ENDS: dict[str, tuple[Callable[[Order, Customer, Membership], object], str, str]] = {
    "rejected": (
        lambda order, other, by: reject_order(order.pk, reason=SECRET, at=AT),
        "will not be delivered",
        "Nothing will be delivered.",
    ),
    "cancelled": (
        lambda order, other, by: cancel_order(order.pk, reason="other", text=SECRET, at=AT),
        "was cancelled",
        "Nothing more will be delivered.",
    ),
    "cancelled by the vendor": (
        lambda order, other, by: cancel_accepted(
            bring_to(order, "failed").pk, reason=SECRET, at=AT
        ),
        "was cancelled",
        "Nothing more will be delivered.",
    ),
    "re-created": (
        lambda order, other, by: recreate_order(order.pk, other, by=by, at=AT),
        "An order was entered for Havsbris Konsult AB by mistake",
        "Nothing will be delivered, and nothing is charged.",
    ),
    "completed": (
        lambda order, other, by: bring_to(order, "completed"),
        "is delivered",
        "2 × Product FLX-PRO: Delivered 23 Nov 2026",
    ),
}


@pytest.mark.parametrize("what", list(ENDS))
def test_the_contact_learns_how_it_ends(
    what: str, order: Order, contact: Contact, bjorkvik: Customer, jonas: Membership
) -> None:
    """ORD-52, REG-46: once, in the partner's name, without reasons and the right customer."""
    act, subject, words = ENDS[what]
    act(order, bjorkvik, jonas)
    (mail,) = news(contact)
    assert mail.template == "orders/email/customer_news"
    assert subject in mail.subject and words in mail.text
    assert order.number in mail.text
    # What was written for the right customer is not repeated to the wrong one.
    for written in ("HB-1", "Office move"):
        assert (written in mail.text) == (what != "re-created")
    assert words.partition(":")[0].replace("2 × ", "") in mail.html
    assert (mail.from_name, mail.about_id) == ("Nordlys Telekom AB", order.pk)
    for body in (mail.subject, mail.text, mail.html):
        for internal in (SECRET, bjorkvik.name, "129", "K-1", "Channel Sales"):
            assert internal not in body


def test_every_receiver_is_told_the_rest(
    havsbris: Customer, contact: Contact, jonas: Membership
) -> None:
    """ORD-52, ORD-62: the contacts that got copies hear of the end too, each once."""
    copied = make_contact(havsbris, at=NOW, email="bo@havsbris.example", first_name="Bo")
    draft = make_draft(havsbris, by=jonas, at=NOW)
    draft.contact = contact
    draft.save()
    draft.copies.create(customer=havsbris, contact=copied)
    order = submit_order(draft.pk, version=draft.version, by=jonas, at=NOW)
    assert set(order.told) == {str(contact.pk), str(copied.pk)}
    order.copies.all().delete()
    reject_order(order.pk, reason=SECRET, at=AT)
    for each in (contact, copied):
        (mail,) = news(each)
        assert "will not be delivered" in mail.subject and SECRET not in mail.text


def test_a_return_and_what_follows_are_told(
    order: Order, contact: Contact, jonas: Membership
) -> None:
    """ORD-52: unchanged it is not announced as new; changed it is shown again."""
    return_order(order.pk, reason=SECRET, at=AT)
    again(order, jonas, contact=contact)
    return_order(order.pk, reason=SECRET, at=AT)
    again(order, jonas, contact=contact, po="HB-2")
    subjects = [mail.subject.partition("for Havsbris Konsult AB ")[2] for mail in news(contact)]
    once_more = "is looked at once more"
    assert subjects == [once_more, "goes on", once_more, "was changed"]
    *_others, last = news(contact)
    assert "HB-2" in last.text and "2 × Product FLX-PRO" in last.text
    told = OutboundEmail.objects.across_partners().filter(template="orders/email/placed_customer")
    assert told.count() == 1


def test_another_contact_is_told_anew_and_the_first_still_hears(
    order: Order, contact: Contact, havsbris: Customer, jonas: Membership
) -> None:
    """ORD-52: "Only to us" silences nobody who was told before."""
    second = make_contact(
        havsbris, at=NOW, first_name="Bo", last_name="Ek", email="bo@havsbris.example"
    )
    return_order(order.pk, reason=SECRET, at=AT)
    again(order, jonas, contact=second)
    told = OutboundEmail.objects.across_partners().filter(template="orders/email/placed_customer")
    assert told.filter(to_address=second.email).count() == 1
    return_order(order.pk, reason=SECRET, at=AT)
    again(order, jonas, contact=None)
    bring_to(order, "completed")
    for person in (contact, second):
        assert "is delivered" in [*news(person)][-1].subject


def test_a_returned_draft_moved_away_was_a_mistake(
    order: Order, contact: Contact, bjorkvik: Customer, jonas: Membership
) -> None:
    """ORD-52: the way of a returned draft to another customer."""
    return_order(order.pk, reason=SECRET, at=AT)
    order.refresh_from_db()
    move_draft(order.pk, bjorkvik, version=order.version, by=jonas, at=AT)
    assert "by mistake" in [*news(contact)][-1].subject


def test_nobody_is_told_who_was_not_before(havsbris: Customer, jonas: Membership) -> None:
    """ORD-52: an order "only to us", and a contact that was erased."""
    contact = make_contact(havsbris, at=NOW)
    draft = make_draft(havsbris, by=jonas, at=NOW)
    submit_order(draft.pk, version=draft.version, by=jonas, at=NOW)
    reject_order(draft.pk, reason=SECRET, at=AT)
    assert list(news(contact)) == []


@pytest.mark.parametrize("language", ["en", "de", "sv"])
@pytest.mark.parametrize(("kind", "total"), [("change", 5), ("terminate", 0)])
def test_changes_and_endings_have_words_of_their_own(
    kind: str, total: int, language: str, havsbris: Customer, contact: Contact, anna: Membership
) -> None:
    """ORD-50, ORD-51, ORD-52: no delivery, in each language."""
    havsbris.language = language
    havsbris.save()
    service = make_running(havsbris, by=anna, at=NOW)
    draft = make_draft_on(service, kind, total, by=anna, at=NOW, contact=contact)
    order = submit_order(draft.pk, version=draft.version, by=anna, at=NOW, ending=ending_of(draft))
    return_order(order.pk, reason=SECRET, at=AT)
    again(order, anna, contact=contact, po="HB-7")
    return_order(order.pk, reason=SECRET, at=AT)
    again(order, anna, contact=contact, po="HB-8")
    bring_to(order, "completed")
    found = [*news(contact)]
    assert len(found) == 5 and len({mail.subject for mail in found}) == 4
    for mail in found:
        body = re.sub(r"<style.*?</style>", "", mail.html)
        assert not re.search(r"deliver|[lL]iefer|[lL]everan|[lL]everer", mail.text + body)
        assert SECRET not in mail.text + body


def test_channel_sales_reads_whom_its_act_tells(
    order: Order, contact: Contact, staff: User, sign_in: SignIn, settings: Any
) -> None:
    """ORD-52, CHAN-10: the customer's contact too, for the acts that reach them."""
    settings.STAFF_SECOND_FACTOR = False
    client = sign_in(staff)

    def page(act: str) -> str:
        return str(client.get(order_url(order, f"do/{act}/")).content.decode())

    both = f"An e-mail goes to jonas@nordlys.example, {contact.email}."
    assert both in page("reject") and both in page("return")
    assert "An e-mail goes to jonas@nordlys.example." in page("accept")
    (row,) = rows_for(
        "reject", [SubmittedOrder.objects.across_partners().get(order_id=order.pk).pk]
    )
    assert row.told == f"jonas@nordlys.example, {contact.email}"
