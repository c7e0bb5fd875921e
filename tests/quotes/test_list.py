"""The list of quotes and its file (REG-09, REG-10, USE-05, USE-14)."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from portal.accounts.models import Membership
from quotes.models import Quote
from tests import factories
from tests.conftest import NOW, SignIn


@pytest.fixture
def quotes(havsbris: Customer, bjorkvik: Customer, anna: Membership) -> list[Quote]:
    return [factories.make_quote(each, by=anna, at=NOW) for each in (havsbris, bjorkvik, bjorkvik)]


def test_filters_tabs_and_file(
    quotes: list[Quote], bjorkvik: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """REG-09, REG-10: the file has the rows on screen, and asks nothing for each."""
    client = sign_in(anna)
    for query, count in ((f"customer={bjorkvik.number}", 2), ("by=me&sort=number", 3)):
        shown = [row.source.number for row in client.get(f"/quotes/?{query}").context["rows"]]
        assert len(shown) == count
        with CaptureQueriesContext(connection) as queries:
            answer: Any = client.get(f"/quotes/export/?format=csv&{query}")
            content = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
        assert [row[0] for row in csv.reader(io.StringIO(content))][1:] == shown
        assert len(queries) < 12
    tabs = client.get("/quotes/").context["tabs"]
    assert [tab["count"] for tab in tabs[:3]] == ["3", "3", "0"]
    assert "Every customer has answered." in client.get("/quotes/?state=sent").content.decode()


@pytest.mark.parametrize("query", ["state=gone", "by=abc", "customer=none", "from=x"])
def test_filter_without_a_meaning_shows_nothing(
    query: str, quotes: list[Quote], anna: Membership, sign_in: SignIn
) -> None:
    """USE-14."""
    client = sign_in(anna)
    assert client.get(f"/quotes/?{query}").context["rows"] == []
    refused = client.get(f"/quotes/export/?{query}", follow=True)
    assert "There is no file." in refused.content.decode()
    assert refused.context["rows"] == []
