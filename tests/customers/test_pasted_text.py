"""Text as it is pasted: invisible characters, addresses that reach nobody, domains in IDNA."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.imports.parsing import read_table
from customers.models import Customer
from portal.accounts.models import Membership
from portal.core.text import INVISIBLE, without_invisible
from tests.conftest import SignIn
from tests.customers.test_views import data


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("Acme\u200b AB", "Acme AB"),
        ("\ufeffAcme AB\u200e", "Acme AB"),
        ("Ac\u00adme \u202eAB", "Acme AB"),
        ("Ac\u200dme", "Acme"),
        ("\u200dAcme\u200c", "Acme"),
        ("👩\u200d🔧 Acme", "👩\u200d🔧 Acme"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
    ],
)
def test_invisible_characters_leave(pasted: str, kept: str) -> None:
    """INP-15: a joiner stays where an emoji or a script needs it."""
    assert without_invisible(pasted) == kept


@given(st.text())
def test_what_is_visible_stays(text: str) -> None:
    """INP-15: nothing else is touched, and cleaning twice is cleaning once."""
    cleaned = without_invisible(text)
    assert without_invisible(cleaned) == cleaned
    assert not INVISIBLE.search(cleaned)
    seen = [
        letter for letter in text if not INVISIBLE.match(letter) and letter not in "\u200c\u200d"
    ]
    assert [letter for letter in cleaned if letter not in "\u200c\u200d"] == seen


def test_a_posted_name_is_saved_without_them(
    anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """INP-15: a name pasted with a zero-width space is found by what one sees."""
    client = sign_in(anna)
    posted = data(name="Ac\u200bme AB", billing_email="\u200bacme@acme.example")
    assert client.post("/customers/new/", posted).status_code == 302
    made = Customer.objects.get(number="20000")
    assert (made.name, made.billing_email) == ("Acme AB", "acme@acme.example")


def test_an_imported_name_is_read_without_them() -> None:
    """INP-15: the same for a cell of an import."""
    content = "Name;Number\nAc\u200bme AB;20000\n".encode()
    assert read_table(content).rows[0].cells[0] == "Acme AB"


@pytest.mark.parametrize("address", ["anna@localhost", "anna@", "@example.com", "anna@example"])
def test_an_address_that_reaches_nobody_is_refused(
    address: str, anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """INP-16: localhost is no place for a customer's bills."""
    page = sign_in(anna).post("/customers/new/", data(billing_email=address))
    assert page.status_code == 200
    assert "Enter a valid e-mail address." in page.content.decode()
    assert not Customer.objects.filter(number="20000").exists()


def test_a_domain_is_shown_as_people_write_it(
    anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """INP-17: on the customer's page and in the form, and saving the form keeps it."""
    client = sign_in(anna)
    client.post("/customers/new/", data(domains="Lärche.example"))
    made = Customer.objects.get(number="20000")
    assert made.domains.get().domain == "xn--lrche-gra.example"
    for path in ("", "edit/"):
        page = client.get(f"/customers/{made.pk}/{path}").content.decode()
        assert "lärche.example" in page
        assert "xn--" not in page
    client.post(
        f"/customers/{made.pk}/edit/",
        data(domains="lärche.example", version=made.version, name="Acme Nord AB"),
    )
    assert made.domains.get().domain == "xn--lrche-gra.example"
