"""A register that is imported, searched, saved, exported and assigned, in a browser."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

# As another program writes it: its own headings, semicolons, Windows-1252.
HEADINGS = (
    "Kundnr;Kundnamn;Org.nr;Postnr;Ort;Fakturamail;Kreditgräns;Förnamn;Efternamn;Kontakt e-post"
)
NAMES = "Brygga Pir Sjöbod Båthus Fyr Kaj".split()


def register_file(folder: Path, mark: str, first: int) -> Path:
    """Write a file of six customers whose names contain ``mark``."""
    rows = [
        f"{first + place};{mark} {word} AB;;80320;Gävle;faktura@{word.lower()}-{first}.example;"
        f"{place + 1}5 000,00;Annika;Sandell;annika@{word.lower()}-{first}.example"
        for place, word in enumerate(NAMES)
    ]
    path = folder / f"register-{first}.csv"
    path.write_bytes("\r\n".join([HEADINGS, *rows, ""]).encode("cp1252"))
    return path


def import_register(page: Page, path: Path) -> None:
    """Upload, check the columns, have all rows validated, import."""
    page.goto("/customers/")
    page.get_by_role("link", name="Import").click()
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What do the columns hold?")
    expect(page.get_by_label("Kundnamn")).to_have_value("name")
    expect(page.get_by_label("Kreditgräns")).to_have_value("credit_limit")
    page.get_by_role("button", name="Check all rows").click()
    # The worker validates; the page continues by itself.
    page.get_by_role("button", name=re.compile("^Import 6 customers")).click(timeout=30_000)
    expect(page.get_by_role("heading", name="6 customers were imported")).to_be_visible(
        timeout=30_000
    )


def expect_names(page: Page, names: list[str]) -> None:
    """Wait for the page and compare the names in the list, from the top."""
    expect(page.locator("tbody th a")).to_have_text(names)


@pytest.mark.parametrize("width", [1280, 390])
def test_import_filter_save_export_assign(width: int, visit: OpenPage, tmp_path: Path) -> None:
    """REG-06, REG-09, REG-10, REG-17, REG-19, REG-25: import, filter, export and assign.

    Six customers are imported, found by a saved filter and exported as they are listed; three are
    assigned to a technician, who then sees exactly those.
    """
    mark = f"Holmudden{width}"
    page = visit("nordlys", "anna@nordlys.example", viewport={"width": width, "height": 900})
    import_register(page, register_file(tmp_path, mark, 70_000 + width))

    page.goto(f"/customers/?q={mark}&sort=-number")
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Lifecycle").select_option("prospect")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page.get_by_text(re.compile(r"^\s*6 customers of"))).to_be_visible()
    backwards = [f"{mark} {word} AB" for word in reversed(NAMES)]
    expect_names(page, backwards)

    page.locator("summary", has_text="Save").click()
    page.get_by_label("Name of the filter").fill(f"New from {mark}")
    page.get_by_role("button", name="Save this filter").click()
    expect(page.get_by_role("link", name=f"New from {mark}")).to_be_visible()
    page.goto("/customers/")
    page.get_by_role("link", name=f"New from {mark}").click()
    expect_names(page, backwards)

    page.locator("summary", has_text="Export 6").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Text (CSV)").click()
    rows = list(csv.reader(download.value.path().open(encoding="utf-8-sig")))
    place = rows[0].index("Name")
    assert [row[place] for row in rows[1:]] == backwards

    for word in ("Pir", "Fyr", "Kaj"):
        page.get_by_role("checkbox", name=re.compile(f"^{mark} {word} AB")).check()
    expect(page.locator("[data-bulk]")).to_contain_text("3 ticked")
    page.locator("summary", has_text="Bulk actions").click()
    page.locator("details[open]").get_by_role("button", name="Assign").click()
    page.get_by_label(re.compile(r"^\s*Mikael Norén")).check()
    page.get_by_role("button", name="Save for 3 customers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")

    his = visit("nordlys", "mikael@nordlys.example", viewport={"width": width, "height": 900})
    his.goto(f"/customers/?q={mark}")
    expect_names(his, sorted(f"{mark} {word} AB" for word in ("Pir", "Fyr", "Kaj")))
    # The technician can't open the others, not even by their address.
    page.goto(f"/customers/?q={mark}+Brygga")
    other = page.locator("tbody th a").first.get_attribute("href")
    answer = his.goto(str(other))
    assert answer is not None and answer.status == 404
