"""Canary prices in generated quotes: none is ever found on the customer's side (CON-02).

``KONTOR_QUOTES=1000`` runs as many quotes as the rule requires.
"""

from __future__ import annotations

import json
import os
import random
import re
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from portal.accounts.models import Membership
from portal.catalog.models import Price
from portal.outbox.issuing import render_due
from portal.outbox.models import Document
from portal.tenancy.models import Partner
from quotes.services import answering, sending
from quotes.services.answering import Reader
from tests import factories
from tests.conftest import NOW, HostClient
from tests.quotes.conftest import let_in, mails

pytestmark = pytest.mark.documents


QUOTES = int(os.environ.get("KONTOR_QUOTES", "25"))
SKUS = ["FLX-PRO", "FLX-HOME", "FLX-D30", "MTG-HOST", "MTG-ROOM"]


def test_no_canary_is_ever_found(havsbris: Customer, jonas: Membership, nordlys: Partner) -> None:
    chance = random.Random(20261125)
    Customer.objects.filter(pk=havsbris.pk).update(credit_limit=Decimal("900000000"))
    contact = factories.make_domain_contact(havsbris, at=NOW)
    documents = 0
    for number in range(QUOTES):
        canaries: set[str] = set()
        for sku in SKUS:
            one_off, monthly = (
                Decimal(chance.randrange(1_000_000, 9_999_999)) / 100 for _n in range(2)
            )
            Price._default_manager.filter(product__sku=sku).update(one_off=one_off, monthly=monthly)
        wanted = {sku: chance.randint(1, 9) for sku in chance.sample(SKUS, chance.randint(1, 5))}
        quote = factories.make_quote(
            Customer.objects.get(pk=havsbris.pk),
            by=jonas,
            at=NOW,
            quantities=wanted,
            discount=str(chance.randint(0, 15)),
            title=f"Proposal {chance.choice(['Ärla', 'Skär', 'Ö'])} {number}",
        )
        values = [quote.one_off, quote.monthly]
        for line in quote.lines.all():
            values += [line.list_one_off, line.list_monthly, line.one_off, line.monthly]
            values += [line.one_off_total, line.monthly_total]
        canaries |= {f"{value:.2f}".replace(".", "") for value in values}
        asked = sending.send_confirmation(
            quote.pk, contact, version=quote.version, by=jonas, at=NOW
        )
        email = next(m for m in mails(nordlys, "confirmation") if m.about_id == quote.pk)
        seen: list[str] = [email.subject, email.text, email.html, json.dumps(asked.snapshot)]
        if number % 10 == 0:
            seen += _page_and_document(asked, nordlys)
            documents += 1
        squeezed = [re.sub(r"[\s.,'\u00a0\u202f]", "", text) for text in seen]
        for canary in canaries - {"000"}:
            assert not any(canary in text for text in squeezed), (number, canary)
    assert documents >= QUOTES // 10


def _page_and_document(asked: Any, nordlys: Partner) -> list[str]:
    """Return the page's source, and the PDF with its metadata."""
    reader = HostClient("nordlys.localhost")
    with time_machine.travel(NOW, tick=False):
        from portal.outbox.models import OutboundEmail

        OutboundEmail.objects.for_partner(nordlys).filter(
            template="quotes/email/confirmation"
        ).exclude(about_id=asked.quote_id).delete()
        page: Any = reader.get(let_in(reader, nordlys, asked))
    answering.accept_confirmation(
        asked.pk,
        contact_id=asked.contact_id,
        seen=asked.snapshot_sha256,
        reader=Reader("192.0.2.7", "Browser"),
        at=NOW,
    )
    assert render_due(at=NOW) == 1
    document = Document.objects.for_partner(nordlys).get(about_id=asked.quote_id)
    import subprocess
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(bytes(document.content or b""))
        file.flush()
        words = subprocess.run(
            ["pdftotext", file.name, "-"], check=True, capture_output=True, text=True
        ).stdout
        facts = subprocess.run(
            ["pdfinfo", "-meta", file.name], check=True, capture_output=True, text=True
        ).stdout
    # Hashes are hexadecimal and contain any digits by chance.
    words = re.sub(r"[0-9a-f\n-]{30,}", " ", words)
    return [page.content.decode(), words, facts]
