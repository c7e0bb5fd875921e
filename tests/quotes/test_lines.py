"""The products of a quote: rows of the chosen ones only, added and removed (CON-32)."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from portal.accounts.models import Membership
from portal.catalog.models import Price, Product
from quotes.models import Confirmation, Quote
from quotes.services.drafts import LineRequest, save_lines, start_quote
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.markup import markup

Count = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def _at() -> Any:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def client(jonas: Membership, sign_in: SignIn) -> HostClient:
    return sign_in(jonas)


@pytest.fixture
def quote(havsbris: Customer, jonas: Membership) -> Quote:
    """Twelve seats and four phones."""
    return factories.make_quote(havsbris, by=jonas, at=NOW)


def lines_url(quote: Quote) -> str:
    return f"/quotes/{quote.pk}/lines/"


def filled(client: HostClient, quote: Quote, **lines: tuple[str, str, str]) -> dict[str, str]:
    """Return the form with these products: FLX_PRO=(quantity, term, discount)."""
    page: Any = client.get(lines_url(quote))
    data = {"form_token": str(page.context["form_token"])}
    for sku, values in lines.items():
        key = factories.product(sku.replace("_", "-")).pk
        data |= {f"{kind}_{key}": value for kind, value in zip("qtd", values, strict=True)}
    return data


def names(answer: Any, kind: str = "q") -> list[str]:
    """The SKUs of the rows that are shown, by the names of their fields."""
    page = answer.content.decode().partition("<template data-line-blank>")[0]
    keys = re.findall(rf'name="{kind}_([0-9a-f-]{{36}})"', page)
    return [Product.objects.get(pk=key).sku for key in keys]


def saved(quote: Quote) -> list[tuple[str, int, int, str]]:
    return [
        (line.product.sku, line.quantity, line.term_months, str(line.discount))
        for line in quote.lines.select_related("product").order_by("position")
    ]


def grow(number: int) -> None:
    """Add so many products to the catalogue, each with a price."""
    seat = factories.product("FLX-PRO")
    plans = Price._default_manager.filter(product=seat, currency="SEK").values_list(
        "rate_plan_id", flat=True
    )
    made = Product.objects.bulk_create(
        Product(sku=f"NEW-{each:03}", family_id="flex", part="device", name=f"Handset {each:03}")
        for each in range(number)
    )
    Price._default_manager.bulk_create(
        Price(
            product=product,
            rate_plan_id=plan,
            currency="SEK",
            valid_from=date(2026, 1, 1),
            one_off=Decimal("100.05"),
            monthly=Decimal(0),
        )
        for product in made
        for plan in plans
    )


@pytest.mark.parametrize("more", [0, 300])
def test_only_chosen_products_have_fields(
    more: int, client: HostClient, quote: Quote, django_assert_num_queries: Count
) -> None:
    """CON-32, G1: the rows and the statements are the same whatever the catalogue's size."""
    grow(more)
    client.get(lines_url(quote))
    # The session, the person; the quote, settings, lines, products, prices.
    with django_assert_num_queries(8):
        page = client.get(lines_url(quote))
    assert [names(page, kind) for kind in "qtd"] == [["FLX-PRO", "FLX-D30"]] * 3
    body = page.content.decode().partition("<template data-line-blank>")[0]
    assert body.count("<input") < 15
    assert page.content.decode().count("<option") >= more


def test_an_empty_quote_says_what_to_do(client: HostClient, havsbris: Customer, jonas: Any) -> None:
    """CON-32."""
    quote = start_quote(
        customer=havsbris, title="Phones", valid_until=date(2026, 12, 20), by=jonas, at=NOW
    )
    page = markup(client.get(lines_url(quote)))
    assert "Add the first one below: type a part of its name." in page
    assert "data-line-table hidden>" in page


def test_add_without_scripts_keeps_what_was_typed_and_saves_nothing(
    client: HostClient, quote: Quote
) -> None:
    """CON-32, USE-03: also what is wrong stays, without a word about it yet."""
    data = filled(client, quote, FLX_PRO=("x7", "36", "2,5"), FLX_D30=("", "0", ""))
    room = factories.product("MTG-ROOM")
    answer: Any = client.post(lines_url(quote), {**data, "then": "add", "add": str(room.pk)})
    page = markup(answer)
    assert answer.status_code == 200
    assert names(answer) == ["FLX-PRO", "FLX-D30", "MTG-ROOM"]
    assert 'value="x7"' in page
    assert 'value="2,5"' in page
    assert '<option value="36" selected>' in page
    assert 'role="alert"' not in page
    assert answer.context["form_token"] == data["form_token"]
    assert [line[0] for line in saved(quote)] == ["FLX-PRO", "FLX-D30"]
    row = {row.title: row for row in answer.context["rows"]}["Product MTG-ROOM"]
    assert (row.line.quantity, row.line.term_months) == (1, 24)
    nothing = client.post(lines_url(quote), {**data, "then": "add", "add": ""})
    assert "Choose a product." in markup(nothing)
    assert names(nothing) == ["FLX-PRO", "FLX-D30"]


def test_remove_without_scripts_and_then_save(client: HostClient, quote: Quote) -> None:
    """CON-32."""
    data = filled(client, quote, FLX_PRO=("7", "36", "2,5"), FLX_D30=("4", "0", ""))
    phone = factories.product("FLX-D30").pk
    answer: Any = client.post(lines_url(quote), {**data, "remove": str(phone)})
    assert names(answer) == ["FLX-PRO"]
    assert len(saved(quote)) == 2
    rest = {name: value for name, value in data.items() if not name.endswith(str(phone))}
    assert client.post(lines_url(quote), rest).status_code == 302
    assert saved(quote) == [("FLX-PRO", 7, 36, "2.50")]


@pytest.mark.parametrize("nonsense", ["", "nothing", "00000000-0000-4000-8000-00000000dead"])
def test_a_crafted_add_or_remove_changes_nothing(
    nonsense: str, client: HostClient, quote: Quote
) -> None:
    """CON-32: no input is a 500."""
    data = filled(client, quote, FLX_PRO=("7", "36", ""))
    data |= {"q_nonsense": "3", "q_00000000-0000-4000-8000-00000000beef": "3"}
    for action in ({"then": "add", "add": nonsense}, {"remove": nonsense}):
        answer = client.post(lines_url(quote), {**data, **action})
        assert (answer.status_code, names(answer)) == (200, ["FLX-PRO"])


def test_a_product_that_left_the_catalogue_stays_in_sight_until_it_is_removed(
    client: HostClient, quote: Quote
) -> None:
    """CON-32, ORD-28: it is not dropped silently, and not in the totals."""
    phone = factories.product("FLX-D30")
    phone.orderable = False
    phone.save()
    page: Any = client.get(lines_url(quote))
    assert "It cannot be ordered any more, so it is not in the totals." in markup(page)
    assert names(page) == ["FLX-PRO", "FLX-D30"]
    assert names(page, "d") == ["FLX-PRO"]
    assert page.context["totals"].one_off == 0
    data = filled(client, quote, FLX_PRO=("7", "36", ""), FLX_D30=("4", "0", ""))
    refused = client.post(lines_url(quote), data)
    assert "Product FLX-D30 cannot be ordered any more. Remove it." in markup(refused)
    assert saved(quote)[0] == ("FLX-PRO", 12, 24, "0.00")
    removed: Any = client.post(lines_url(quote), {**data, "remove": str(phone.pk)})
    assert names(removed) == ["FLX-PRO"]
    data = filled(client, quote, FLX_PRO=("7", "36", ""))
    assert client.post(lines_url(quote), data).status_code == 302
    assert saved(quote) == [("FLX-PRO", 7, 36, "0.00")]


def test_a_product_that_was_deleted_meanwhile_is_not_dropped_unsaid(
    client: HostClient, quote: Quote
) -> None:
    """CON-32: nobody can remove its row, so it is gone from the form that says so."""
    data = filled(client, quote, FLX_PRO=("7", "36", ""))
    lost = {"q_00000000-0000-4000-8000-00000000beef": "3"}
    refused: Any = client.post(lines_url(quote), {**data, **lost})
    assert "One of the products is not in the catalogue any more." in markup(refused)
    assert names(refused) == ["FLX-PRO"]
    assert saved(quote)[0] == ("FLX-PRO", 12, 24, "0.00")


def test_a_stale_form_shows_mine_and_theirs(client: HostClient, quote: Quote) -> None:
    """SAFE-06, D22, CON-32: also a form with an error first, whose token stays as old as it is."""
    seat, room = (factories.product(sku).pk for sku in ("FLX-PRO", "MTG-ROOM"))
    data = filled(client, quote, FLX_PRO=("7", "36", "2,5"), FLX_D30=("4", "24", ""))
    save_lines(
        quote.pk,
        version=quote.version,
        wanted={seat: LineRequest(9, 12), room: LineRequest(1)},
        at=NOW,
    )
    wrong: Any = client.post(lines_url(quote), {**data, f"d_{seat}": "90"})
    assert (wrong.status_code, wrong.context["form_token"]) == (200, data["form_token"])
    stale: Any = client.post(lines_url(quote), data)
    assert stale.status_code == 409
    assert stale.context["differences"] == [
        ("Product FLX-PRO", "7, 36 months, 2.5 % discount", "9, 12 months"),
        ("Product FLX-D30", "4, 24 months", "–"),
        ("Product MTG-ROOM", "–", "1"),
    ]
    assert "Theirs, saved" in markup(stale)
    assert saved(quote)[0] == ("FLX-PRO", 9, 12, "0.00")
    again = {**data, "form_token": stale.context["form_token"]}
    assert client.post(lines_url(quote), again).status_code == 302
    assert saved(quote)[0] == ("FLX-PRO", 7, 36, "2.50")


def test_saving_withdraws_what_was_sent_but_adding_does_not(
    client: HostClient, quote: Quote, jonas: Membership
) -> None:
    """CON-21, CON-32."""
    sent = factories.make_confirmation(quote, by=jonas, at=NOW)
    data = filled(client, quote, FLX_PRO=("7", "36", ""))
    room = str(factories.product("MTG-ROOM").pk)
    client.post(lines_url(quote), {**data, "then": "add", "add": room})
    sent.refresh_from_db()
    assert sent.state == Confirmation.State.SENT
    assert client.post(lines_url(quote), data).status_code == 302
    sent.refresh_from_db()
    assert sent.state == Confirmation.State.WITHDRAWN


@pytest.mark.parametrize(
    ("typed", "discount"),
    [("2,5", "2.50"), ("2.5", "2.50"), (" 5 % ", "5.00"), (".5", "0.50"), ("7.", "7.00")],
)
def test_a_discount_is_read_as_people_write_it(
    typed: str, discount: str, client: HostClient, quote: Quote
) -> None:
    """CON-32, DEC-42: in every language."""
    data = filled(client, quote, FLX_PRO=("1", "0", typed))
    assert client.post(lines_url(quote), data).status_code == 302
    assert saved(quote) == [("FLX-PRO", 1, 0, discount)]


@pytest.mark.parametrize("typed", ["1e1", "1_0", "-1", "2.555", "1.2.3", "٣", "NaN", "9" * 400])
def test_what_is_no_discount_is_said(typed: str, client: HostClient, quote: Quote) -> None:
    """CON-32: the row and the totals then hold no sums."""
    answer: Any = client.post(lines_url(quote), filled(client, quote, FLX_PRO=("1", "0", typed)))
    assert answer.status_code == 200
    key = f"d_{factories.product('FLX-PRO').pk}"
    assert answer.context["form"].errors[key]
    assert answer.context["totals"].monthly is None
    assert answer.context["rows"][0].monthly_in_words == "–"


@pytest.mark.parametrize("typed", ["1001", "9" * 400, "9" * 5000, "1.5", "1e3", "-0.5", "\x00"])
def test_what_is_no_quantity_is_said(typed: str, client: HostClient, quote: Quote) -> None:
    """CON-32."""
    answer: Any = client.post(lines_url(quote), filled(client, quote, FLX_PRO=(typed, "0", "")))
    assert answer.status_code == 200
    assert answer.context["totals"].monthly is None


def test_the_totals_are_those_that_saving_makes(client: HostClient, quote: Quote) -> None:
    """USE-20, D17: half up for one, then times the quantity; the sum over the term."""
    data = filled(client, quote, FLX_PRO=("7", "36", "2,5"), FLX_D30=("3", "0", "12,35"))
    answer: Any = client.post(lines_url(quote), {**data, "remove": ""})
    shown = answer.context["totals"]
    client.post(lines_url(quote), data)
    quote.refresh_from_db()
    # 129.00 less 2.5 % is 125.775, so 125.78; 1295.00 less 12.35 % is 1135.0675, so 1135.07.
    assert (shown.one_off, shown.monthly) == (Decimal("3405.21"), Decimal("880.46"))
    assert (quote.one_off, quote.monthly) == (shown.one_off, shown.monthly)
    assert shown.over_term == ("Over 36 months, without VAT", Decimal("35101.77"))


def suggested(client: HostClient, quote: Quote, text: str = "") -> list[dict[str, Any]]:
    answer: Any = client.get(f"/quotes/{quote.pk}/products/", {"q": text})
    return list(answer.json()["results"])


def test_products_are_suggested_by_family_with_marked_letters(
    client: HostClient, quote: Quote
) -> None:
    """CON-32: by name, SKU and family, whatever the order of words; all of them while empty."""
    everything = suggested(client, quote)
    assert [item["group"] for item in everything[:3]] == ["SIP trunk"] * 3
    assert len(everything) == 9
    assert {item["name"] for item in suggested(client, quote, "mtg")} == {
        "Product MTG-HOST",
        "Product MTG-ROOM",
    }
    (found,) = suggested(client, quote, "d30 PRODUCT")
    assert (found["group"], found["quantity"], found["term"]) == ("Flex", 1, 0)
    assert ["D30", True] in found["shown"][0]
    assert found["row"]["one-off"] == "1295.00"
    assert found["row"]["each"] == "1,295.00 each, once"
    assert suggested(client, quote, "nothing like it") == []
    assert suggested(client, quote, "!") == []


def test_what_the_customer_may_not_have_is_not_suggested(
    client: HostClient, quote: Quote, havsbris: Customer
) -> None:
    """ORD-28, D17: withdrawn products, and those without a price in the customer's plan."""
    room = factories.product("MTG-ROOM")
    Price._default_manager.filter(product=room, rate_plan_id=havsbris.rate_plan_id).delete()
    found = {item["name"] for item in suggested(client, quote)}
    assert "Product FLX-OLD" not in found
    assert "Product MTG-ROOM" not in found
    refused: Any = client.post(
        lines_url(quote), filled(client, quote, FLX_PRO=("1", "0", ""), FLX_OLD=("1", "0", ""))
    )
    assert "Product FLX-OLD cannot be ordered any more. Remove it." in markup(refused)
    assert len(saved(quote)) == 2


def test_suggestions_hold_no_prices_without_the_right(
    client: HostClient, quote: Quote, jonas: Membership
) -> None:
    """D11."""
    role = jonas.role
    role.rights = [each for each in role.rights if each != "view_prices"]
    role.save()
    assert "129.00" not in str(suggested(client, quote))
    page = markup(client.get(lines_url(quote)))
    assert "129.00" not in page
    assert "data-totals" not in page


@pytest.mark.parametrize("more", [0, 300])
def test_suggestions_take_as_many_statements_whatever_the_catalogue(
    more: int, client: HostClient, quote: Quote, django_assert_num_queries: Count
) -> None:
    """CON-32, G1."""
    grow(more)
    suggested(client, quote)
    # The session, the person; the quote, products, prices, settings.
    with django_assert_num_queries(6):
        assert len(suggested(client, quote, "product")) == 9
    assert len(suggested(client, quote, "handset")) == min(more, 60)
