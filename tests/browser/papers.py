"""What a technician signs and a customer reads: signature and service report as PDF."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from playwright.sync_api import Page


def draw_signature(page: Page) -> None:
    """Draw a signature on the page's canvas."""
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 70)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 30 + step * 28, box["y"] + (25 if step % 2 else 75))
    page.mouse.up()


def text_of_pdf(page: Page, address: str, folder: Path) -> str:
    """Return the text of the sealed PDF with its pictures that a page links to."""
    with page.expect_download() as download:
        page.locator(f"a[href='{address}']").first.click()
    file = folder / "report.pdf"
    download.value.save_as(file)
    assert b"KontorSeal" in file.read_bytes()
    images = subprocess.run(
        ["pdfimages", "-list", file], capture_output=True, text=True, check=True
    ).stdout
    assert len(re.findall(r"\bimage\b", images)) >= 2, images
    done = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
    )
    return done.stdout
