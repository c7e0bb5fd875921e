"""The commonest jobs, counted: clicks, keys and seconds (USE-09; docs/ease-of-use.md).

A job may not need more than the table in the docs says. The seconds are printed, not tested.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPage, say_why
from tests.browser.server import Site
from tests.browser.test_quote_flow import link_to, write_quote

DOCS = Path(__file__).resolve().parents[2] / "docs" / "ease-of-use.md"
COUNT = """
for (const [kind, what] of [["click", "clicks"], ["keydown", "keys"]]) {
  addEventListener(kind, (event) => {
    /* Not the clicks that the browser makes of Enter. */
    if (event.isTrusted && (kind === "keydown" || event.detail)) {
      sessionStorage[what] = Number(sessionStorage[what] || 0) + 1;
    }
  }, true);
}
"""


def allowed(job: str) -> tuple[int, int]:
    """Return the clicks and keys that the docs give a job."""
    found = re.search(rf"^\| {re.escape(job)} \| (\d+) \| (\d+) \|", DOCS.read_text(), re.M)
    assert found is not None, job
    return int(found[1]), int(found[2])


def measure(job: str, page: Page, work: Callable[[], None]) -> None:
    """Do a job, count its clicks and keys, and compare them with the docs."""
    page.add_init_script(COUNT)
    page.reload()
    began = time.monotonic()
    work()
    seconds = time.monotonic() - began
    clicks, keys = (
        int(page.evaluate(f"Number(sessionStorage.{what} || 0)")) for what in ("clicks", "keys")
    )
    sys.stdout.write(f"{job}: {clicks} clicks, {keys} keys, {seconds:.1f} s\n")
    most_clicks, most_keys = allowed(job)
    assert clicks <= most_clicks and keys <= most_keys, f"{job}: {clicks} clicks, {keys} keys"


def test_find_a_customer(visit: OpenPage) -> None:
    """USE-09."""
    page = visit("nordlys", "jonas@nordlys.example")

    def work() -> None:
        page.keyboard.press("/")
        page.keyboard.type("havs")
        found = page.get_by_role("option", name=re.compile("^Havsbris Konsult AB"))
        expect(found).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Havsbris Konsult AB")

    measure("Find a customer", page, work)


def test_order_from_the_customers_page(visit: OpenPage) -> None:
    """USE-09, ORD-35."""
    page = visit("nordlys", "jonas@nordlys.example")
    page.goto("/customers/?q=10058")
    page.locator("tbody th a").first.click()

    def work() -> None:
        page.get_by_role("button", name=re.compile("^New order for Nordvik AB")).click()
        page.get_by_role("button", name=re.compile("^Flex")).click()
        page.get_by_label("Flex seat Professional").click()
        page.keyboard.type("1")
        page.get_by_role("button", name="Next: review").click()
        page.get_by_role("button", name="Place order for Nordvik AB, 10058").click()
        expect(page.locator(".k-state", has_text="Submitted")).to_be_visible()

    measure("Order for the customer on screen", page, work)


def test_send_a_confirmation_and_approve_it(visit: OpenPage, site: Site, browser: Browser) -> None:
    """USE-09: from the dashboard to the link, and by the customer on a phone."""
    page = visit("nordlys", "jonas@nordlys.example")
    title, address = "Counted proposal", "gotlandskalk.example"
    write_quote(page, title, "Gotlands Kalkbruk AB", "gotlands kalk")
    page.goto("/")

    def send() -> None:
        page.get_by_role("link", name="Quotes").first.click()
        page.locator("tbody tr", has_text=title).locator("th a").first.click()
        page.get_by_role("link", name="Send customer confirmation").first.click()
        contact = page.get_by_label("Contact", exact=True)
        if not contact.input_value():
            contact.click()
            contact.select_option(index=1)
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("button", name=re.compile("^Send confirmation to ")).click()
        expect(page.locator(".k-state", has_text="Pending").first).to_be_visible()

    measure("Send a confirmation", page, send)
    link = link_to(site, page, address, title)
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    phone = context.new_page()
    phone.goto(link)

    def approve() -> None:
        for box in phone.locator("input[type=checkbox]").all():
            box.click()
        phone.locator("#id_contact").click()
        phone.locator("#id_contact").select_option(index=1)
        form = phone.locator("form").filter(has=phone.locator("#id_contact"))
        form.locator("button").click()
        expect(phone.locator(".k-done")).to_be_visible()

    measure("Approve on a phone", phone, approve)
    context.close()


def test_invite_a_colleague(visit: OpenPage) -> None:
    """USE-09."""
    page = visit("nordlys", "anna@nordlys.example")

    def work() -> None:
        page.get_by_role("link", name="People", exact=True).click()
        page.get_by_role("link", name=re.compile("^Invite")).first.click()
        page.get_by_label("Name").click()
        page.keyboard.type("Eva Lind")
        page.keyboard.press("Tab")
        page.keyboard.type("eva@nordlys.example")
        page.get_by_role("button", name=re.compile("^Send the invitation")).click()
        expect(page.get_by_text("An invitation is on its way")).to_be_visible()

    measure("Invite a colleague", page, work)


def test_why_an_e_mail_did_not_arrive(visit: OpenPage) -> None:
    """USE-09, OUT-25."""
    page = visit("harbour", "oliver@harbour.example")

    def work() -> None:
        waiting = page.locator("li", has_text="E-mail not delivered")
        waiting.get_by_role("link", name="Correct or send again").first.click()
        expect(page.get_by_text(re.compile("did not reach"))).to_be_visible()

    measure("Why an e-mail did not arrive", page, work)


def test_import_twenty_customers(visit: OpenPage, tmp_path: Path) -> None:
    """USE-09, REG-06."""
    page = visit("nordlys", "anna@nordlys.example")
    rows = [f"8{n:04};Skärgård {n} AB;faktura{n}@skargard.example;10000" for n in range(20)]
    file = tmp_path / "register.csv"
    file.write_text("\n".join(["Kundnr;Namn;Fakturamail;Kreditgräns", *rows]), encoding="utf-8")
    page.goto("/customers/")

    def work() -> None:
        page.get_by_role("link", name="Import", exact=True).click()
        with page.expect_file_chooser() as chooser:
            page.get_by_label("File").click()
        chooser.value.set_files(file)
        page.get_by_role("button", name="Upload and check").click()
        page.get_by_role("button", name="Check all rows").click()
        page.get_by_role("button", name="Import 20 customers").click(timeout=30_000)
        expect(page.get_by_text("20 customers were imported")).to_be_visible(timeout=30_000)

    measure("Import twenty customers", page, work)


def test_accept_an_order(visit: OpenPage) -> None:
    """USE-09: channel sales, from the first page of the admin."""
    page = visit("", "staff@kontor.example")
    for partner in ("nordlys", "brueckner", "harbour"):
        page.goto(f"/admin/p/{partner}/")
        say_why(page)
    page.goto("/admin/")

    def work() -> None:
        page.get_by_role("link", name=re.compile("[Ss]ubmitted orders")).first.click()
        page.get_by_role("link", name=re.compile(r"^\d{4}-\d{4}$")).first.click()
        page.get_by_role("link", name="Accept", exact=True).first.click()
        page.get_by_role("button", name=re.compile("Accept")).first.click()
        expect(page.locator("body")).to_contain_text("Accepted")

    measure("Accept an order", page, work)
