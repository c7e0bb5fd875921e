"""The chain of evidence: any changed byte is found (SAFE-11)."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from customers.models import Customer
from portal.accounts.models import Membership
from portal.catalog.models import TermsVersion
from portal.channel.models import StaffEvent, StaffNotice
from portal.outbox.issuing import render_due
from portal.outbox.models import Document
from portal.schedule import schedule
from portal.tenancy.models import Partner
from quotes.models import Confirmation, Evidence
from quotes.services import answering
from quotes.services.answering import Reader
from quotes.services.drafts import supersede
from quotes.services.evidence import START, _link, problems
from quotes.services.verifying import tell_faults
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
        for table in ("quotes_evidence", "quotes_confirmation", "quotes_quoteline"):
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
    "last entry": lambda: tamper("DELETE FROM quotes_evidence WHERE kind = 'document'"),
    "entry put in": lambda: _add_entry(),
    "time of an entry": lambda: tamper(
        "UPDATE quotes_evidence SET created_at = created_at + interval '1 day'"
    ),
    "accepter's name": lambda: tamper("UPDATE quotes_confirmation SET decided_name = 'Somebody'"),
    "time of the answer": lambda: tamper(
        "UPDATE quotes_confirmation SET decided_at = decided_at - interval '1 minute'"
    ),
    "addressee": lambda: tamper(
        "UPDATE quotes_confirmation SET addressee_name = 'Somebody', addressee_email = 'a@b.test'"
    ),
    "quantity of a line": lambda: tamper("UPDATE quotes_quoteline SET quantity = 99"),
    "price of a line": lambda: tamper("UPDATE quotes_quoteline SET list_monthly = 1"),
    "line removed": lambda: tamper(
        "DELETE FROM quotes_quoteline WHERE id = (SELECT id FROM quotes_quoteline LIMIT 1)"
    ),
    "terms": lambda: TermsVersion._default_manager.update(text="other terms"),
    "document": lambda: Document._default_manager.update(content=b"%PDF-1.7 other"),
    "document and its hash": lambda: Document._default_manager.update(sha256="b" * 64),
}


def _add_entry() -> None:
    """Append an entry that fits the chain, without its anchor: another answer made up."""
    last = Evidence.objects.order_by("-serial").first()
    assert last is not None
    made = Evidence(
        confirmation=last.confirmation,
        serial=last.serial + 1,
        kind="declined",
        payload={"at": NOW.isoformat()},
        previous=last.sha256,
        created_at=NOW,
    )
    made.sha256 = _link(made)
    made.save(force_insert=True)


@pytest.mark.parametrize("what", FLIPS)
def test_every_change_is_found(what: str, accepted: Confirmation, nordlys: Partner) -> None:
    """SAFE-11, CON-49: each of its columns, what pages show of it, and the accepted lines."""
    FLIPS[what]()
    assert list(problems()) != []


def test_the_command_says_so(accepted: Confirmation, nordlys: Partner) -> None:
    out = StringIO()
    call_command("verify_evidence", "--partner=nordlys", stdout=out)
    assert out.getvalue() == "nordlys: 2 entries checked\n"
    FLIPS["payload"]()
    with pytest.raises(CommandError, match="problems found"):
        call_command("verify_evidence", stdout=out, stderr=StringIO())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE quotes_quoteline SET quantity = 99",
        "DELETE FROM quotes_quoteline",
        "UPDATE channel_evidenceanchor SET sha256 = repeat('0', 64)",
        "DELETE FROM channel_evidenceanchor",
    ],
)
def test_the_database_refuses_to_change_what_was_accepted(sql: str, accepted: Confirmation) -> None:
    """CON-49, CON-21: the lines of a locked quote, and the anchors of the chain."""
    refused = pytest.raises(DatabaseError, match=r"never change|append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(problems()) == []


def test_lines_of_a_draft_can_still_change(accepted: Confirmation, jonas: Membership) -> None:
    """CON-49: the guard holds for locked quotes only, and a new version has lines of its own."""
    newer = supersede(accepted.quote_id, by=jonas, at=NOW)
    assert newer.lines.count() == accepted.quote.lines.count()
    assert newer.lines.update(quantity=3) == 2
    assert list(problems()) == []


def test_faults_found_at_night_are_told_to_staff_once(
    accepted: Confirmation, nordlys: Partner
) -> None:
    """CON-49, CHAN-30: by the task that beat calls, in the list and by mail as they chose."""
    assert tell_faults(at=NOW) == []
    FLIPS["last entry"]()
    assert len(tell_faults(at=NOW)) == len(tell_faults(at=NOW)) == 1
    notice = StaffNotice.objects.for_partner(nordlys).get(kind=StaffEvent.EVIDENCE)
    assert str(notice) == "Evidence does not match: evidence 2: was written and is gone"
    assert notice.path == "/admin/p/nordlys/quotes/quote/"
    assert schedule(mailbox=False)["verify-evidence"]["task"] == "quotes.verify_everywhere"
