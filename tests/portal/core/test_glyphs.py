"""Characters that our documents can't show (OUT-31)."""

from __future__ import annotations

import html
from typing import Any

import pytest

from customers.models import Customer
from portal.accounts.models import Membership
from portal.core.glyphs import missing_characters
from tests import factories
from tests.conftest import NOW, SignIn
from tests.quotes.test_views import form_token

HINT = "Our documents can't show these characters: {}. You can save all the same."
SAID = "Our documents can't show these characters: {}. Write the text in another way."


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("山田商店", "山田商店"),
        ("Fest 🎉🎉!", "🎉"),
        ("å ß ł Ж Ω", ""),
        ("Åre & Søn, Łódź, Αθήνα, Київ – “€ 5” №", ""),
        ("A\u030are", ""),  # a letter and its ring, as some systems send it
        ("a\u00a0b\u200dc\ufe0f\n\t", ""),
        ("", ""),
    ],
)
def test_what_the_font_lacks(text: str, missing: str) -> None:
    """OUT-31: by the font's real coverage; what is invisible lacks nothing."""
    assert "".join(missing_characters(text)) == missing


def page(answer: Any) -> str:
    return html.unescape(" ".join(answer.content.decode().split()))


def test_a_contact_is_saved_and_the_characters_are_named(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """OUT-31: below the field when the form comes back, and on the page after saving."""
    client = sign_in(anna)
    url = f"/customers/{havsbris.pk}/contacts/new/"
    data = {"first_name": "Åsa", "last_name": "山田", "role": "", "email": "x"}
    wrong = client.post(url, data)
    assert page(wrong).count(HINT.format("山 田")) == 1
    assert 'aria-describedby="id_last_name_characters"' in wrong.content.decode()
    saved = client.post(url, {**data, "email": "a@havsbris.example"}, follow=True)
    assert SAID.format("山 田") in page(saved)
    contact = havsbris.contacts.get()
    assert contact.last_name == "山田"
    assert HINT.format("山 田") in page(
        client.get(f"/customers/{havsbris.pk}/contacts/{contact.pk}/")
    )
    fine = {**data, "last_name": "Łęcki Жукова", "email": "b@havsbris.example"}
    assert "can't show" not in page(client.post(url, fine, follow=True))


def test_a_quote_and_a_customer_name_theirs(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """OUT-31: title and message of a quote, name of a customer."""
    client = sign_in(anna)
    quote = factories.make_quote(havsbris, by=anna, at=NOW)
    url = f"/quotes/{quote.pk}/edit/"
    data = {
        "form_token": form_token(client, url),
        "title": "Party 🎉",
        "valid_until": quote.valid_until.isoformat(),
        "message": "商",
    }
    assert SAID.format("🎉 商") in page(client.post(url, data, follow=True))
    assert HINT.format("🎉") in page(client.get(url))
    wrong = client.post("/customers/new/", {"name": "山田商店", "notes": "🎉"})
    assert HINT.format("山 田 商 店") in page(wrong)
    assert "🎉." not in page(wrong)
