"""A confirmation that is answered, withdrawn, edited and expired concurrently (SAFE-09).

Exactly one of these succeeds. ``KONTOR_ROUNDS`` and ``KONTOR_CLIENTS`` increase the load.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from customers.models import Customer
from orders.models import Order
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.outbox.models import Document, OutboundEmail
from quotes.models import Confirmation, Evidence, Quote
from quotes.services import answering, drafts, sending
from quotes.services.answering import Closed, Reader
from quotes.services.drafts import LineRequest, StaleQuote
from quotes.services.evidence import problems
from quotes.services.progressing import AlreadyProgressed, progress_quote
from tests import factories
from tests.conftest import NOW
from tests.flows.conftest import at_once

Live = Callable[..., Membership]
ROUNDS = int(os.environ.get("KONTOR_ROUNDS", "6"))
CLIENTS = int(os.environ.get("KONTOR_CLIENTS", "10"))


def ask(customer: Customer, boss: Membership) -> Confirmation:
    quote = factories.make_quote(customer, by=boss, at=NOW)
    return factories.make_confirmation(quote, by=boss, at=NOW)


def accepting(asked: Confirmation) -> Callable[[], Any]:
    return lambda: answering.accept_confirmation(
        asked.pk,
        contact_id=asked.contact_id,
        seen=asked.snapshot_sha256,
        reader=Reader("192.0.2.7", "Browser"),
        at=NOW,
    )


def acts(asked: Confirmation, quote: Quote) -> dict[str, Callable[[], Any]]:
    """Return what somebody else does at the moment of the acceptance."""
    late = asked.expires_at + timedelta(seconds=1)
    wanted = {factories.product("FLX-PRO").pk: LineRequest(1)}
    seen = asked.snapshot_sha256
    return {
        "withdraw": lambda: sending.withdraw(quote.pk, at=NOW),
        "expire": lambda: sending.expire(asked.pk, at=late),
        "edit": lambda: drafts.save_lines(quote.pk, version=quote.version, wanted=wanted, at=NOW),
        "decline": lambda: answering.decline_confirmation(
            asked.pk,
            contact_id=asked.contact_id,
            reason="No",
            seen=seen,
            reader=Reader("", ""),
            at=NOW,
        ),
    }


def copies(asked: Confirmation, boss: Membership) -> int:
    mails = OutboundEmail.objects.for_partner(boss.partner)
    return mails.filter(about_id=asked.quote_id, template__startswith="quotes/email/acc").count()


def test_many_accept_at_once_and_one_does(live: Live) -> None:
    """CON-17, CON-20: one acceptance, one piece of evidence, each copy once."""
    boss = live("accept")
    customer = factories.make_customer("Ja AB", "10600", at=NOW, credit_limit="9000000.00")
    for number in range(ROUNDS):
        asked = ask(customer, boss)
        results = at_once(boss.partner, [accepting(asked) for _each in range(CLIENTS)])
        assert sum(isinstance(result, Confirmation) for result in results) == 1, results
        assert sum(isinstance(result, Closed) for result in results) == CLIENTS - 1
        assert Evidence.objects.filter(confirmation=asked).count() == 1
        assert copies(asked, boss) == 3
        documents = Document.objects.for_partner(boss.partner)
        assert documents.filter(about_id=asked.quote_id).count() == 1
        assert Quote.objects.get(pk=asked.quote_id).state == "confirmed", number
    assert list(problems()) == []


@pytest.mark.parametrize("against", ["withdraw", "expire", "edit", "decline"])
def test_accept_against_another_action(against: str, live: Live) -> None:
    """SAFE-09: the first one succeeds; states, evidence and e-mails match the winner."""
    boss = live("against")
    customer = factories.make_customer("Kanske AB", "10601", at=NOW, credit_limit="9000000.00")
    outcomes = set()
    for _round in range(ROUNDS):
        asked = ask(customer, boss)
        quote = Quote.objects.get(pk=asked.quote_id)
        other = acts(asked, quote)
        results = at_once(
            boss.partner, [accepting(asked), other[against], accepting(asked), other[against]]
        )
        assert all(not isinstance(r, Exception) or isinstance(r, RuleError) for r in results)
        asked.refresh_from_db()
        quote.refresh_from_db()
        accepted = asked.state == "accepted"
        outcomes.add(accepted)
        kinds = set(Evidence.objects.filter(confirmation=asked).values_list("kind", flat=True))
        assert ("accepted" in kinds) == accepted
        assert (quote.state == "confirmed") == accepted
        assert copies(asked, boss) == (3 if accepted else 0)
        assert sum(isinstance(r, Confirmation) and r.state == "accepted" for r in results) == int(
            accepted
        )
    assert outcomes
    assert list(problems()) == []


def test_progress_many_times_at_once_makes_one_set_of_orders(live: Live) -> None:
    """SM-QUOTE: a second progress names the orders."""
    boss = live("progress")
    customer = factories.make_customer("Sen AB", "10602", at=NOW, credit_limit="9000000.00")
    asked = ask(customer, boss)
    accepting(asked)()

    def progress() -> list[Order]:
        return progress_quote(asked.quote_id, po_number="", address_checked=True, by=boss, at=NOW)

    results = at_once(boss.partner, [progress] * CLIENTS)
    assert sum(isinstance(result, list) for result in results) == 1
    assert sum(isinstance(result, AlreadyProgressed) for result in results) == CLIENTS - 1
    assert Order.objects.count() == 1


def test_two_editors_never_overwrite_each_other(live: Live) -> None:
    """SAFE-06: of several who save the same version one succeeds, the others are refused."""
    boss = live("edit")
    customer = factories.make_customer("Red AB", "10603", at=NOW, credit_limit="9000000.00")
    quote = factories.make_quote(customer, by=boss, at=NOW)
    seat = factories.product("FLX-PRO").pk

    def save(number: int) -> Callable[[], Quote]:
        return lambda: drafts.save_lines(
            quote.pk, version=quote.version, wanted={seat: LineRequest(number)}, at=NOW
        )

    results = at_once(boss.partner, [save(number) for number in range(1, 6)])
    assert sum(isinstance(result, Quote) for result in results) == 1
    assert sum(isinstance(result, StaleQuote) for result in results) == 4
