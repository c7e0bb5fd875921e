"""Totals while one types: to the cent what the server shows after saving (USE-20)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from playwright.sync_api import Dialog, Locator, Page, expect

from portal.core.formats import amount, round_money
from quotes.forms.rows import line_fields
from tests.browser.conftest import OpenPage
from tests.browser.server import Site

# Host, person and family of a draft of the demo, in each language.
PEOPLE = {
    "en": ("nordlys", "anna@nordlys.example"),
    "de": ("brueckner", "lena@brueckner.example"),
    "sv": ("nordlys", "oskar@nordlys.example"),
}
CENTS = [0, 1, 7, 99, 100, 12345, 99999, 100000, 123456789, 99999999999999, 10**18 + 5]


@pytest.fixture
def odd_prices(site: Site) -> Iterator[None]:
    """Give the basic seat a price that does not divide evenly, and put it back."""
    which = (
        "UPDATE catalog_price SET one_off = {}, monthly = {} WHERE product_id ="
        " (SELECT id FROM catalog_product WHERE sku = 'FLX-BASIC')"
    )
    with psycopg.connect(site.database, autocommit=True) as database:
        database.execute("CREATE TABLE kept AS SELECT id, one_off, monthly FROM catalog_price")
        database.execute(which.format("33.35", "0.07"))
        yield
        database.execute(
            "UPDATE catalog_price SET one_off = kept.one_off, monthly = kept.monthly"
            " FROM kept WHERE kept.id = catalog_price.id"
        )
        database.execute("DROP TABLE kept")


def field(page: Page, kind: str, name: str) -> Locator:
    """The field of a product's row by the product's name: q, t or d."""
    row = page.locator("tr[data-line]").filter(has_text=name)
    return row.locator(f"[name^='{kind}_']")


def sums(page: Page, name: str) -> list[str]:
    row = page.locator("tr[data-line]").filter(has_text=name)
    return [row.locator(f"[data-sum={kind}]").inner_text() for kind in ("one_off", "monthly")]


def totals(page: Page) -> list[str]:
    """The totals below the table; those beside the buttons have to be the same."""
    found = []
    for kind in ("one_off", "monthly"):
        below, beside = page.locator(f"[data-total={kind}]").all_inner_texts()
        assert below == beside
        found.append(below)
    return found


def meter(page: Page) -> list[str]:
    """What the order takes, what is free then, and what is missing, if shown."""
    box = page.locator("[data-credit]")
    kinds = ("taken", "free", "missing")
    shown = [box.locator(f"[data-amount={kind}]") for kind in kinds]
    return [each.inner_text() for each in shown if each.is_visible()]


def cells(page: Page, at: str) -> list[str]:
    """One-off and monthly of a line or the total (tfoot tr) on a page that the server made."""
    texts = page.locator(f"section[aria-labelledby=t-lines] {at} td.k-num").all_inner_texts()
    return texts[-2:]


def flex_draft(page: Page) -> str:
    """Open the products of a Flex draft; return the address of its page."""
    page.goto("/orders/?state=draft&family=flex")
    address = str(page.locator("tbody th a").first.get_attribute("href"))
    page.goto(f"{address}products/")
    return address


@pytest.mark.parametrize("language", PEOPLE)
def test_script_and_server_write_and_round_alike(language: str, visit: OpenPage) -> None:
    """USE-20, CV-21: amounts in each language, discounts half up, and what can be typed."""
    page = visit(*PEOPLE[language])
    prices = ["0.00", "0.01", "0.05", "33.35", "79.00", "129.99", "1295.00", "9999999999.99"]
    percents = ["0", "0.01", "0.5", "2.5", "7.35", "12.5", "33.33", "50", "99.99", "100"]
    script = """async ([cents, prices, percents, sample]) => {
        const money = await import("/static/js/money.js");
        const net = (price, percent) =>
            money.discounted(money.cents(price), money.cents(percent));
        return [
            cents.map((each) => money.written(BigInt(each), sample)),
            prices.flatMap((price) =>
                percents.map((percent) => money.written(net(price, percent), sample))),
        ];
    }"""
    with override(language):
        sample = amount(Decimal(1234))
        server = [
            [amount(Decimal(each) / 100) for each in CENTS],
            [
                amount(round_money(Decimal(price) * (100 - Decimal(percent)) / 100))
                for price in prices
                for percent in percents
            ],
        ]
    values = [[str(each) for each in CENTS], prices, percents, sample]
    assert page.evaluate(script, values) == server

    typed = ["", " ", "5", "2,5", "2.5", " 7,35 % ", ".5", ",5", "7.", "7,", "100", "007", "0"]
    typed += ["x", "-1", "1e1", "2.555", "1.2.3", "1,2,3", ".", "5 %%", "1_0", "٣"]
    read = "async (texts) => { const money = await import('/static/js/money.js');"
    read += " return texts.map((text) => { const found = money.percentOf(text);"
    read += " return found === null ? null : String(found); }); }"
    with override(language):
        assert page.evaluate(read, typed) == [hundredths(text) for text in typed]


def hundredths(text: str) -> str | None:
    """A discount as the server's form reads it, as the script gives it."""
    try:
        value = line_fields("", high=9, bounds="")["d"].clean(text)
    except ValidationError:
        return None
    return str(int((value or 0) * 100))


@pytest.mark.parametrize("language", PEOPLE)
def test_an_orders_sums_and_meter_move_while_one_types(
    language: str, visit: OpenPage, odd_prices: None
) -> None:
    """USE-20, D8: line, totals and meter are those of the next step."""
    page = visit(*PEOPLE[language])
    flex_draft(page)
    expect(page.locator("html")).to_have_attribute("lang", language)
    for quantity in page.locator("tr[data-line] input").all():
        quantity.fill("")
    assert totals(page) == [amount_in(language, "0")] * 2
    basic = page.locator("tr[data-line] input").first
    name = page.locator("tr[data-line] label").first.inner_text()
    basic.fill("7")
    assert sums(page, name) == [amount_in(language, "233.45"), amount_in(language, "0.49")]
    last = page.locator("tr[data-line] input").nth(3)
    last.fill("3")
    shown, beside, taken = sums(page, name), totals(page), meter(page)
    page.locator("main form button.btn-primary").click()
    expect(page).to_have_url(re.compile("/review/$"))
    assert cells(page, "tbody tr:first-child") == shown
    assert cells(page, "tfoot tr") == beside
    assert meter(page) == taken


def amount_in(language: str, value: str) -> str:
    with override(language):
        return amount(Decimal(value))


def test_an_order_says_at_once_what_it_cannot_be(visit: OpenPage) -> None:
    """USE-20, ACC-16: too much for the credit, in words and colour; no number, and a huge one."""
    page = visit("nordlys", "anna@nordlys.example")
    address = flex_draft(page)
    for quantity in page.locator("tr[data-line] input").all():
        quantity.fill("0")
    seat = field(page, "q", "Flex seat Professional")
    status = page.locator("[data-totals-status]")
    warning = page.locator(".k-dock [data-too-much]")
    seat.fill("2")
    expect(warning).to_be_hidden()
    assert status.inner_text() == ""  # not at each key
    before = meter(page)
    assert len(before) == 2
    seat.fill("999")
    expect(warning).to_have_text(re.compile("^Credit limit exceeded: this order needs [1-9,.]+"))
    expect(page.locator("[data-credit] rect.c-bad")).to_have_count(1)
    assert len(meter(page)) == 3
    expect(status).to_have_text(re.compile("^Total: .* monthly. Credit limit exceeded"))
    sentence = warning.inner_text()
    page.locator("main form button.btn-primary").click()
    expect(page.get_by_role("alert")).to_contain_text(sentence)

    seat.fill("99999999999999999999")
    assert sums(page, "Flex seat Professional") == totals(page) == ["–", "–"]
    expect(warning).to_be_hidden()
    expect(page.locator("[data-credit] rect.c-bad")).to_have_count(0)
    assert meter(page) == ["–", "–"]
    hint = page.get_by_text("Flex seat Professional: order 1 to 1000.")
    expect(hint).to_have_count(0)  # only when the field is left
    seat.press("Tab")
    expect(hint).to_be_visible()
    expect(seat).to_have_attribute("aria-invalid", "true")
    seat.fill("")
    seat.press_sequentially("1e")
    assert totals(page) == ["–", "–"]
    seat.fill("2")
    expect(hint).to_have_count(0)
    expect(seat).not_to_have_attribute("aria-invalid", "true")
    assert meter(page) == before
    seat.fill("")
    assert sums(page, "Flex seat Professional") == ["", ""]
    page.goto(address)


def open_quote(page: Page) -> str:
    page.goto("/quotes/?state=draft")
    address = str(page.locator("tbody th a").first.get_attribute("href"))
    page.goto(f"{address}lines/")
    return address


def clear(page: Page) -> None:
    while page.locator("[data-drop]").count():
        page.locator("[data-drop]").first.click()


def add(page: Page, sku: str) -> None:
    """Add a product by its SKU, with the keyboard."""
    box = page.locator("#add-product")
    box.press_sequentially(sku)
    expect(page.locator("#add-product-list [role=option]")).to_have_text([re.compile(sku.upper())])
    box.press("Enter")


@pytest.mark.parametrize("language", PEOPLE)
def test_a_quotes_sums_move_while_one_types(
    language: str, visit: OpenPage, odd_prices: None
) -> None:
    """USE-20, CON-32: discounts with decimals, terms, the sum over the term."""
    page = visit(*PEOPLE[language])
    address = open_quote(page)
    clear(page)
    add(page, "flx-basic")
    add(page, "flx-pro")
    add(page, "flx-d20")
    values: list[dict[str, Any]] = [
        {"q": "7", "t": "12", "d": "7,35"},
        {"q": "13", "t": "36", "d": "12.5"},
        {"q": "3", "t": "0", "d": " 0.5 %"},
    ]
    rows = page.locator("tr[data-line]")
    for row, value in zip(rows.all(), values, strict=True):
        row.locator("[name^=q_]").fill(value["q"])
        row.locator("[name^=t_]").select_option(value["t"])
        row.locator("[name^=d_]").fill(value["d"])
    # 33.35 less 7.35 % is 30.898775, 0.07 less 7.35 % is 0.064855.
    first = [
        rows.first.locator(f"[data-sum={kind}]").inner_text() for kind in ("one_off", "monthly")
    ]
    assert first == [amount_in(language, "216.30"), amount_in(language, "0.42")]
    shown = [row.locator("[data-sum]").all_inner_texts() for row in rows.all()]
    beside, over = totals(page), page.locator("[data-over-term]").inner_text()
    assert over.strip()
    page.locator("main form .k-dock button.btn-primary").click()
    expect(page).to_have_url(re.compile(f"{address}$"))
    for number, line in enumerate(shown, 1):
        assert cells(page, f"tbody tr:nth-child({number})") == line
    assert cells(page, "tfoot tr:first-child") == beside
    assert page.locator("tfoot tr").nth(1).inner_text().split() == over.split()


def test_a_quote_is_filled_with_the_keyboard(visit: OpenPage) -> None:
    """CON-32, USE-13: suggestions, one product once, removing, what is wrong, and leaving."""
    page = visit("nordlys", "jonas@nordlys.example")
    address = open_quote(page)
    clear(page)
    expect(page.get_by_text("No products yet")).to_be_visible()
    expect(page.locator("[data-line-table]")).to_be_hidden()
    box = page.locator("#add-product")
    expect(box).to_be_focused()
    box.press_sequentially("zzzz")
    expect(page.get_by_text("No product matches.")).to_be_visible()
    box.press("Enter")  # does not send the form
    box.fill("")
    box.press_sequentially("prof seat")
    option = page.locator("#add-product-list [role=option]")
    expect(option).to_have_count(1)
    assert [text.lower() for text in option.locator("mark").all_inner_texts()] == ["seat", "prof"]
    expect(page.locator("#add-product-list [role=group]")).to_contain_text("Flex")
    box.press("Enter")  # the only one
    seat = page.get_by_label("Flex seat Professional", exact=True)
    expect(seat).to_be_focused()
    expect(seat).to_have_value("1")
    seat.fill("12")
    box.press_sequentially("professional")
    expect(option.first).to_contain_text("In the quote")
    box.press("ArrowDown")
    box.press("Enter")
    expect(seat).to_be_focused()
    expect(seat).to_have_value("12")
    expect(page.locator("tr[data-line]")).to_have_count(1)
    discount = page.get_by_label("Discount on Flex seat Professional, in percent")
    discount.fill("99")
    discount.press("Tab")
    expect(page.get_by_text(re.compile("^The highest discount is"))).to_be_visible()
    assert totals(page) == ["–", "–"]
    discount.fill("x")
    discount.press("Tab")
    expect(page.get_by_text("Enter a percentage.")).to_be_visible()
    discount.fill("")
    seat.fill("")
    expect(page.get_by_text("Without a quantity it is left out.")).to_be_visible()
    seat.fill("4")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    seat.press("Enter")  # saves, and removes no row
    expect(page).to_have_url(re.compile(f"{address}$"))
    expect(page.locator("section[aria-labelledby=t-lines] tbody tr")).to_have_count(1)


def test_looking_for_a_product_is_no_change_and_removing_one_is(visit: OpenPage) -> None:
    """CON-32, USE-13."""
    page = visit("nordlys", "jonas@nordlys.example")
    open_quote(page)
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.locator("[data-drop]").first.click()
    page.reload()
    assert asked == ["beforeunload"]
    page.locator("#add-product").press_sequentially("zzzz")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="Add a product")).to_have_count(0)
    assert asked == ["beforeunload"]


def test_a_quote_is_filled_without_scripts(visit: OpenPage) -> None:
    """CON-32, USE-03: the list by family, "Add" and "Remove" keep what was typed."""
    page = visit("nordlys", "jonas@nordlys.example", java_script_enabled=False)
    address = open_quote(page)
    while page.locator("[name=remove]").count():
        page.locator("[name=remove]").first.click()
    expect(page.locator("#add-product")).to_be_hidden()
    choice = page.locator("#id_add")
    for name in ("Flex seat Professional", "Desk phone D20"):
        value = choice.locator("option", has_text=name).first.get_attribute("value")
        choice.select_option(value)
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_label(name, exact=True).fill("3")
    page.get_by_role("button", name="Remove Desk phone D20").click()
    expect(page.get_by_label("Flex seat Professional", exact=True)).to_have_value("3")
    page.get_by_role("button", name="Save products").last.click()
    expect(page).to_have_url(re.compile(f"{address}$"))
    expect(page.locator("section[aria-labelledby=t-lines] tbody tr")).to_have_count(1)
