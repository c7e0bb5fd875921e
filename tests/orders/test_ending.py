"""An order that ends services says so everywhere, in three languages (ORD-50)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from customers.services import assign
from orders.models import Order, Service
from orders.services.ending import EndingNotConfirmed, ending_of
from orders.services.placing import submit_order
from portal.accounts.models import Membership, User
from portal.outbox.models import OutboundEmail
from tests.admin_helpers import LATER, bring_to, order_url, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_contact, make_draft_on, make_running
from tests.orders.test_wizard import form_token_of

# What no page and no e-mail about an ending may say.
WRONG = {
    "en": r"\b(place|placed|start|starts|deliver\w*|order for|ordered this|billed from)\b",
    "de": r"\b(aufgegeben|Startdatum|[gG]eliefert|\w*[lL]ieferung\w*|Lieferdatum)\b",
    "sv": r"\b(lagd|Startdatum|[lL]evere\w*|[lL]everans\w*|börjar)\b",
}
ENDS = {"en": "Termination", "de": "Kündigung", "sv": "Uppsägning"}


@pytest.fixture(autouse=True)
def _today(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def service(havsbris: Customer, anna: Membership) -> Service:
    """Thirty seats of Havsbris."""
    return make_running(havsbris, by=anna, at=NOW, quantity=30)


@pytest.fixture
def draft(service: Service, anna: Membership) -> Order:
    """The draft of an order that ends them on 7 Dec 2026."""
    return make_draft_on(service, "terminate", 0, by=anna, at=NOW)


def send(order: Order, by: Membership) -> Order:
    """Place an ending that was confirmed as it is."""
    return submit_order(order.pk, version=order.version, by=by, at=NOW, ending=ending_of(order))


def main_of(page: str) -> str:
    """Return the text of a page's main part, without what explains or only scripts read."""
    found = re.search(r"<main.*?</main>|<div id=\"content\".*?<footer", page, re.S)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group()))


def test_review_names_what_ends_and_wants_a_tick(
    draft: Order, anna: Membership, sign_in: SignIn
) -> None:
    """ORD-50: heading, button, date, quantity; the tick names the services and the day."""
    client, url = sign_in(anna), f"/orders/{draft.pk}/review/"
    page = text(client.get(url))
    shown = main_of(page)
    assert "End services of Havsbris Konsult AB, 10042" in shown
    assert "Quantity that ends" in shown and "−3,870.00" in shown
    assert "End date" in shown
    assert (
        "These services of Havsbris Konsult AB, 10042 end on 7 Dec 2026: 30 × Product FLX-PRO"
        in shown
    )
    assert re.findall(WRONG["en"], shown) == []
    data = {"form_token": form_token_of(client, url), "start_date": "2026-12-07"}
    answer = client.post(url, data)
    assert "Tick that these services end on 7 Dec 2026: 30 × Product FLX-PRO" in text(answer)
    draft.refresh_from_db()
    assert draft.state == "draft"
    # A tick for another day than the one in the form is asked for again.
    answer = client.post(url, {**data, "start_date": "2026-12-31", "ends": "2026-12-07"})
    assert "Tick that these services end on 31 Dec 2026" in text(answer)
    assert not re.search(r'name="ends"[^>]*checked', text(answer))
    assert client.post(url, {**data, "then": "draft"}).status_code == 302
    data["form_token"] = form_token_of(client, url)
    assert client.post(url, {**data, "ends": "2026-12-07"}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "submitted"


def test_no_caller_ends_what_nobody_confirmed(
    draft: Order, service: Service, havsbris: Customer, anna: Membership
) -> None:
    """ORD-50: the service demands it, for just these services, quantities and that day."""
    right = ending_of(draft)
    assert right is not None
    other = make_running(havsbris, by=anna, at=NOW, sku="FLX-HOME", quantity=1)
    wrong = (
        None,
        replace(right, on=date(2026, 12, 8)),
        replace(right, services=frozenset({(service.pk, 29)})),
        replace(right, services=frozenset({(other.pk, 30)})),
        replace(right, services=right.services | {(other.pk, 1)}),
        replace(right, services=frozenset()),
    )
    for ending in wrong:
        with pytest.raises(EndingNotConfirmed, match="end on 7 Dec 2026: 30 × Product FLX-PRO"):
            submit_order(draft.pk, version=draft.version, by=anna, at=NOW, ending=ending)
    draft.refresh_from_db()
    assert draft.state == "draft" and draft.submitted_at is None
    assert send(draft, anna).state == "submitted"


def test_a_day_in_the_past_is_refused(draft: Order, anna: Membership, sign_in: SignIn) -> None:
    """ORD-50."""
    client, url = sign_in(anna), f"/orders/{draft.pk}/review/"
    data = {"form_token": form_token_of(client, url), "start_date": "2026-11-20"}
    assert "Earliest 23 Nov 2026." in text(client.post(url, {**data, "ends": "2026-11-20"}))


def mails_about(order: Order) -> list[OutboundEmail]:
    return list(OutboundEmail.objects.across_partners().filter(about_id=order.pk))


@pytest.mark.parametrize("language", ["en", "de", "sv"])
@pytest.mark.parametrize("state", ["failed", "completed"])
def test_mails_speak_of_an_end(
    state: str,
    language: str,
    service: Service,
    anna: Membership,
    jonas: Membership,
) -> None:
    """ORD-50: to who sent it, who is responsible, and the customer; what channel sales does."""
    for person in (anna, jonas):
        person.user.language = language
        person.user.save()
    customer = service.customer
    customer.language = language
    customer.save()
    contact = make_contact(customer, at=NOW)
    assign(customer, jonas, at=NOW)
    order = make_draft_on(service, "terminate", 0, by=anna, at=NOW, contact=contact)
    order = send(order, anna)
    bring_to(order, state)
    found = mails_about(order)
    assert {mail.to_address for mail in found} >= {
        anna.user.email,
        jonas.user.email,
        contact.email,
    }
    for mail in found:
        for words in (mail.subject, mail.text, re.sub(r"<style.*?</style>", "", mail.html)):
            assert re.findall(WRONG[language], words) == [], (mail.template, words)
        if mail.template != "orders/email/progress":
            assert "30 × Product FLX-PRO" in mail.text
        if mail.template not in ("orders/email/placed_customer", "orders/email/customer_news"):
            assert ENDS[language].casefold() in mail.subject.casefold()
        assert "HB-7" in mail.text and "HB-7" in mail.html


@pytest.mark.parametrize("state", ["submitted", "accepted", "provisioning", "failed", "completed"])
def test_pages_speak_of_an_end(
    state: str, draft: Order, anna: Membership, staff: User, sign_in: SignIn
) -> None:
    """ORD-50: the order's page with its steps and history, and each act of channel sales."""
    send(draft, anna)
    order = bring_to(Order.objects.get(pk=draft.pk), state)
    shown = main_of(text(sign_in(anna).get(f"/orders/{order.pk}/")))
    assert f"Termination {order.number} for Havsbris Konsult AB, 10042" in shown
    assert "Termination sent." in shown and "30" in shown
    assert re.findall(WRONG["en"], shown) == []
    client: HostClient = sign_in(staff)
    page = text(client.get(order_url(order)))
    assert re.findall(WRONG["en"], main_of(page)) == []
    for address in re.findall(r'href="([^"]+/do/(?!say)\w+/)"', page):
        act = main_of(text(client.get(address)))
        assert re.findall(WRONG["en"], act) == [], address
        if "complete" in address:
            assert "30 × Product FLX-PRO, ends" in act
            assert "They are billed up to the day before." in act
    if state == "completed":
        assert "Ended 23 Nov 2026, billed up to the day before" in shown
        assert "The services have ended." in shown
