"""Names as long as they may be, in three languages: nothing leaves its place or is cut unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.long_names import LANGUAGES, NO_BLANK, SLUG, user_address
from tests.browser.server import Site

WIDTHS = (1280, 390)

MEASURE = (Path(__file__).parent / "widths.js").read_text()


def first(page: Page, address: str) -> str:
    """Return the address of the first row of a list."""
    page.goto(address)
    return str(page.locator("tbody th a").first.get_attribute("href"))


def addresses(page: Page) -> list[str]:
    """Return the main pages, with a customer, orders, a quote and an e-mail of the long names."""
    customer = first(page, "/customers/?q=9999999999")
    return [
        "/",
        "/customers/",
        f"{customer}",
        f"{customer}edit/",
        f"{customer}log/",
        "/orders/",
        first(page, "/orders/?state=submitted"),
        "/orders/new/",
        f"/orders/new/flex/?customer={customer.split('/')[2]}",
        "/quotes/",
        first(page, "/quotes/"),
        "/outbox/",
        first(page, "/outbox/"),
        "/people/",
        "/people/roles/",
        "/customers/settings/",
        "/customers/fields/",
        "/customers/filters/",
        "/search/?q=rindfleisch",
    ]


def opened(page: Page) -> None:
    """Show what is opened by hand: menus and questions."""
    page.evaluate(
        """() => {
          document.querySelectorAll("details").forEach((each) => { each.open = true; });
          document.querySelectorAll("dialog:not([open])").forEach((each) => each.show());
        }"""
    )


def measured(page: Page, pages: list[str]) -> list[str]:
    """Return what is wrong on the pages, in both widths."""
    found: list[str] = []
    for address in pages:
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            page.wait_for_timeout(20)
            found += [f"{address} {width}: {wrong}" for wrong in page.evaluate(MEASURE)]
            if width == WIDTHS[0]:
                opened(page)
                # What is opened lies over the page.
                wrongs = [each for each in page.evaluate(MEASURE) if each[0] != "covered"]
                found += [f"{address} opened: {wrong}" for wrong in wrongs]
                page.reload()
        page.set_viewport_size({"width": WIDTHS[0], "height": 844})
    return found


@pytest.fixture(scope="module")
def long_names(site: Site) -> str:
    """Make the partner with the long names; return its short name."""
    site.run("from tests.browser.long_names import make; make()")
    return SLUG


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_names_keep_their_place(language: str, long_names: str, visit: OpenPage) -> None:
    """USE-22: 1280 and 390 px; the chip has the longest name, and a custom column is shown."""
    page = visit(long_names, f"{language}@longnames.example")
    pages = addresses(page)
    page.goto(pages[2])
    page.locator("form[action$='/switch/']:not(:has([name=next])) button").first.click()
    page.locator(".k-chip b", has_text=NO_BLANK).wait_for()
    assert measured(page, pages) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_names_keep_their_place_for_customers(
    language: str, long_names: str, visit: OpenPage
) -> None:
    """USE-22, REG-26: every page of the customers' own portal."""
    page = visit(long_names, user_address(language))
    pages = [
        *("/my/", "/my/orders/", first(page, "/my/orders/"), "/my/services/", "/my/contacts/"),
        *("/my/confirmations/", "/my/users/", "/my/users/invite/", first(page, "/my/users/")),
        *(f"{first(page, '/my/users/')}end/", "/people/me/", "/notices/", "/my/no-such-page/"),
    ]
    assert measured(page, pages) == []


def test_the_admin_keeps_long_names_in_place(long_names: str, visit: OpenPage) -> None:
    """USE-22: its front, and the lists with the partner's and the customers' names."""
    page = visit("", "staff@kontor.example")
    assert measured(page, ["/admin/"]) == []


def test_what_leaves_its_place_is_found(visit: OpenPage) -> None:
    """The test of the test: a card that is too narrow, a text that is cut, a covered button."""
    page = visit("nordlys", "anna@nordlys.example")
    page.goto("/customers/new/")
    assert page.evaluate(MEASURE) == []
    for rule, word in (
        (".k-card h2 { width: 90rem; }", "outside"),
        (".k-card h2 { width: 2rem; white-space: nowrap; overflow: hidden; }", "clipped"),
        (".k-top .k-search { position: fixed; inset: 0; z-index: 99; }", "covered"),
    ):
        page.evaluate(
            """(rule) => {
              const sheet = new CSSStyleSheet();
              sheet.replaceSync(rule);
              document.adoptedStyleSheets = [sheet];
            }""",
            rule,
        )
        assert word in {each[0] for each in page.evaluate(MEASURE)}
