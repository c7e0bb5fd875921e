"""Every page in both colour schemes and both widths: axe reports nothing, nothing overflows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import (
    LOOKS,
    Look,
    OpenPage,
    say_why,
    sign_in,
    violations,
    wrongs,
)
from tests.browser.server import Site

# Of all pages: both modes and both widths, each once.
LOOKS_OF_ALL = LOOKS[:2]
# The admin is made for a desk.
LOOKS_OF_ADMIN: tuple[Look, ...] = ((1280, "light"), (1280, "dark"))


def faulty_import(page: Page) -> str:
    """Return the page of an import whose rows have errors."""
    page.goto("/customers/import/")
    content = "Kundnr;Namn;Fakturamail;Kreditgräns\n7;;nobody;much\n8;Ett AB;x;1.234\n".encode()
    page.get_by_label("File").set_input_files(
        {"name": "kunder.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("button", name="Check all rows").click()
    page.locator(".k-state", has_text="Has errors").wait_for(timeout=30_000)
    return page.url.partition("/customers/")[2]


def addresses(page: Page) -> list[str]:
    """Return the pages of the portal, with a draft, order, customer and e-mail of the demo."""
    faulty = f"/customers/{faulty_import(page)}"
    page.goto("/customers/?q=10042")
    customer = page.get_by_role("link", name="Havsbris Konsult AB").get_attribute("href")
    page.goto("/orders/?state=completed")
    order = page.locator("tbody th a").first.get_attribute("href")
    page.goto("/orders/?state=submitted")
    submitted = page.locator("tbody th a").first.get_attribute("href")
    page.goto("/registrations/?state=submitted")
    registration = page.locator("tbody th a").first.get_attribute("href")
    page.goto("/registrations/?state=needs_info")
    asked = page.locator("tbody th a").first.get_attribute("href")
    page.goto("/orders/?state=draft&family=trunk&sort=-monthly")
    draft = page.locator("tbody th a").first.get_attribute("href")
    waiting = page.locator("tbody th a").last.get_attribute("href")
    quotes = []
    for state in ("draft", "sent", "confirmed", "declined"):
        page.goto(f"/quotes/?state={state}")
        quotes.append(page.locator("tbody th a").first.get_attribute("href"))
    page.goto("/outbox/")
    mail = page.locator("tbody th a").first.get_attribute("href")
    page.goto("/people/")
    person = str(page.get_by_role("link", name="Mikael Norén").get_attribute("href"))
    page.goto("/people/roles/")
    role = page.locator("tbody th a").first.get_attribute("href")
    page.goto(f"{customer}")
    contact = page.get_by_role("link", name="Edit Annika Sandell").get_attribute("href")
    site = page.locator("a[href*='/sites/']:not([href$='/new/'])").first.get_attribute("href")
    return [
        "/",
        "/customers/",
        "/customers/?q=nothing-like-this",
        "/customers/new/",
        f"{customer}",
        f"{customer}edit/",
        f"{customer}plan/",
        f"{customer}type/",
        f"{customer}deactivate/",
        f"{customer}delete/",
        f"{customer}assign/",
        f"{customer}access/",
        f"{customer}log/",
        f"{contact}",
        f"{contact}data/",
        f"{contact}data/erase/",
        f"{contact}delete/",
        f"{site}",
        f"{site}delete/",
        "/customers/away/",
        person.replace("/people/", "/customers/away/"),
        "/customers/import/",
        faulty,
        f"{faulty}columns/",
        f"{faulty}discard/",
        "/customers/fields/",
        "/customers/fields/new/",
        "/customers/filters/",
        "/orders/accounting/",
        "/orders/prices/",
        "/registrations/",
        "/registrations/new/",
        "/registrations/existing/",
        f"{registration}",
        f"{registration}withdraw/",
        f"{asked}answer/",
        f"{waiting}products/",
        "/customers/settings/access/",
        "/customers/settings/log/",
        f"{customer}contacts/new/",
        f"{customer}sites/new/",
        "/customers/settings/",
        "/customers/ask-name/",
        "/orders/",
        "/orders/new/",
        "/orders/new/flex/",
        "/orders/new/trunk/",
        "/orders/new/flex/customer/",
        f"{order}",
        f"{submitted}cancel/",
        f"{submitted}recreate/",
        f"{draft}",
        f"{draft}customer/",
        f"{draft}products/",
        f"{draft}review/",
        f"{draft}delete/",
        "/quotes/",
        "/quotes/new/",
        "/quotes/settings/",
        *(f"{quote}" for quote in quotes),
        f"{quotes[0]}edit/",
        f"{quotes[0]}lines/",
        f"{quotes[0]}send/",
        f"{quotes[1]}withdraw/",
        f"{quotes[2]}progress/",
        "/confirm/verify/",
        "/people/",
        "/people/invite/",
        "/people/me/",
        "/people/roles/",
        "/people/roles/new/",
        f"{role}",
        "/people/teams/",
        "/people/log/",
        f"{person}end/",
        "/notices/",
        f"{person}",
        "/outbox/",
        f"{mail}",
        "/search/?q=hav",
        "/search/?q=zzzzzz",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/styleguide/",
        "/no-such-page/",
    ]


@pytest.mark.parametrize("half", [0, 1])
def test_pages_are_accessible_and_fit(half: int, visit: OpenPage) -> None:
    """USE-04: WCAG 2.2 AA by axe-core, 0 violations; 390 px; dark mode."""
    page = visit("nordlys", "anna@nordlys.example", bypass_csp=True)
    assert wrongs(page, addresses(page)[half::2], LOOKS_OF_ALL) == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_with_errors_are_accessible(width: int, scheme: str, visit: OpenPage) -> None:
    """Empty forms are sent: the errors are linked to their fields."""
    page = visit(
        "nordlys",
        "anna@nordlys.example",
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        bypass_csp=True,
    )
    for address in ("/customers/new/", "/orders/new/flex/", "/people/invite/"):
        page.goto(address)
        page.locator("main form button.btn-primary").last.click()
        page.locator("[role=alert]").wait_for()
        assert [violation["id"] for violation in violations(page)] == [], address


def test_sign_in_pages_are_accessible(visit: OpenPage) -> None:
    """The pages before the sign-in, on a partner's host and on the public one."""
    for host in ("nordlys", ""):
        page = visit(host, bypass_csp=True)
        for address in ("/accounts/login/", "/accounts/password/reset/"):
            page.goto(address)
            assert [violation["id"] for violation in violations(page)] == [], (host, address)


def test_the_customers_side_is_accessible(visit: OpenPage, site: Site) -> None:
    """USE-04: the page of the e-mailed link, at first, with errors, and afterwards."""
    from tests.browser.test_quote_flow import link_to

    first = visit("nordlys")
    link = link_to(site, first, "havsbris.example", "Contact centre")
    for width, scheme in LOOKS:
        page = visit(
            "nordlys",
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            bypass_csp=True,
        )
        page.goto(link)
        for state in ("read", "errors"):
            assert [each["id"] for each in violations(page)] == [], (width, scheme, state)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
            if state == "read":
                page.locator("form:has(#id_contact) button").click()
                page.locator("[role=alert]").wait_for()


def admin_addresses(page: Page, index: str) -> list[str]:
    """Return the front page of an admin, each list, one object of each and one form that adds."""
    page.goto(index)
    links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.pathname)")
    lists = sorted({link for link in links if re.fullmatch(rf"{index}[a-z]+/[a-z]+/", link)})
    found = [index, *lists]
    for address in lists:
        page.goto(address)
        first = page.locator("#result_list tbody a[href$='/change/']")
        if first.count():
            found.append(str(first.first.get_attribute("href")).partition("?")[0])
        if page.locator(".object-tools a.addlink").count():
            found.append(f"{address}add/")
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("half", [0, 1])
def test_the_admin_is_accessible(half: int, visit: OpenPage) -> None:
    """USE-04: nothing is found on any kind of page, for all partners and for one."""
    page = visit("", "staff@kontor.example", bypass_csp=True)
    assert wrongs(page, ["/admin/p/nordlys/"], LOOKS_OF_ADMIN) == []
    say_why(page)
    pages = [*admin_addresses(page, "/admin/"), *admin_addresses(page, "/admin/p/nordlys/")]
    assert len(pages) > 40
    assert wrongs(page, pages[half::2], LOOKS_OF_ADMIN) == []


def test_pages_run_under_the_content_security_policy(visit: OpenPage) -> None:
    """INP-09: no violation in the console of any page (the fixture asserts it)."""
    page = visit("nordlys", "anna@nordlys.example")
    for address in addresses(page):
        page.goto(address)


def test_search_is_reached_and_used_by_keyboard(visit: OpenPage) -> None:
    """USE-02: "/" and Ctrl-K."""
    page = visit("nordlys", "anna@nordlys.example")
    page.goto("/")
    box = page.get_by_label("Search customers, orders, quotes and contacts")
    for keys in ("/", "Control+k"):
        page.keyboard.press(keys)
        assert box.evaluate("field => field === document.activeElement")
        page.evaluate("document.activeElement.blur()")


def test_search_suggests_in_groups_and_enter_takes_the_only_one(visit: OpenPage) -> None:
    """REG-40, USE-02."""
    page = visit("nordlys", "anna@nordlys.example")
    page.goto("/")
    box = page.get_by_role("combobox", name="Search customers, orders, quotes and contacts")
    box.press_sequentially("nordvik")
    for group in ("Customers", "Contacts"):
        page.get_by_role("group", name=group).get_by_role("option").first.wait_for()
    box.fill("zqzq")
    page.get_by_role("status").get_by_text("Nothing found").wait_for()
    assert box.get_attribute("aria-expanded") == "false"
    box.fill("0421")
    page.get_by_role("option", name="2026-0421").wait_for()
    assert page.get_by_role("option").count() == 1
    box.press("Enter")
    page.get_by_role("heading", level=1, name="2026-0421").wait_for()


@pytest.mark.parametrize(
    ("host", "email", "words"),
    [
        ("brueckner", "lena@brueckner.example", "Kunden"),
        ("harbour", "oliver@harbour.example", "Customers"),
    ],
)
def test_each_partner_reads_its_language(
    host: str, email: str, words: str, visit: OpenPage
) -> None:
    """The demo's other partners work too."""
    page = visit(host)
    sign_in(page, email)
    page.goto("/customers/")
    assert page.get_by_role("heading", level=1).inner_text() == words
