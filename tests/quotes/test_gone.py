"""A quote that can't be changed any more while somebody fills in its form (CON-33)."""

from __future__ import annotations

import html
from typing import Any

import pytest

from customers.models import Customer
from portal.accounts.models import Membership
from portal.core.actor import acting
from quotes.models import Quote, QuoteSettings
from quotes.services.drafts import QuoteGone, delete_quote
from quotes.services.progressing import progress_quote
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.quotes.test_views import form_token


def page(answer: Any) -> str:
    return html.unescape(" ".join(answer.content.decode().split()))


def typed_forms(client: HostClient, quote: Quote) -> dict[str, tuple[dict[str, str], str]]:
    """Return both forms as somebody has them open, and what is to be shown of each."""
    key = factories.product("FLX-PRO").pk
    details, lines = f"/quotes/{quote.pk}/edit/", f"/quotes/{quote.pk}/lines/"
    return {
        details: (
            {
                "form_token": form_token(client, details),
                "title": "Telephony for Gävle",
                "message": "As promised",
            },
            "Title: Telephony for Gävle",
        ),
        lines: (
            {
                "form_token": form_token(client, lines),
                f"q_{key}": "7",
                f"t_{key}": "36",
                f"d_{key}": "5",
            },
            "Product FLX-PRO: 7, 36 months, discount 5 %",
        ),
    }


def test_a_deleted_quote_says_so_and_shows_what_was_typed(
    anna: Membership, jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """CON-33: in both forms: what happened, by whom, what was typed."""
    client = sign_in(anna)
    quote = factories.make_quote(havsbris, by=anna, at=NOW)
    forms = typed_forms(client, quote)
    with acting(jonas.user):
        delete_quote(quote.pk)
    for url, (data, typed) in forms.items():
        answer = client.post(url, data)
        shown = page(answer)
        assert answer.status_code == 409
        assert f"Quote {quote.number} for {havsbris.label} was deleted" in shown
        assert "Quote deleted as a draft." in shown and f"· {jonas.user.name}" in shown
        assert typed in shown and f"/quotes/new/?customer={havsbris.pk}" in shown
        assert client.post(url, {**data, "form_token": ""}).status_code == 404
        assert client.get(url).status_code == 404
    with pytest.raises(QuoteGone):
        delete_quote(quote.pk)


def test_a_quote_progressed_meanwhile_shows_what_was_typed(
    anna: Membership, jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """CON-33: and leads to it; reading the form leads to its page, as before."""
    client = sign_in(anna)
    quote = factories.make_quote(havsbris, by=anna, at=NOW)
    forms = typed_forms(client, quote)
    QuoteSettings.objects.update_or_create(singleton=True, defaults={"may_skip_confirmation": True})
    with acting(jonas.user):
        progress_quote(quote.pk, po_number="", address_checked=True, by=jonas, at=NOW)
    for url, (data, typed) in forms.items():
        answer = client.post(url, data)
        shown = page(answer)
        assert answer.status_code == 409
        assert f"Quote {quote.number} for {havsbris.label} can't be changed any more" in shown
        assert "Quote progressed to" in shown and f"· {jonas.user.name}" in shown
        assert typed in shown and f'href="/quotes/{quote.pk}/"' in shown
        assert client.get(url)["Location"] == f"/quotes/{quote.pk}/"


def test_who_never_saw_the_quote_gets_404(
    anna: Membership, mikael: Membership, lena: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """CON-33, ANS-01: with a stolen token, too."""
    quote = factories.make_quote(havsbris, by=anna, at=NOW)
    forms = typed_forms(sign_in(anna), quote)
    delete_quote(quote.pk)
    mikael.role.rights = [*mikael.role.rights, "change_quote", "view_quote"]
    mikael.role.save()
    for url, (data, _typed) in forms.items():
        assert sign_in(mikael).post(url, data).status_code == 404
        assert sign_in(lena).post(url, data).status_code == 404
