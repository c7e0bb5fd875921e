"""Protections taken away: the stateful properties have to notice, by fixed steps and not by luck.

Each control is walked twice: with the protection the model agrees, and without it it does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core import signing
from django.db.models import F

from customers.models import Customer
from orders import http as order_http
from orders.services import placing
from orders.services.placing import submit_order
from orders.views import review, wizard
from portal.core.form_tokens import SALT
from portal.outbox import delivery
from portal.outbox.models import OutboundEmail
from portal.tenancy.managers import PartnerOwnedManager
from tests.flows.stateful_acts import Going
from tests.flows.stateful_checks import MailServer
from tests.flows.stateful_model import Key
from tests.flows.stateful_portal import PATHS, Person, Tab
from tests.flows.stateful_sending import with_fields
from tests.flows.test_stateful import example, server

__all__ = ["server"]

Take = Callable[[pytest.MonkeyPatch], None]
Act = Callable[[Going], None]


def person(going: Going) -> Person:
    """Return the administrator of the first partner."""
    return next(each for each in going.portal.people if each.name == "administrator")


def drafted(going: Going, which: int, *, seats: int = 2) -> Tab:
    """Write a draft for one of the two customers; return its last step, not sent yet."""
    boss = person(going)
    going._start(boss, which, 1)
    going.sending.send(boss.tabs[-1], 0)
    assert boss.tabs[-1].kind == "products"
    going.sending.send(boss.tabs[-1], seats - 1)
    assert boss.tabs[-1].kind == "review"
    return boss.tabs[-1]


def form_sent_to_another_order(going: Going) -> None:
    """Send the last step of one customer's order to the address of another's."""
    first, second = drafted(going, 0), drafted(going, 1)
    assert second.about is not None and first.customer != second.customer
    # A contact of the one customer would be refused for the other.
    going.sending.send_elsewhere(with_fields(first, contact=""), second.about)


def customer_changed_in_another_tab(going: Going) -> None:
    """Open the form for one customer, choose the other one in another tab, and send the form."""
    boss = person(going)
    going._start(boss, 0, 1)
    tab = boss.tabs[-1]
    going._choose(boss, 1, 0)
    going.sending.send(tab, 0)


def agreed_to_in_a_form_sent_before(going: Going) -> None:
    """Start for one customer, choose the other, agree to the first in the same form, and place."""
    boss = person(going)
    going._start(boss, 1, 1)
    first = boss.tabs[-1]
    going.sending.send(first, 0)
    going._choose(boss, 0, 0)
    going.sending.send(first, 0)
    assert "agreed" in boss.tabs[-1].fields and boss.active != first.customer
    for _step in range(3):
        going.sending.send(boss.tabs[-1], 1)
    assert going.portal.count["placed"] == 1 and boss.active == first.customer


def more_than_the_credit(going: Going) -> None:
    """Place as many orders of four seats as fit into the limit of ten, and one more."""
    tabs = [drafted(going, 0, seats=4) for _each in range(3)]
    for tab in tabs:
        going.sending.send(tab, 0)


def cancelled_while_placing(going: Going) -> None:
    """Cancel statement after statement of placing an order, until it is placed."""
    tab = drafted(going, 1)
    for number in range(34, 70, 2):
        going.sending.send(tab, 0, cancel=number)
        going.checks.all(rows=False)
        if going.model.orders[key(tab)]["state"] != "draft":
            return


def dispatcher_that_dies(going: Going) -> None:
    """End a dispatcher after it took a message and before it spoke to the mail server."""
    going.sending.send(drafted(going, 1), 0)
    going.server.dispatch(["ok", "dies before"])


def looked_at_the_mails(going: Going) -> None:
    """Have both partners place an order, and read the list of e-mails of one."""
    for slug in ("brueckner", "nordlys"):
        boss = next(
            each
            for each in going.portal.people
            if each.slug == slug and each.name == "administrator"
        )
        going._start(boss, 0, 1)
        for _step in range(3):
            going.sending.send(boss.tabs[-1], 1)
    going.portal.request(person(going), "GET", "/outbox/")


def key(tab: Tab) -> Key:
    assert tab.about is not None
    return tab.who.slug, tab.about


def any_order(patch: pytest.MonkeyPatch) -> None:
    """Let a form belong to whatever order the address names."""

    def version(order: Any, posted: str) -> int | None:
        return int(signing.loads(posted, salt=SALT)["version"])

    patch.setattr(order_http, "token_version", version)


def never_asked(patch: pytest.MonkeyPatch) -> None:
    """Do not ask whether the other customer is meant (ORD-26)."""
    patch.setattr(wizard, "ask_mismatch", lambda *args, **kwargs: None)


def never_switched(patch: pytest.MonkeyPatch) -> None:
    """Leave the session with the other customer, whoever was agreed to."""
    patch.setattr(wizard, "switch_to", lambda *args: None)


def no_limit(patch: pytest.MonkeyPatch) -> None:
    """Take the credit whether it is there or not."""
    patch.setattr(
        placing,
        "take_credit",
        lambda customer, need: Customer.objects.filter(pk=customer).update(
            credit_committed=F("credit_committed") + need
        ),
    )


def in_pieces(patch: pytest.MonkeyPatch) -> None:
    """Place an order without a transaction."""
    patch.setattr(review, "submit_order", submit_order.__wrapped__)  # type: ignore[attr-defined]


def marked_first(patch: pytest.MonkeyPatch) -> None:
    """Mark a message as sent, and send it afterwards."""

    def dispatch_one(transport: Any, *, at: Any) -> Any:
        mails = OutboundEmail.objects.across_partners().filter(state="queued")
        email = mails.order_by("created_at", "pk").first()
        if email is None:
            return None
        OutboundEmail.objects.across_partners().filter(pk=email.pk).update(state="sent")
        email.state = "sent"
        return email, delivery._try(transport, email, at=at)

    patch.setattr(delivery, "_dispatch_one", dispatch_one)


def all_partners(patch: pytest.MonkeyPatch) -> None:
    """Show every partner the e-mails of all."""
    patch.setattr(PartnerOwnedManager, "for_partner", lambda self, partner: self.across_partners())


CONTROLS: dict[str, tuple[Act, Take, str]] = {
    "token of a form": (form_sent_to_another_order, any_order, "orders differ"),
    "question about the other customer": (
        customer_changed_in_another_tab,
        never_asked,
        "not asked about the other customer",
    ),
    "switch to whom was agreed to": (agreed_to_in_a_form_sent_before, never_switched, "not placed"),
    "credit limit": (more_than_the_credit, no_limit, "placed what was not possible"),
    "transaction": (cancelled_while_placing, in_pieces, "credit of|missing"),
    "lock of a message": (dispatcher_that_dies, marked_first, "a message is lost"),
    "scope of a partner": (looked_at_the_mails, all_partners, "shows"),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_the_model_notices_a_protection_that_is_gone(
    name: str, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SAFE-04, ISO-20, SAFE-07, OUT-05, negative controls: each fails without its protection."""
    act, take, words = CONTROLS[name]
    with example(server) as going:
        act(going)
        going.checks.all(rows=True)
    take(monkeypatch)
    with pytest.raises(AssertionError, match=words), example(server) as going:
        act(going)
        going.checks.all(rows=True)


def test_an_address_that_another_partner_has_is_not_there(server: MailServer) -> None:
    """ISO-13: the forms of one partner's order and quote do not exist at the other."""
    with example(server) as going:
        tab = drafted(going, 0)
        other = next(each for each in going.portal.people if each.slug == "brueckner")
        for kind in ("products", "review", "cancel", "recreate"):
            for about in (tab.about, UUID(int=7)):
                answer = going.portal.request(other, "GET", PATHS[kind].format(about))
                assert answer.status == 404
