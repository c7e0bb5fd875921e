"""Secrets of messages."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from portal.outbox.secrets import Unreadable, conceal, decrypt, encrypt, mark, reveal

ID = uuid4()


def test_encrypt_hides_and_decrypt_finds() -> None:
    stored = encrypt({"link": "https://x.example/geheim"})
    assert b"geheim" not in stored
    assert decrypt(stored) == decrypt(memoryview(stored)) == {"link": "https://x.example/geheim"}
    assert decrypt(None) == {}


def test_decrypt_after_the_key_was_changed(settings: Any) -> None:
    stored = encrypt({"link": "x"})
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 8
    with pytest.raises(Unreadable):
        decrypt(stored)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert decrypt(stored) == {"link": "x"}


def test_reveal_puts_secrets_in_and_escapes_in_html() -> None:
    text = f"a {mark(ID, 'link')} b"
    assert reveal(text, ID, {"link": "x?a=1&b=2"}) == "a x?a=1&b=2 b"
    assert reveal(text, ID, {"link": 'x?a=1&b="'}, html=True) == "a x?a=1&amp;b=&quot; b"


def test_a_mark_that_somebody_typed_is_only_text() -> None:
    typed = mark(uuid4(), "link")
    assert reveal(typed, ID, {"link": "secret"}) == typed
    assert conceal(typed, ID, "(link hidden)") == typed


def test_conceal_says_so_and_leaves_no_link() -> None:
    html = f'<a class="b" href="{mark(ID, "link")}">Open</a> <a href="http://x/">y</a>'
    assert conceal(f"go: {mark(ID, 'link')}", ID, "(link hidden)") == "go: (link hidden)"
    assert conceal(html, ID, "(link hidden)", html=True) == '<a class="b">Open</a> <a>y</a>'


@pytest.mark.parametrize("name", ["", "Link", "a b", "1", "a]"])
def test_mark_takes_plain_names_only(name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        mark(ID, name)
