"""Progressing a quote (CON-19, CON-25, CON-26, D17, D25)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from customers.models import Customer
from customers.services import deactivate_customer
from orders.groups import groups_for
from orders.models import Order
from orders.services.checks import CustomerInactive
from orders.services.drafts import save_details, save_products
from orders.services.moving import move_draft
from orders.services.placing import submit_order
from portal.accounts.models import Membership
from portal.catalog.models import Price
from portal.core.errors import RuleError, WrongState
from quotes.models import Quote
from quotes.services import answering, drafts, progressing, sending
from quotes.services.answering import Reader
from quotes.services.progressing import AlreadyProgressed, may_progress, progress_quote
from tests import factories
from tests.conftest import NOW


def confirm(quote: Quote, by: Membership) -> Quote:
    asked = factories.make_confirmation(quote, by=by, at=NOW)
    answering.accept_confirmation(
        asked.pk,
        contact_id=asked.contact_id,
        seen=asked.snapshot_sha256,
        reader=Reader("192.0.2.7", "Browser"),
        at=NOW,
    )
    quote.refresh_from_db()
    return quote


@pytest.fixture
def quote(havsbris: Customer, jonas: Membership) -> Quote:
    """A confirmed quote of two families, with a discount."""
    made = factories.make_quote(
        havsbris,
        by=jonas,
        at=NOW,
        quantities={"FLX-PRO": 5, "FLX-D30": 1, "MTG-ROOM": 2},
        discount="10",
    )
    return confirm(made, jonas)


def progress(quote: Quote, by: Membership, **kwargs: object) -> list[Order]:
    values = {"po_number": "PO-7", "address_checked": True, **kwargs}
    return progress_quote(quote.pk, by=by, at=NOW, **values)  # type: ignore[arg-type]


def test_one_draft_for_each_family_at_the_quotes_prices(quote: Quote, jonas: Membership) -> None:
    """D17, D25."""
    meeting, flex = progress(quote, jonas)
    assert [(o.family, o.state, o.customer_id) for o in (meeting, flex)] == [
        ("meeting", "draft", quote.customer_id),
        ("flex", "draft", quote.customer_id),
    ]
    assert meeting.monthly + flex.monthly == quote.monthly
    assert flex.lines.get(product__sku="FLX-PRO").monthly == Decimal("116.10")
    assert {order.po_number for order in (meeting, flex)} == {"PO-7"}
    quote.refresh_from_db()
    assert quote.state == "progressed"


def test_a_second_progress_names_the_orders(quote: Quote, jonas: Membership) -> None:
    """SM-QUOTE: by their numbers, and none is made twice."""
    orders = progress(quote, jonas)
    with pytest.raises(AlreadyProgressed) as refusal:
        progress(quote, jonas)
    numbers = ", ".join(sorted(order.number for order in orders))
    assert str(refusal.value) == f"This quote was already progressed to {numbers}."
    assert Order.objects.count() == 2


def test_the_address_has_to_be_checked(quote: Quote, jonas: Membership) -> None:
    """CON-25: refused at its field, and nothing is made."""
    with pytest.raises(RuleError) as refusal:
        progress(quote, jonas, address_checked=False)
    assert refusal.value.field == "address_checked"
    assert not Order.objects.exists()


def test_saving_the_details_makes_no_order(quote: Quote, jonas: Membership) -> None:
    """CON-25."""
    progressing.save_progress_details(
        quote.pk, po_number="PO-1", address_checked=True, by=jonas, at=NOW
    )
    quote.refresh_from_db()
    assert (quote.state, quote.po_number, quote.address_checked) == ("confirmed", "PO-1", True)
    assert not Order.objects.exists()


def test_all_or_none(quote: Quote, jonas: Membership) -> None:
    """D25: a customer who can't be ordered for gets no drafts."""
    deactivate_customer(quote.customer, at=NOW)
    with pytest.raises(CustomerInactive):
        progress(quote, jonas)
    quote.refresh_from_db()
    assert quote.state == "confirmed"
    assert not Order.objects.exists()


def test_unconfirmed_only_where_the_partner_skips_confirmation(
    havsbris: Customer, jonas: Membership
) -> None:
    """SM-QUOTE: DRAFT -> PROGRESSED by the setting."""
    draft = factories.make_quote(havsbris, by=jonas, at=NOW)
    assert not may_progress(draft)
    with pytest.raises(WrongState):
        progress(draft, jonas)
    drafts.change_settings(drafts.quote_settings(), may_skip_confirmation=True)
    assert may_progress(draft)
    assert len(progress(draft, jonas)) == 1


@pytest.mark.parametrize("state", ["sent", "declined"])
def test_no_other_state_progresses(state: str, havsbris: Customer, jonas: Membership) -> None:
    draft = factories.make_quote(havsbris, by=jonas, at=NOW)
    asked = factories.make_confirmation(draft, by=jonas, at=NOW)
    if state == "declined":
        answering.decline_confirmation(
            asked.pk,
            contact_id=asked.contact_id,
            reason="x",
            seen=asked.snapshot_sha256,
            reader=Reader("", ""),
            at=NOW,
        )
    drafts.change_settings(drafts.quote_settings(), may_skip_confirmation=True)
    with pytest.raises(WrongState):
        progress(draft, jonas)


def test_the_agreed_price_is_placed_even_when_the_list_changed(
    quote: Quote, jonas: Membership
) -> None:
    """D17: the quote's price holds at submit."""
    _meeting, flex = progress(quote, jonas)
    Price._default_manager.filter(product__sku="FLX-PRO").update(monthly=Decimal("999.00"))
    ready = save_details(
        flex.pk,
        version=flex.version,
        at=NOW,
        reference="",
        po_number="PO-7",
        start_date=date(2026, 12, 14),
        contact=None,
    )
    placed = submit_order(ready.pk, version=ready.version, by=jonas, at=NOW)
    assert placed.lines.get(product__sku="FLX-PRO").monthly == Decimal("116.10")


@pytest.mark.parametrize(("quantity", "allowed"), [(4, True), (5, True), (6, False)])
def test_the_agreed_price_covers_what_was_quoted(
    quantity: int, allowed: bool, quote: Quote, jonas: Membership
) -> None:
    """D17: more than the customer confirmed is another order."""
    _meeting, flex = progress(quote, jonas)

    def save() -> Order:
        return save_products(
            flex.pk,
            version=flex.version,
            quantities={factories.product("FLX-PRO").pk: quantity},
            details={},
            site=None,
            at=NOW,
        )

    if allowed:
        assert save().monthly == quantity * Decimal("116.10")
    else:
        with pytest.raises(RuleError, match="the quote covers 5"):
            save()


def test_another_customer_pays_the_list_price(
    quote: Quote, bjorkvik: Customer, jonas: Membership
) -> None:
    """D2: the price agreed with one customer is not another's."""
    _meeting, flex = progress(quote, jonas)
    moved, _dropped = move_draft(flex.pk, bjorkvik, version=flex.version, by=jonas, at=NOW)
    line = moved.lines.get(product__sku="FLX-PRO")
    assert (line.monthly, line.agreed_quantity) == (Decimal("129.00"), None)
    link = quote.orders.get(family="flex")
    assert (link.order_id, link.number) == (None, flex.number)


def test_the_group_above_the_orders_holds_what_waits(
    havsbris: Customer, jonas: Membership, mikael: Membership
) -> None:
    """CON-26: company, date, totals, state; only what the person may see."""
    assert groups_for(jonas) == []
    waiting = factories.make_quote(havsbris, by=jonas, at=NOW)
    factories.make_confirmation(waiting, by=jonas, at=NOW)
    (group,) = groups_for(jonas)
    (row,) = group.rows
    waiting.refresh_from_db()
    assert (group.title, group.total) == ("Pending customer approval", 1)
    assert (row.customer, row.customer_number, row.number) == (
        "Havsbris Konsult AB",
        "10042",
        waiting.number,
    )
    assert (row.date, row.monthly, row.state) == (
        "23 Nov 2026",
        "1,548.00",
        "Pending customer approval",
    )
    assert groups_for(mikael) == []
    sending.withdraw(waiting.pk, at=NOW)
    assert groups_for(jonas) == []


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [("po.pdf", b"%PDF-1.7\n1 0 obj\n%%EOF\n", True), ("po.pdf", b"<html>no</html>", False)],
)
def test_the_purchase_order_is_kept_by_its_content(
    name: str, content: bytes, taken: bool, quote: Quote, jonas: Membership
) -> None:
    """CON-25: PDF, PNG, JPEG, TIFF, detected by content; anything else is refused."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from portal.files.models import Attachment

    upload = SimpleUploadedFile(name, content)
    if taken:
        progress(quote, jonas, po_file=upload)
        assert Attachment.objects.about(quote).get().customer_id == quote.customer_id
    else:
        with pytest.raises(RuleError) as refusal:
            progress(quote, jonas, po_file=upload)
        assert refusal.value.field == "po_file"
        assert not Attachment.objects.exists()
        assert not Order.objects.exists()


def test_a_person_who_leaves_hands_over_open_quotes(
    quote: Quote, havsbris: Customer, jonas: Membership, anna: Membership
) -> None:
    """D18: those that somebody has to continue; evidence keeps who sent what."""
    from quotes.services.handover import hand_over_quotes, open_quotes

    draft = factories.make_quote(havsbris, by=jonas, at=NOW)
    progress(quote, jonas)
    assert [row.pk for row in open_quotes(jonas)] == [draft.pk]
    assert hand_over_quotes(jonas, to=anna, at=NOW) == 1
    draft.refresh_from_db()
    quote.refresh_from_db()
    assert (draft.created_by_id, quote.created_by_id) == (anna.pk, jonas.pk)
    assert quote.confirmations.get().sent_by_id == jonas.pk
