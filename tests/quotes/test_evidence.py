"""The chain of evidence: any changed byte is found (SAFE-11)."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from customers.models import Customer
from portal.accounts.models import Membership
from portal.catalog.models import TermsVersion
from portal.outbox.issuing import render_due
from portal.outbox.models import Document
from portal.tenancy.models import Partner
from quotes.models import Confirmation, Evidence
from quotes.services import answering
from quotes.services.answering import Reader
from quotes.services.evidence import START, problems
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.documents


@pytest.fixture
def accepted(havsbris: Customer, jonas: Membership) -> Confirmation:
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    done = answering.accept_confirmation(
        asked.pk,
        contact_id=asked.contact_id,
        seen=asked.snapshot_sha256,
        reader=Reader("192.0.2.7", "Browser"),
        at=NOW,
    )
    assert render_due(at=NOW) == 1
    return done


def tamper(sql: str) -> None:
    """Change a row as somebody with the owner's rights could, around the triggers."""
    with connection.cursor() as cursor:
        # Deferred keys have to be checked before a table may be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("quotes_evidence", "quotes_confirmation"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)


def test_the_document_is_part_of_the_chain(accepted: Confirmation, nordlys: Partner) -> None:
    """CON-20: the hash of the PDF is evidence too."""
    first, second = Evidence.objects.order_by("serial")
    assert (first.kind, second.kind) == ("accepted", "document")
    assert (first.previous, second.previous) == (START, first.sha256)
    document = Document.objects.for_partner(nordlys).get()
    assert second.payload["sha256"] == document.sha256
    assert list(problems()) == []


FLIPS: dict[str, Callable[[], object]] = {
    "payload": lambda: tamper(
        "UPDATE quotes_evidence SET payload = jsonb_set(payload, '{address}', '\"10.0.0.1\"')"
        " WHERE kind = 'accepted'"
    ),
    "hash": lambda: tamper(
        "UPDATE quotes_evidence SET sha256 = repeat('a', 64) WHERE kind = 'accepted'"
    ),
    "kind": lambda: tamper("UPDATE quotes_evidence SET kind = 'declined' WHERE serial = 1"),
    "removed": lambda: tamper("DELETE FROM quotes_evidence WHERE serial = 1"),
    "snapshot": lambda: tamper(
        "UPDATE quotes_confirmation SET snapshot = jsonb_set(snapshot, '{lines,0,quantity}', '13')"
    ),
    "state": lambda: tamper("UPDATE quotes_confirmation SET state = 'declined'"),
    "terms": lambda: TermsVersion._default_manager.update(text="other terms"),
    "document": lambda: Document._default_manager.update(content=b"%PDF-1.7 other"),
    "document and its hash": lambda: Document._default_manager.update(sha256="b" * 64),
}


@pytest.mark.parametrize("what", FLIPS)
def test_every_change_is_found(what: str, accepted: Confirmation, nordlys: Partner) -> None:
    """SAFE-11: each of its columns."""
    FLIPS[what]()
    assert list(problems()) != []


def test_the_command_says_so(accepted: Confirmation, nordlys: Partner) -> None:
    out = StringIO()
    call_command("verify_evidence", "--partner=nordlys", stdout=out)
    assert out.getvalue() == "nordlys: 2 entries checked\n"
    FLIPS["payload"]()
    with pytest.raises(CommandError, match="problems found"):
        call_command("verify_evidence", stdout=out, stderr=StringIO())
