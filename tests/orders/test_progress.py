"""How far an order is, and who has to act next (ORD-33)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine

from customers.models import Customer
from orders.models import Order
from orders.progress import next_of, steps_of
from orders.services.placing import submit_order
from orders.states import TRANSITIONS
from portal.accounts.models import Membership
from quotes.services import answering
from quotes.services.answering import Reader
from quotes.services.progressing import progress_quote
from tests import factories
from tests.conftest import NOW, SignIn
from tests.orders.test_fulfilment import ACTS, WAY_TO, order_in


def lived(customer: Customer, by: Membership, *acts: str) -> Order:
    """Return an order on which something was done each day."""
    with time_machine.travel(NOW, tick=False):
        order = factories.make_order(customer, by=by, at=NOW)
    for number, act in enumerate(acts, 1):
        at = NOW + timedelta(days=number)
        with time_machine.travel(at, tick=False):
            if act == "submit":
                order.refresh_from_db()
                submit_order(order.pk, version=order.version, by=by, at=at)
            else:
                ACTS[act](order)
    order.refresh_from_db()
    return order


def shown(order: Order) -> list[tuple[str, str]]:
    """Return the steps with their days after the order was placed; the present one in capitals."""
    found = []
    for step in steps_of(order):
        label = step.label.upper() if step.is_now else step.label
        on = step.at.date() if isinstance(step.at, datetime) else step.at
        found.append((label, str((on - NOW.date()).days) if on is not None else ""))
    return found


@pytest.mark.parametrize(
    ("acts", "steps"),
    [
        ([], "PLACED 0, Accepted, Provisioning, Completed"),
        (["accept"], "Placed 0, ACCEPTED 1, Provisioning, Completed"),
        (["accept", "provision"], "Placed 0, Accepted 1, PROVISIONING 2, Completed"),
        (
            ["accept", "provision", "fail"],
            "Placed 0, Accepted 1, Provisioning 2, FAILED 3, Completed",
        ),
        (
            ["accept", "provision", "fail", "retry"],
            "Placed 0, Accepted 1, PROVISIONING 4, Completed",
        ),
        (["accept", "provision", "complete"], "Placed 0, Accepted 1, Provisioning 2, COMPLETED 0"),
        (["reject"], "Placed 0, REJECTED 1"),
        (["cancel"], "Placed 0, CANCELLED 1"),
        (["accept", "cancel_accepted"], "Placed 0, Accepted 1, CANCELLED 2"),
        (
            ["accept", "provision", "fail", "cancel_accepted"],
            "Placed 0, Accepted 1, Provisioning 2, Failed 3, CANCELLED 4",
        ),
        (
            ["return"],
            "Placed 0, RETURNED FOR CHANGES 1, Accepted, Provisioning, Completed",
        ),
        (["return", "submit"], "PLACED 2, Accepted, Provisioning, Completed"),
        (["return", "cancel"], "Placed 0, Returned for changes 1, CANCELLED 2"),
        (["return", "submit", "cancel"], "Placed 2, CANCELLED 3"),
    ],
)
def test_steps_follow_what_happened(
    acts: list[str], steps: str, havsbris: Customer, anna: Membership
) -> None:
    """ORD-33, SM-ORDER: with the days of the last time."""
    order = lived(havsbris, anna, *acts)
    assert ", ".join(" ".join(pair).strip() for pair in shown(order)) == steps


@pytest.mark.parametrize(
    ("state", "present"),
    [
        ("accepted", "current"),
        ("completed", "done"),
        ("failed", "bad"),
        ("rejected", "bad"),
        ("cancelled", "bad"),
    ],
)
def test_the_present_step_looks_as_it_is(
    state: str, present: str, havsbris: Customer, anna: Membership
) -> None:
    """ORD-33: what went wrong is not shown as one that goes on."""
    steps = steps_of(order_in(state, havsbris, anna))
    assert [step.state for step in steps if step.is_now] == [present]


def test_the_day_of_placing_is_known_without_the_log(havsbris: Customer, anna: Membership) -> None:
    """ORD-33: an order from before the log has only its own day."""
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    order.state, order.submitted_at = Order.State.SUBMITTED, NOW
    placed = next(step for step in steps_of(order) if step.label == "Placed")
    assert placed.at == NOW


def test_a_draft_has_all_steps_ahead(havsbris: Customer, anna: Membership) -> None:
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    assert [label for label, _days in shown(draft)] == [
        "DRAFT",
        "Placed",
        "Accepted",
        "Provisioning",
        "Completed",
    ]


def test_what_the_customer_confirmed_stands_first(havsbris: Customer, jonas: Membership) -> None:
    """ORD-33: an order of a quote that was confirmed by link."""
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    answering.accept_confirmation(
        asked.pk,
        contact_id=asked.contact_id,
        seen=asked.snapshot_sha256,
        reader=Reader("192.0.2.7", "Browser"),
        at=NOW,
    )
    (order,) = progress_quote(quote.pk, by=jonas, at=NOW, po_number="", address_checked=True)
    first = steps_of(order)[0]
    assert (first.label, first.state) == ("Confirmed by the customer", "done")
    assert (first.at, first.note) == (NOW, f"Quote {quote.number}")
    assert [step.label for step in steps_of(order)][1:3] == ["Draft", "Placed"]


@pytest.mark.parametrize("state", [*WAY_TO, "draft"])
def test_every_state_says_who_acts(state: str, havsbris: Customer, anna: Membership) -> None:
    """ORD-33: nobody exactly where the state machine goes nowhere."""
    order = (
        factories.make_draft(havsbris, by=anna, at=NOW)
        if state == "draft"
        else order_in(state, havsbris, anna)
    )
    found = next_of(order, may_edit=True, partner="Nordlys")
    goes_on = any(state in listed for listed in TRANSITIONS.values())
    assert bool(found.waits) == goes_on
    assert found.what.endswith(".")
    theirs = next_of(order, may_edit=False, partner="Nordlys").waits
    assert theirs == ("Waiting for Nordlys." if state == "draft" else found.waits)


def test_a_cancellation_that_was_asked_for(havsbris: Customer, anna: Membership) -> None:
    order = lived(havsbris, anna, "accept", "ask_cancel")
    found = next_of(order, may_edit=False, partner="Nordlys")
    assert found.waits == "Waiting for Channel Sales."
    assert found.what.startswith("It decides whether")


def test_page_marks_the_present_step(havsbris: Customer, anna: Membership, sign_in: SignIn) -> None:
    """ORD-33, USE-04: a list in order, one present step, dates as times."""
    order = lived(havsbris, anna, "accept")
    page = sign_in(anna).get(f"/orders/{order.pk}/").content.decode()
    steps = re.search(r'<ol class="k-progress">.*?</ol>', page, re.S)
    assert steps is not None
    assert steps.group().count("<li") == 4
    present = re.findall(r'aria-current="step">.*?k-strong">(.*?)<', steps.group(), re.S)
    assert present == ["Accepted"]
    assert 'datetime="2026-11-' in steps.group()
    assert "Waiting for Channel Sales." in " ".join(page.split())
