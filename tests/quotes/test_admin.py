"""A partner's quotes in channel sales' admin (CHAN-33: read-mostly, in the partner's context)."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Customer
from portal.accounts.models import Membership, User
from quotes.models import Quote
from tests import factories
from tests.admin_helpers import text
from tests.conftest import NOW, HostClient, SignIn

LIST = "/admin/p/nordlys/quotes/quote/"


@pytest.fixture
def client(sign_in: SignIn, staff: User, settings: Any) -> HostClient:
    """Channel sales on the public host."""
    settings.STAFF_SECOND_FACTOR = False
    return sign_in(staff)


@pytest.fixture
def sent(havsbris: Customer, jonas: Membership) -> Quote:
    """A quote that was sent, with a note of the partner's own."""
    quote = factories.make_quote(havsbris, by=jonas, at=NOW, notes="Margin is thin")
    factories.make_confirmation(quote, by=jonas, at=NOW)
    quote.refresh_from_db()
    return quote


def test_staff_read_what_was_sent_and_no_internal_notes(client: HostClient, sent: Quote) -> None:
    """CHAN-33: lines, confirmations and the customer; nothing can be changed."""
    assert sent.number in text(client.get(LIST))
    assert sent.number in text(client.get(f"{LIST}?state=sent&q={sent.number}"))
    assert sent.number not in text(client.get(f"{LIST}?state=declined"))
    page = text(client.get(f"{LIST}{sent.pk}/change/"))
    for words in ("Havsbris Konsult AB, 10042", "Product FLX-PRO", "24 months", "Annika Sandell"):
        assert words in page
    assert "Margin is thin" not in page
    assert client.post(f"{LIST}{sent.pk}/change/", {"title": "x"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403


def test_drafts_and_other_partners_quotes_are_not_there(
    client: HostClient, sent: Quote, havsbris: Customer, jonas: Membership
) -> None:
    """DEC-77, ISO-16: a draft is the partner's own."""
    draft = factories.make_quote(havsbris, by=jonas, at=NOW)
    assert draft.number not in text(client.get(LIST))
    assert client.get(f"{LIST}{draft.pk}/change/").status_code == 404
    assert client.get(f"/admin/p/brueckner/quotes/quote/{sent.pk}/change/").status_code == 404
