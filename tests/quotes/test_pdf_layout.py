"""How the PDFs of quotes look: pages, heads and feet, totals, prices of one."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fontTools.ttLib.woff2 import decompress

from customers.models import Customer
from portal.accounts.models import Membership
from portal.catalog.models import Price
from portal.core import pdf
from portal.core.glyphs import FONTS
from portal.core.pdf import render_pdf
from portal.outbox.issuing import queue_document, render_due
from portal.outbox.models import Document
from portal.tenancy.models import Partner
from quotes.documents import PRICED
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.documents


def read(program: str, content: bytes, tmp_path: Path, *options: str) -> str:
    file = tmp_path / "a.pdf"
    file.write_bytes(content)
    command = [program, *options, str(file), *(["-"] if program == "pdftotext" else [])]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def quote_with(lines: int, partner: Partner, **changes: Any) -> bytes:
    """Render a quote with so many lines, without the database."""
    row = {
        "name": "Flex seat Basic",
        "text": "A seat for one person",
        "quantity": 12,
        "term": "24 months",
        "discount": "",
        "one_off": "0.00",
        "one_off_each": "",
        "monthly": "948.00",
        "monthly_each": "79.00",
    }
    context: dict[str, Any] = {
        "partner": partner,
        "quote": SimpleNamespace(
            title="Office move", message="", currency="SEK", created_by=SimpleNamespace(user="J")
        ),
        "customer": SimpleNamespace(name="Havsbris", number="10042", address_lines=[]),
        "agreement": "Q-1-1",
        "rows": [row] * lines,
        "totals": [("Net", "1.00", "2.00"), ("VAT", "3.00", "4.00"), ("Total", "5.00", "6.00")],
        "over_term": {"label": "Over 24 months", "net": "7.00"},
        **changes,
    }
    title = changes.get("title", "Quote Q-1-1, Smith & Sons")
    return render_pdf("quotes/pdf/quote.html", context, language="en", zone=partner.tz, title=title)


@pytest.mark.parametrize(("lines", "pages"), [(1, 1), (17, 2), (60, 5)])
def test_totals_stand_once_after_the_last_line(
    lines: int, pages: int, nordlys: Partner, tmp_path: Path
) -> None:
    """OUT-27, OUT-28: with 1, 17 and 60 lines; head, foot and number on every page."""
    nordlys.address, nordlys.organisation_number = "Gatan 1\n753 20 Uppsala", "556703-7485"
    text = read("pdftotext", quote_with(lines, nordlys), tmp_path, "-layout")
    sheets = text.split("\f")[:-1]
    assert len(sheets) == pages
    for number, sheet in enumerate(sheets, 1):
        assert nordlys.name in sheet.splitlines()[0]
        assert f"Page {number} of {pages}" in sheet
        assert "Quote Q-1-1, Smith & Sons" in sheet and "&amp;" not in sheet
        assert "Gatan 1, 753 20 Uppsala" in sheet and "556703-7485" in sheet
        # The head of the table, and not the totals alone on a page.
        assert "Quantity" in sheet and "Flex seat Basic" in sheet
    for words in ("Net", "Total", "Over 24 months"):
        assert sum(line.split()[:1] == words.split()[:1] for line in text.splitlines()) == 1
        assert words in sheets[-1]


def test_every_name_is_printed_in_the_shipped_font(nordlys: Partner, tmp_path: Path) -> None:
    """OUT-27: digits and letters of many languages, with an emoji beside them."""
    made = quote_with(1, nordlys, title="Größe 123 Žluťoučký Ελλάς Жук Việt 🎉 & Co")
    assert "Inter" in read("pdffonts", made, tmp_path)
    words = " ".join(read("pdftotext", made, tmp_path).split())
    assert "Größe 123 Žluťoučký Ελλάς Жук Việt" in words


def test_a_name_as_long_as_can_be_stays_on_the_sheet(nordlys: Partner, tmp_path: Path) -> None:
    """OUT-27."""
    long = SimpleNamespace(name="x" * 200, number="10042", address_lines=[])
    text = read("pdftotext", quote_with(1, nordlys, customer=long), tmp_path)
    assert text.count("x") >= 200


def test_the_price_of_one_and_the_sum_over_the_term_can_be_reckoned(
    havsbris: Customer, jonas: Membership, nordlys: Partner, tmp_path: Path
) -> None:
    """OUT-28: 400 x 795.00 less 12.5 %, which is 695.63 for one."""
    Customer.objects.filter(pk=havsbris.pk).update(credit_limit=Decimal("9000000"))
    Price._default_manager.filter(product__sku="FLX-D30").update(one_off=Decimal("795.00"))
    quote = factories.make_quote(
        Customer.objects.get(pk=havsbris.pk),
        by=jonas,
        at=NOW,
        quantities={"FLX-D30": 400, "FLX-PRO": 2},
        discount="12.5",
    )
    queue_document(kind=PRICED, key="q", about=quote, file_name="q.pdf", language="en", at=NOW)
    assert render_due(at=NOW) == 1
    made = bytes(Document.objects.for_partner(nordlys).get().content or b"")
    words = " ".join(read("pdftotext", made, tmp_path, "-layout").split())
    assert "278,252.00" in words and "400 × 695.63" in words
    monthly = sum(line.monthly_total for line in quote.lines.all())
    once = sum(line.one_off_total for line in quote.lines.all())
    total = f"{once + 24 * monthly:,.2f}"
    assert f"Over 24 months, without VAT {total}" in words


def test_fonts_are_unpacked_once_for_all_documents(
    nordlys: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OUT-27: unpacking both costs ten times as much as setting a page."""
    unpacked: list[int] = []

    def counting(*files: Any) -> None:
        unpacked.append(1)
        decompress(*files)

    pdf._font.cache_clear()
    monkeypatch.setattr(pdf, "decompress", counting)
    for _each in range(2):
        assert quote_with(1, nordlys).startswith(b"%PDF")
    assert len(unpacked) == len(FONTS)
