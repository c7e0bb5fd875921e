"""The same action by several people, tabs and requests at the same moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from customers.models import Customer
from customers.services import LastSupportContact, set_support_roles
from orders.credit import CreditExceeded, committed_by_rows
from orders.models import Order
from orders.services.drafts import save_details
from orders.services.placing import submit_order
from orders.services.recreating import recreate_order
from portal.accounts.models import Membership
from portal.channel.models import DirectoryEntry
from portal.channel.services import NameTaken
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import in_partner
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.flows.conftest import at_once

Call = Callable[[], Any]

Live = Callable[..., Membership]


def poster(client: HostClient, url: str, data: dict[str, str]) -> Call:
    """Return one client's POST, to be sent together with the others'."""
    return lambda: client.post(url, data)


def drafts(customer: Customer, by: Membership, count: int) -> list[Order]:
    """Create drafts of one headset each: exposure 100 through one product at 129 a month."""
    return [
        factories.make_draft(customer, by=by, at=NOW, quantities={"FLX-PRO": 1})
        for _each in range(count)
    ]


def test_parallel_orders_never_overdraw_the_credit(live: Live) -> None:
    """D8, SAFE-07: of 24 concurrent orders of 129 against 1290, exactly 10 are placed."""
    boss = live("credit")
    customer = factories.make_customer("Kredit AB", "10500", at=NOW, credit_limit="1290.00")
    orders = drafts(customer, boss, 24)

    def place(order: Order) -> Callable[[], Order]:
        return lambda: submit_order(order.pk, version=order.version, by=boss, at=NOW)

    results: list[object] = []
    for start in range(0, 24, 8):
        results += at_once(boss.partner, [place(order) for order in orders[start : start + 8]])
    customer.refresh_from_db()
    assert Order.objects.filter(state="submitted").count() == 10
    assert sum(isinstance(result, CreditExceeded) for result in results) == 14
    assert customer.credit_committed == committed_by_rows(customer.pk) == Decimal("1290.00")


def test_two_partners_claim_a_name_at_once_and_one_wins(live: Live) -> None:
    """ACC-11, SAFE-08: 30 simultaneous pairs: exactly 30 winners, 30 field errors."""
    first, second = live("namea"), live("nameb")

    def make(boss: Membership, number: int) -> Callable[[], Customer]:
        def call() -> Customer:
            with in_partner(boss.partner):
                return factories.make_customer(f"Samma {number} AB", f"6{number:04}", at=NOW)

        return call

    won = lost = 0
    for number in range(30):
        results = at_once(first.partner, [make(first, number), make(second, number)])
        won += sum(isinstance(result, Customer) for result in results)
        lost += sum(isinstance(result, NameTaken) for result in results)
    assert (won, lost) == (30, 30)
    claims = DirectoryEntry.objects.across_partners().filter(name__startswith="Samma")
    assert claims.count() == 30


def test_five_identical_posts_make_one_order(live: Live, sign_in_live: SignIn) -> None:
    """SAFE-05: "Place order" five times within a moment: one order, all responses lead to it."""
    boss = live("five")
    customer = factories.make_customer("Fem AB", "10501", at=NOW)
    (draft,) = drafts(customer, boss, 1)
    draft = save_details(
        draft.pk,
        version=draft.version,
        at=NOW,
        reference="",
        po_number="",
        start_date=date(2027, 3, 1),
        contact=None,
    )
    clients: list[HostClient] = [sign_in_live(boss) for _each in range(5)]
    url = f"/orders/{draft.pk}/review/"
    page = clients[0].get(url).content.decode()
    form_token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert form_token is not None
    data = {"form_token": form_token.group(1), "start_date": "2027-03-01", "reference": "Once"}

    answers = at_once(boss.partner, [poster(client, url, data) for client in clients])

    assert [answer.status_code for answer in answers] == [302] * 5
    assert {answer["Location"] for answer in answers} == {f"/orders/{draft.pk}/"}
    customer.refresh_from_db()
    assert Order.objects.filter(state="submitted").count() == 1
    assert customer.credit_committed == Decimal("129.00")
    mails = OutboundEmail.objects.for_partner(boss.partner).filter(template="orders/email/placed")
    assert mails.count() == 1


def test_first_step_five_times_makes_one_draft(live: Live, sign_in_live: SignIn) -> None:
    """SAFE-05: a double click on "Next" too."""
    boss = live("steps")
    customer = factories.make_customer("Steg AB", "10502", at=NOW)
    clients = [sign_in_live(boss) for _each in range(5)]
    page = clients[0].get("/orders/new/flex/").content.decode()
    form_id = re.search(r'name="order_id" value="([^"]+)"', page)
    assert form_id is not None
    data = {"customer": str(customer.pk), "order_id": form_id.group(1)}
    answers = at_once(
        boss.partner,
        [poster(client, "/orders/new/flex/", data) for client in clients],
    )
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, f"/orders/{form_id.group(1)}/products/")
    }
    assert Order.objects.count() == 1


def test_recreate_twice_at_once_makes_one_draft(live: Live) -> None:
    """ORD-07: one transaction, one copy."""
    boss = live("again")
    wrong = factories.make_customer("Fel AB", "10503", at=NOW)
    right = factories.make_customer("Ratt AB", "10504", at=NOW)
    order = factories.make_order(wrong, by=boss, at=NOW)
    results = at_once(
        boss.partner,
        [lambda: recreate_order(order.pk, right, by=boss, at=NOW) for _each in range(4)],
    )
    assert len({result[0].pk for result in results}) == 1
    assert Order.objects.filter(customer=right).count() == 1
    wrong.refresh_from_db()
    assert wrong.credit_committed == 0


def test_two_who_remove_the_last_maintainers_leave_one(live: Live) -> None:
    """ONB-17: also when both are taken away at the same moment, 100 times."""
    boss = live("maintainers")
    customer = factories.make_customer("Underhåll AB", "10700", at=NOW)
    contacts = [
        factories.make_contact(customer, at=NOW, last_name=name, email=f"{name}@u.example")
        for name in ("Ek", "Alm")
    ]
    for _round in range(100):
        for contact in contacts:
            set_support_roles(contact, ["maintainer"], at=NOW)
        Customer.objects.filter(pk=customer.pk).update(onboarded_at=NOW)
        results = at_once(
            boss.partner,
            [partial(set_support_roles, contact, [], at=NOW) for contact in contacts],
        )
        assert sum(isinstance(result, LastSupportContact) for result in results) == 1
        assert customer.support_contacts.count() == 1
        Customer.objects.filter(pk=customer.pk).update(onboarded_at=None)
