"""Chromium against the running server."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.server import PASSWORD, Site, running_site

# What the browser itself says of refusals, and of a connection that a test takes away.
EXPECTED = re.compile(r"status of 4|ERR_INTERNET_DISCONNECTED")
ARGUMENTS = [
    "--no-sandbox",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run the portal with the demo data."""
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    path = os.environ.get("KONTOR_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.fail("no Chromium: run `make test`, which finds or installs one")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """Open a page of a signed-in person: ``visit("nordlys", "anna@nordlys.example")``.

    Errors in the console and violations of the content security policy fail the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and not EXPECTED.search(message.text)
                else None
            ),
        )

    def make(host: str, email: str | None = None, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        # Not every Chromium says a language of its own.
        options.setdefault("locale", "en-US")
        context = browser.new_context(base_url=site.at(host), **options)
        contexts.append(context)
        page = context.new_page()
        context.on("page", listen)
        listen(page)
        if email is not None:
            sign_in(page, email)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


# What axe leaves out unless it is asked: the text of a control is in its name (WCAG 2.5.3).
RULES = {
    "rules": {"label-content-name-mismatch": {"enabled": True}},
    "resultTypes": ["violations"],
}
# A width in pixels and a colour scheme.
Look = tuple[int, Literal["light", "dark"]]
LOOKS: tuple[Look, ...] = ((1280, "light"), (390, "dark"), (1280, "dark"), (390, "light"))


def violations(page: Page) -> list[Any]:
    """Return what axe-core finds on the page; it is loaded once, and tells nothing else."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    run = "options => axe.run(options).then(results => results.violations)"
    found: list[Any] = page.evaluate(run, RULES)
    return found


def wrongs(page: Page, addresses: Sequence[str], looks: Sequence[Look]) -> list[str]:
    """Return what is wrong on pages in each look; a page is loaded once and then changed.

    Every second page is loaded in the last look, so that narrow and dark is seen from the start,
    too. Nothing moves meanwhile: a button on its way to its dark colour is too pale for a moment.
    """
    found: list[str] = []
    for place, address in enumerate(addresses):
        for number, (width, scheme) in enumerate(looks[:: -1 if place % 2 else 1]):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if number == 0:
                page.goto(address)
            where = f"{address} {width} {scheme}"
            for violation in violations(page):
                targets = [node["target"] for node in violation["nodes"][:3]]
                found.append(f"{where}: {violation['id']} {targets}")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{where}: scrolls sideways")
            name = re.sub(r"[0-9a-f-]{36}", "x", address).strip("/") or "dashboard"
            take_picture(page, f"{re.sub(r'[^0-9a-z]+', '-', name)}-{width}-{scheme}")
    return found


def say_why(page: Page) -> None:
    """Say why a member of staff opens a partner (CHAN-33)."""
    page.get_by_label("Why do you open this partner?").fill("Ticket 4711")
    page.get_by_role("button", name=re.compile("^Open ")).click()


def sign_in(page: Page, email: str) -> None:
    """Sign in through the sign-in page."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: not address.endswith("/accounts/login/"))


# KONTOR_PICTURES=1 takes a picture of each page into var/screenshots, which takes a minute.
PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots"


def take_picture(page: Page, name: str) -> None:
    """Take a picture of a whole page, if they are wanted."""
    if os.environ.get("KONTOR_PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
