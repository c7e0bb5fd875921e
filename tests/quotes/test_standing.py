"""What the page behind a link says to each reader, and what became of it (CON-48)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from customers.models import Contact, Customer
from orders.models import Order
from portal.accounts.models import Membership
from portal.tenancy.models import Partner
from quotes.models import Confirmation, QuoteOrder
from quotes.services import sending
from quotes.services.drafts import revise, supersede
from tests import factories
from tests.conftest import NOW, HostClient
from tests.quotes.conftest import let_in

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _at() -> Any:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def asked(havsbris: Customer, jonas: Membership) -> Confirmation:
    Customer.objects.filter(pk=havsbris.pk).update(credit_limit=Decimal("9000000"), language="en")
    quote = factories.make_quote(Customer.objects.get(pk=havsbris.pk), by=jonas, at=NOW)
    return factories.make_confirmation(quote, by=jonas, at=NOW)


@pytest.fixture
def stefan(asked: Confirmation) -> Contact:
    names = {"first_name": "Stefan", "last_name": "Berg", "email": "stefan@havsbris.example"}
    return factories.make_contact(asked.quote.customer, at=NOW, **names)


def answer(asked: Confirmation, contact: Any) -> dict[str, str]:
    return {
        "seen": asked.snapshot_sha256,
        "read": "on",
        "authority": "on",
        "contact": str(contact),
    }


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(str(response.content.decode()).split())


def test_who_comes_second_is_not_thanked_for_the_first(
    asked: Confirmation, stefan: Contact, reader: HostClient, nordlys: Partner
) -> None:
    """CON-48: with who accepted, when, and that the own click changed nothing."""
    page = let_in(reader, nordlys, asked)
    second = HostClient("nordlys.localhost")
    let_in(second, nordlys, asked)
    first: Any = reader.post(page, answer(asked, asked.contact_id), follow=True)
    assert "Thank you, Annika Sandell" in words(first)
    late = words(second.post(page, answer(asked, stefan.pk)))
    assert "Thank you" not in late
    assert "Annika Sandell has accepted" in late
    not_recorded = "Your own answer was not recorded and changed nothing: Annika Sandell had"
    assert not_recorded in late
    assert "on 23 Nov 2026" in late
    declined = words(second.post(page + "decline/", {"reason": "No", "seen": "x"}))
    assert not_recorded in declined
    # Whoever only looks did nothing, and the accepter is thanked again.
    looks = words(second.get(page))
    assert "Annika Sandell has accepted" in looks
    assert "Your own answer" not in looks
    assert "Thank you, Annika Sandell" in words(reader.get(page))


def test_the_page_says_when_the_order_was_placed(
    asked: Confirmation, reader: HostClient, nordlys: Partner, jonas: Membership
) -> None:
    """CON-48: nothing is said to be ordered before, and not that nothing is, afterwards."""
    page = let_in(reader, nordlys, asked)
    accepted = words(reader.post(page, answer(asked, asked.contact_id), follow=True))
    assert "Nothing is ordered yet." in accepted
    draft = factories.make_draft(asked.quote.customer, by=jonas, at=NOW)
    QuoteOrder.objects.create(
        quote=asked.quote,
        customer=asked.quote.customer,
        order=draft,
        number=draft.number,
        family="flexline",
    )
    assert "Nothing is ordered yet." in words(reader.get(page))
    Order.objects.filter(pk=draft.pk).update(
        state="submitted", submitted_at=LATER + timedelta(days=2)
    )
    placed = words(reader.get(page))
    assert "Nordlys Telekom AB placed the order on 25 Nov 2026" in placed
    assert "Nothing is ordered yet." not in placed


def test_a_later_version_is_named(
    asked: Confirmation, reader: HostClient, nordlys: Partner, jonas: Membership
) -> None:
    """CON-48: on the page of what was accepted, written or sent."""
    page = let_in(reader, nordlys, asked)
    reader.post(page, answer(asked, asked.contact_id))
    newer = supersede(asked.quote_id, by=jonas, at=LATER)
    agreement = f"{newer.number}-{newer.revision}"
    draft = words(reader.get(page))
    assert f"There is a later version, {agreement}. Nordlys Telekom AB has not sent" in draft
    assert "What was accepted here is not ordered any more." in draft
    assert "Nothing is ordered yet." not in draft
    newer.refresh_from_db()
    factories.make_confirmation(newer, by=jonas, at=LATER + timedelta(days=1))
    sent = words(reader.get(page))
    assert f"later version, {agreement}. It was sent to Annika Sandell on 24 Nov 2026" in sent


def test_a_withdrawn_link_names_what_was_sent_after_it(
    asked: Confirmation, reader: HostClient, nordlys: Partner, jonas: Membership
) -> None:
    """CON-48, CON-22: and an answer there says that it was not recorded."""
    page = let_in(reader, nordlys, asked)
    quote = sending.withdraw(asked.quote_id, at=LATER)
    assert "later version" not in words(reader.get(page))
    again = factories.make_confirmation(quote, by=jonas, at=LATER)
    late = words(reader.post(page, answer(asked, asked.contact_id)))
    assert f"There is a later version, {again}." in late
    assert "Your own answer was not recorded and changed nothing." in late


def test_a_revised_quote_is_named_to_who_declined(
    asked: Confirmation, reader: HostClient, nordlys: Partner, jonas: Membership
) -> None:
    """CON-48: after declining, the next version."""
    page = let_in(reader, nordlys, asked)
    data = {"seen": asked.snapshot_sha256, "reason": "Ten", "contact": str(asked.contact_id)}
    assert "later version" not in words(reader.post(page + "decline/", data, follow=True))
    quote = revise(asked.quote_id, at=LATER)
    again = factories.make_confirmation(quote, by=jonas, at=LATER)
    assert f"There is a later version, {again}." in words(reader.get(page))
