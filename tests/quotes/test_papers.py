"""What is asked can be read, printed and kept before it is answered (CON-54)."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from portal.accounts.models import Membership
from portal.tenancy.models import Partner
from quotes.documents.paper import make_missing, make_paper
from quotes.models import Confirmation, ConfirmationPaper
from quotes.services import sending
from tests import factories
from tests.conftest import NOW, HostClient
from tests.quotes.conftest import let_in

pytestmark = pytest.mark.documents


@pytest.fixture
def asked(havsbris: Customer, jonas: Membership) -> Confirmation:
    Customer.objects.filter(pk=havsbris.pk).update(language="en")
    quote = factories.make_quote(Customer.objects.get(pk=havsbris.pk), by=jonas, at=NOW)
    return factories.make_confirmation(quote, by=jonas, at=NOW)


def test_the_text_is_opened_as_a_pdf_before_accepting(
    asked: Confirmation, reader: HostClient, nordlys: Partner, tmp_path: Path
) -> None:
    """CON-54, CON-02: whole, without prices; the page never waits for it."""
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        page = let_in(reader, nordlys, asked)
        before: Any = reader.get(page)
        assert "A PDF to print or keep is being made" in before.content.decode()
        assert reader.get(f"{page}text/").status_code == 404
        assert make_missing(at=NOW) == 1
        assert make_missing(at=NOW) == 0
        after = reader.get(page).content.decode()
        assert f"{page}text/" in after and "k-terms-whole" in after
        answer: Any = reader.get(f"{page}text/")
    assert answer["Content-Type"] == "application/pdf"
    assert "frame-ancestors 'none'; sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline;")
    assert "no-store" in answer["Cache-Control"]
    file = tmp_path / "a.pdf"
    file.write_bytes(answer.content)
    command = ["pdftotext", "-layout", str(file), "-"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    words = " ".join(done.stdout.split())
    for part in (
        "Product FLX-PRO",
        "24 months",
        "These terms apply to every service.",
        "It is not the signed agreement.",
    ):
        assert part in words
    assert "Certificate" not in words
    assert "SEK" not in words.replace("Prices in EUR are those agreed.", "")
    other = HostClient("nordlys.localhost")
    assert other.get(f"{page}text/").status_code == 404


def test_a_withdrawn_confirmation_needs_no_text(asked: Confirmation) -> None:
    """CON-54: nothing is made for what nobody can answer."""
    sending.withdraw(asked.quote_id, at=NOW)
    make_paper(asked.pk, at=NOW)
    assert not ConfirmationPaper.objects.exists()
