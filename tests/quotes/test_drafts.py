"""Writing quotes (SM-QUOTE, CON-21, D17)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers.models import Customer
from customers.services import deactivate_customer
from orders.services.checks import CustomerInactive, NotForResidential, NotOrderable
from portal.accounts.models import Membership
from portal.core.errors import RuleError, WrongState
from quotes.commercials import CommercialsShown, find_commercials
from quotes.models import Confirmation, Quote
from quotes.services import answering, drafts, sending
from quotes.services.answering import Reader
from quotes.services.drafts import DiscountTooHigh, LineRequest, StaleQuote, quote_settings
from tests import factories
from tests.conftest import NOW

READER = Reader("192.0.2.7", "Browser")


def confirmed(quote: Quote, by: Membership) -> Confirmation:
    asked = factories.make_confirmation(quote, by=by, at=NOW)
    return answering.accept_confirmation(
        asked.pk, contact_id=asked.contact_id, seen=asked.snapshot_sha256, reader=READER, at=NOW
    )


def test_totals_follow_list_price_and_discount(havsbris: Customer, jonas: Membership) -> None:
    """D17: list prices of the customer's plan today, the discount on each unit."""
    quote = factories.make_quote(
        havsbris, by=jonas, at=NOW, quantities={"FLX-PRO": 12, "FLX-D30": 4}, discount="10"
    )
    seat = quote.lines.get(product__sku="FLX-PRO")
    assert (seat.list_monthly, seat.monthly) == (Decimal("129.00"), Decimal("116.10"))
    assert (quote.monthly, quote.one_off) == (Decimal("1393.20"), Decimal("4662.00"))


@pytest.mark.parametrize(("discount", "refused"), [("15", False), ("15.01", True)])
def test_discount_within_the_partners_limit(
    discount: str, refused: bool, havsbris: Customer, jonas: Membership
) -> None:
    if refused:
        with pytest.raises(DiscountTooHigh, match="The highest discount is 15 %"):
            factories.make_quote(havsbris, by=jonas, at=NOW, discount=discount)
    else:
        assert factories.make_quote(havsbris, by=jonas, at=NOW, discount=discount).monthly > 0


def test_the_same_form_twice_is_one_quote(havsbris: Customer, jonas: Membership) -> None:
    from uuid import uuid4

    details = {
        "customer": havsbris,
        "title": "Phones",
        "valid_until": date(2026, 12, 20),
        "by": jonas,
        "at": NOW,
        "quote_id": uuid4(),
    }
    assert drafts.start_quote(**details).pk == drafts.start_quote(**details).pk  # type: ignore[arg-type]
    assert Quote.objects.count() == 1


def test_not_for_an_inactive_customer_nor_the_own_company(
    bjorkvik: Customer, own: Customer, jonas: Membership
) -> None:
    """D9."""
    deactivate_customer(bjorkvik, at=NOW)
    with pytest.raises(CustomerInactive):
        factories.make_quote(Customer.objects.get(pk=bjorkvik.pk), by=jonas, at=NOW)
    with pytest.raises(RuleError, match="not for your own company"):
        factories.make_quote(own, by=jonas, at=NOW)


def test_withdrawn_and_unsuitable_products_are_refused(
    havsbris: Customer, jonas: Membership, nordlys: object
) -> None:
    """ORD-28, ACC-07."""
    with pytest.raises(NotOrderable, match="cannot be ordered"):
        factories.make_quote(havsbris, by=jonas, at=NOW, quantities={"FLX-OLD": 1})
    private = factories.make_customer("Eva Lind", "10900", at=NOW, type="residential")
    with pytest.raises(NotForResidential, match="not available to residential customers"):
        factories.make_quote(private, by=jonas, at=NOW, quantities={"FLX-PRO": 1})


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("title", "Only 99 kr a seat"),
        ("message", "You pay EUR 12 less"),
        ("message", "a discount of ten percent"),
        ("message", "€ 5 each"),
    ],
)
def test_texts_for_the_customer_hold_no_commercials(
    field: str, text: str, havsbris: Customer, jonas: Membership
) -> None:
    """CON-02: refused at the field where it was entered."""
    with pytest.raises(CommercialsShown) as refusal:
        factories.make_quote(havsbris, by=jonas, at=NOW, **{field: text})  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_what_the_record_holds_by_chance_is_no_price() -> None:
    """CON-02: a hash, an identifier and an address have figures and words of their own."""
    for words in (
        f"SHA-256 {'ab5180ce' * 8}",
        "019ad2f4-5180-7a51-805a-a51805180abc",
        "Accepted by Eva Falk, eva@discount.example",
        "Accepted by Eva Falk, eva5180@falk.example",
    ):
        assert not find_commercials(words, {"5180"}), words
    for words in ("a price of 5180", "5180 per month", "(5180)", "a discount, eva@falk.example"):
        assert find_commercials(words, {"5180"}), words


def test_a_stale_form_is_refused(havsbris: Customer, jonas: Membership) -> None:
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    with pytest.raises(StaleQuote):
        drafts.save_lines(
            quote.pk,
            version=quote.version - 1,
            wanted={factories.product("FLX-PRO").pk: LineRequest(1)},
            at=NOW,
        )


def test_editing_after_sending_withdraws_the_link(havsbris: Customer, jonas: Membership) -> None:
    """CON-21."""
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    quote.refresh_from_db()
    drafts.save_lines(
        quote.pk,
        version=quote.version,
        wanted={factories.product("FLX-PRO").pk: LineRequest(3)},
        at=NOW,
    )
    asked.refresh_from_db()
    quote.refresh_from_db()
    assert asked.state == Confirmation.State.WITHDRAWN
    assert (quote.state, quote.revision) == ("draft", 2)


def test_after_acceptance_the_quote_is_locked(havsbris: Customer, jonas: Membership) -> None:
    """CON-21."""
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    confirmed(quote, jonas)
    quote.refresh_from_db()
    wanted = {factories.product("FLX-PRO").pk: LineRequest(3)}
    with pytest.raises(WrongState, match="This quote is confirmed and cannot be changed"):
        drafts.save_lines(quote.pk, version=quote.version, wanted=wanted, at=NOW)
    with pytest.raises(WrongState):
        sending.withdraw(quote.pk, at=NOW)
    with pytest.raises(WrongState):
        drafts.delete_quote(quote.pk)


def test_a_new_version_supersedes_a_confirmed_quote_once(
    havsbris: Customer, jonas: Membership
) -> None:
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    confirmed(quote, jonas)
    new = drafts.supersede(quote.pk, by=jonas, at=NOW)
    assert drafts.supersede(quote.pk, by=jonas, at=NOW).pk == new.pk
    quote.refresh_from_db()
    assert (quote.state, new.state, new.revision) == ("superseded", "draft", 2)
    assert [(line.product_name, line.quantity) for line in new.lines.order_by("position")] == [
        (line.product_name, line.quantity) for line in quote.lines.order_by("position")
    ]


def test_a_declined_quote_is_revised(havsbris: Customer, jonas: Membership) -> None:
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    with pytest.raises(WrongState):
        drafts.revise(quote.pk, at=NOW)
    answering.decline_confirmation(
        asked.pk,
        contact_id=asked.contact_id,
        reason="Fewer",
        seen=asked.snapshot_sha256,
        reader=READER,
        at=NOW,
    )
    later = NOW + timedelta(days=60)
    revised = drafts.revise(quote.pk, at=later)
    assert (revised.state, revised.revision) == ("draft", 2)
    assert revised.valid_until == later.date() + timedelta(days=quote_settings().valid_days)


def test_only_a_draft_that_was_never_sent_is_deleted(havsbris: Customer, jonas: Membership) -> None:
    first = factories.make_quote(havsbris, by=jonas, at=NOW)
    drafts.delete_quote(first.pk)
    assert not Quote.objects.filter(pk=first.pk).exists()
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    factories.make_confirmation(quote, by=jonas, at=NOW)
    sending.withdraw(quote.pk, at=NOW)
    with pytest.raises(RuleError, match="was sent before"):
        drafts.delete_quote(quote.pk)


def test_the_database_refuses_another_customer(
    havsbris: Customer, bjorkvik: Customer, jonas: Membership
) -> None:
    """SAFE-02: composite keys and the trigger."""
    from django.db import IntegrityError, transaction

    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Quote.objects.filter(pk=quote.pk).update(customer=bjorkvik)
    with pytest.raises(IntegrityError, match="same_customer"), transaction.atomic():
        quote.lines.update(customer=bjorkvik)
