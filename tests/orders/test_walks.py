"""Random walks over the whole life of orders agree with a plain model after each step.

States, credit, services, e-mails per receiver and charges (ORD-50 to ORD-66, D8, D16, SM-ORDER,
ACC-23). ``KONTOR_WALKS=2000`` walks more often than a run of all tests has time for.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from orders.charges import charges_between
from orders.models import Order, Service
from orders.services import fulfilment
from orders.services.delivering import complete_order
from orders.services.drafts import save_details, start_draft
from orders.services.ending import ending_of
from orders.services.placing import submit_order
from orders.services.recreating import ask_cancel, cancel_order, recreate_order
from orders.services.requests import decline_cancel, withdraw_cancel
from orders.services.service_lines import save_service_lines
from orders.services.templates import order_again
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.outbox.models import OutboundEmail
from tests import factories
from tests.conftest import NOW
from tests.figures import note
from tests.orders.walks import Model, Placed

WALKS = int(os.environ.get("KONTOR_WALKS", "15"))
ACTS = (
    *("draft", "draft", "submit", "submit", "submit", "accept", "accept", "accept", "provision"),
    *("provision", "complete", "complete", "complete", "fail", "retry", "return", "reject"),
    *("cancel", "recreate", "ask_cancel", "withdraw", "decline", "cancel_accepted"),
    *("change", "change", "terminate", "again"),
)
# An act, which order or service, and a number.
Steps = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 7), st.integers(1, 4)),
    min_size=6,
    max_size=22,
)


class _Over(Exception):
    """The end of a walk, which takes its rows back."""


class Walk:
    """One walk: the model, and the customers and the person of the real portal."""

    def __init__(self, customers: list[Customer], by: Membership) -> None:
        self.customers, self.by = customers, by
        self.model = Model((1300, 40_000))
        self.at = NOW
        found = [(each, each.contacts.get()) for each in customers]
        self.contacts = {each.pk: contact for each, contact in found}

    def step(self, act: str, which: int, n: int) -> None:
        self.at += timedelta(minutes=1)
        if act == "draft":
            self._draft(which % 2, n)
        elif act in ("change", "terminate"):
            self._on_service(act, which, n)
        elif self.model.orders:
            order = self.model.orders[-1 - which % len(self.model.orders)]
            if act == "again":
                self._again(order)
            else:
                self._act(act, order)
        self.check()

    def _try(self, wanted: bool, run: Callable[[], Any]) -> Any:
        """Run an act that the model says is possible, or not."""
        try:
            with transaction.atomic():
                made = run()
        except RuleError as refusal:
            assert not wanted, f"refused: {refusal}"
            return None
        assert wanted, "not refused"
        return made

    def _draft(self, customer: int, n: int) -> None:
        target = Customer.objects.get(pk=self.customers[customer].pk)
        order = Placed(None, customer, "new", n)  # type: ignore[arg-type]
        made = self._try(
            self.model.fits(customer, order.need),
            lambda: factories.make_draft(target, by=self.by, at=self.at, quantities={"FLX-PRO": n}),
        )
        if made is not None:
            Order.objects.filter(pk=made.pk).update(contact=self.contacts[target.pk])
            order.id = made.pk
            self.model.orders.append(order)

    def _on_service(self, act: str, which: int, n: int) -> None:
        if not self.model.services:
            return
        service = self.model.services[which % len(self.model.services)]
        total = 0 if act == "terminate" else service.quantity + n
        order = Placed(None, service.customer, act, total, service, service.quantity)  # type: ignore[arg-type]
        free = not service.ended and not self.model.busy(service)
        made = self._try(
            free and self.model.fits(service.customer, order.need),
            lambda: self._service_draft(service.customer, act, {service.id: total}),
        )
        if made is not None:
            order.id = made.pk
            self.model.orders.append(order)

    def _service_draft(self, customer: int, act: str, totals: dict[Any, int]) -> Order:
        target = Customer.objects.get(pk=self.customers[customer].pk)
        draft = start_draft(
            customer=target, family="flex", by=self.by, at=self.at, own_confirmed=True, kind=act
        )
        draft = save_service_lines(draft.pk, version=draft.version, totals=totals, at=self.at)
        return save_details(
            draft.pk,
            version=draft.version,
            at=self.at,
            reference="",
            po_number="",
            start_date=NOW.date(),
            contact=self.contacts[target.pk],
        )

    def _again(self, order: Placed) -> None:
        target = Customer.objects.get(pk=self.customers[order.customer].pk)
        made = self._try(
            order.kind == "new", lambda: order_again(order.id, target, by=self.by, at=self.at)
        )
        if made is not None:
            start = Order.objects.get(pk=order.id).start_date
            Order.objects.filter(pk=made[0].pk).update(start_date=start)
            self.model.orders.append(Placed(made[0].pk, order.customer, "new", order.quantity))

    def _act(self, act: str, order: Placed) -> None:
        """Carry an act out in the portal and in the model."""
        if act == "recreate" and order.again is not None:
            return
        if act == "submit" and order.state == "submitted":
            self._real(act, order)  # The same form again: it leads to the placed order.
            return
        possible = self.model.may(act, order)
        made = self._try(possible, lambda: self._real(act, order))
        if not possible:
            return
        delivered = None
        if act == "complete" and order.kind == "new":
            delivered = Service.objects.get(made_by__order=order.id).pk
        self.model.do(act, order, delivered)
        if act == "recreate":
            copy = made[0]
            order.again = copy.pk
            Order.objects.filter(pk=copy.pk).update(contact=self.contacts[copy.customer_id])
            self.model.orders.append(Placed(copy.pk, 1 - order.customer, "new", order.quantity))

    def _real(self, act: str, order: Placed) -> Any:
        at, pk = self.at, order.id
        other = self.customers[1 - order.customer].pk
        acts: dict[str, Callable[[], Any]] = {
            "submit": lambda: submit_order(
                pk, version=None, by=self.by, at=at, ending=ending_of(Order.objects.get(pk=pk))
            ),
            "accept": lambda: fulfilment.accept_order(pk, at=at),
            "reject": lambda: fulfilment.reject_order(pk, reason="No", at=at),
            "return": lambda: fulfilment.return_order(pk, reason="Which floor?", at=at),
            "provision": lambda: fulfilment.provision_order(pk, at=at),
            "fail": lambda: fulfilment.fail_order(pk, reason="No power", at=at),
            "retry": lambda: fulfilment.retry_order(pk, at=at),
            "complete": lambda: complete_order(
                pk, delivered_on=at.date(), vendor_reference="", deliveries={}, at=at
            ),
            "cancel": lambda: cancel_order(pk, reason="not_needed", text="", at=at),
            "recreate": lambda: recreate_order(
                pk, Customer.objects.get(pk=other), by=self.by, at=at
            ),
            "ask_cancel": lambda: ask_cancel(pk, reason="not_needed", text="", at=at, by=self.by),
            "withdraw": lambda: withdraw_cancel(pk, by=self.by, at=at),
            "decline": lambda: decline_cancel(pk, reason="Too late", at=at),
            "cancel_accepted": lambda: fulfilment.cancel_accepted(pk, reason="Done", at=at),
        }
        return acts[act]()

    def check(self) -> None:
        """Compare what is there with what the model says."""
        model = self.model
        orders = Order.objects.values_list("pk", "customer", "state")
        assert {pk: (customer, state) for pk, customer, state in orders} == {
            o.id: (self.customers[o.customer].pk, o.state) for o in model.orders
        }
        credit = dict(Customer.objects.values_list("pk", "credit_committed"))
        for number, customer in enumerate(self.customers):
            committed = credit[customer.pk]
            assert committed == model.committed(number), customer.name
            assert committed <= model.limits[number] or not model.orders
        rows = Service.objects.values_list("pk", "customer", "quantity", "ended_on")
        assert {pk: (customer, n, bool(end)) for pk, customer, n, end in rows} == {
            s.id: (self.customers[s.customer].pk, s.quantity, s.ended) for s in model.services
        }
        mails = OutboundEmail.objects.for_partner(self.by.partner)
        received = Counter(mails.values_list("to_address", flat=True))
        assert received[self.by.user.email] == model.partner_mails
        for number, customer in enumerate(self.customers):
            to = received[self.contacts[customer.pk].email]
            assert to == model.customer_mails[number], customer.name

    def check_charges(self) -> None:
        """Compare what a month from now is charged with what runs (ACC-23)."""
        begin = NOW.date().replace(day=1) + timedelta(days=40)
        start, end = begin.replace(day=1), begin.replace(day=31)
        charged = charges_between(Customer.objects.all(), start=start, end=end)
        total = sum((charge.amount for charge in charged), Decimal(0))
        running = sum(s.quantity * 129 for s in self.model.services if not s.ended)
        assert total == running
        assert {charge.customer.pk for charge in charged} == {
            self.customers[s.customer].pk for s in self.model.services if not s.ended
        }


@pytest.fixture
def two(havsbris: Customer, bjorkvik: Customer) -> list[Customer]:
    """Two customers, each with a contact that gets confirmations."""
    for customer, limit in ((havsbris, 1300), (bjorkvik, 40_000)):
        email = f"eva@{customer.number}.example"
        factories.make_contact(customer, at=NOW, email=email, gets_orders=True)
        Customer.objects.filter(pk=customer.pk).update(credit_limit=limit)
    return [havsbris, bjorkvik]


def test_walks_agree_with_the_model(two: list[Customer], anna: Membership) -> None:
    """SM-ORDER, D8, D16, ORD-52, ACC-23: whatever happens, in whichever order."""

    @settings(
        max_examples=WALKS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        derandomize=WALKS < 100,
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=Steps)
    def walk(steps: list[tuple[str, int, int]]) -> None:
        try:
            with transaction.atomic():
                going = Walk(two, anna)
                for act, which, n in steps:
                    going.step(act, which, n)
                going.check_charges()
                raise _Over
        except _Over:
            pass

    walk()
    note(
        "Random walks over orders' lives: credit, states, services, e-mails, charges",
        WALKS,
        "the model agrees after each step",
        f"{WALKS:,} walks, 0 differ",
        True,
    )
