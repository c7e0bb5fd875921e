"""Documents that end their process, never end, or are another partner's many (AVAIL-05, -06)."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from portal.accounts.models import Membership
from portal.core import pdf
from portal.core.glyphs import FONTS
from portal.notices.models import Notice
from portal.outbox import issuing, late_documents
from portal.outbox.causes import cause_of
from portal.outbox.issuing import CRASHES, LEASE, Plan, make_again, render_due
from portal.outbox.models import Document, OutboundEmail
from portal.outbox.rows import as_row
from portal.outbox.secrets import decrypt
from portal.outbox.services import queue_email
from portal.outbox.transports import build_envelope
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests.portal.outbox.conftest import AT

Make = Callable[..., Document]


class Killed(BaseException):
    """The end of the process, as SIGKILL is: nothing after it runs, and nothing is written."""


@pytest.fixture
def make(db: None, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Queue a document of a partner: ``make(partner, minutes=1)``."""
    monkeypatch.setitem(issuing._builders, "probe", lambda _d, *, at: Plan("probe", "Probe"))

    def queue(partner: Partner, minutes: int = 0) -> Document:
        return Document.objects.for_partner(partner).create(
            partner=partner,
            key=str(uuid4()),
            kind="probe",
            file_name=f"{partner.slug}.pdf",
            language="en",
            about_type="quotes.quote",
            about_id=uuid4(),
            about_label="Q-1",
            next_try_at=AT + timedelta(minutes=minutes),
            created_at=AT,
        )

    return queue


def works(*_args: object, **_more: object) -> bytes:
    return b"%PDF"


def kills_for(partner: Partner) -> Callable[..., bytes]:
    """Return a rendering that ends the process for this partner's documents, as a memory limit."""

    def render(_template: str, context: dict[str, Any], **_more: object) -> bytes:
        if context["partner"] == partner:
            raise Killed
        return b"%PDF"

    return render


def run(at: Any) -> int:
    """Run the pdf worker's task once; whether or not the process survives."""
    try:
        return render_due(at=at)
    except Killed:
        return -1


def test_a_document_that_ends_its_process_is_given_up(
    nordlys: Partner, brueckner: Partner, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-05: after three crashes, with the cause; the other partner's is made meanwhile."""
    bad, good = make(nordlys), make(brueckner, minutes=1)
    monkeypatch.setattr(issuing, "render_pdf", kills_for(nordlys))
    assert run(AT + timedelta(minutes=2)) == -1
    bad.refresh_from_db()
    assert (bad.state, bad.attempts, bad.started_at is None) == ("pending", 1, False)
    assert run(AT + timedelta(minutes=2)) == 1
    good.refresh_from_db()
    assert good.state == "ready"
    at = AT + timedelta(minutes=2)
    for _crash in range(CRASHES):
        at += LEASE
        run(at)
    bad.refresh_from_db()
    assert (bad.state, bad.crashes, bad.attempts) == ("dead", CRASHES, CRASHES)
    assert "memory limit" in bad.last_error
    assert run(at + LEASE) == 0
    monkeypatch.setattr(issuing, "render_pdf", works)
    make_again(bad, at=at)
    assert run(at) == 1


def test_without_the_note_before_the_work_it_would_go_on_for_ever(
    nordlys: Partner, brueckner: Partner, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-05: the control: the count is lost with the transaction, and nobody else is reached."""
    bad, good = make(nordlys), make(brueckner, minutes=1)
    monkeypatch.setattr(issuing, "render_pdf", kills_for(nordlys))
    monkeypatch.setattr(
        issuing,
        "_claim",
        lambda at, _served: (
            Document.objects.across_partners()
            .filter(state="pending")
            .order_by("next_try_at")
            .first()
        ),
    )
    for minutes in range(2, 7):
        assert run(AT + timedelta(minutes=minutes)) == -1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.attempts, good.state) == ("pending", 0, "pending")


def test_partners_take_turns(
    nordlys: Partner, brueckner: Partner, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-05: one's many documents don't hold up the one of another."""
    for _n in range(30):
        make(nordlys)
    late = make(brueckner, minutes=1)
    monkeypatch.setattr(issuing, "render_pdf", works)
    assert render_due(at=AT + timedelta(minutes=2), limit=2) == 2
    late.refresh_from_db()
    assert late.state == "ready"


def test_a_document_that_never_ends_is_stopped(
    nordlys: Partner, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-05: at its time limit, which counts as a crash; the process lives."""

    def endless(*_args: object, **_more: object) -> bytes:
        with pdf.limited(0.05):
            until = time.monotonic() + 5
            while time.monotonic() < until:
                pass
        return b"%PDF"

    bad = make(nordlys)
    monkeypatch.setattr(issuing, "render_pdf", endless)
    at = AT
    for _n in range(CRASHES):
        assert render_due(at=at) == 0
        at += timedelta(hours=1)
    bad.refresh_from_db()
    assert (bad.state, bad.crashes) == ("dead", CRASHES) and "PdfTooSlow" in bad.last_error


def spin(*_args: object) -> None:
    """Do nothing for five seconds, unless somebody interrupts."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        pass


def test_what_a_document_is_made_of_is_under_the_limit_too(
    nordlys: Partner, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-05: not its pages alone: also what is read for it, and its signature."""
    bad = make(nordlys)
    monkeypatch.setattr(issuing, "SECONDS", 0.05)
    monkeypatch.setattr(issuing, "crash_point", spin)
    assert render_due(at=AT) == 0
    bad.refresh_from_db()
    assert bad.crashes == 1 and "PdfTooSlow: more than 0.05 seconds" in bad.last_error


def test_of_two_limits_the_one_that_ends_first_holds() -> None:
    """AVAIL-05: the inner one neither lengthens the outer one nor takes it away."""
    for outer, inner in ((0.05, 60), (60, 0.05)):
        with pytest.raises(pdf.PdfTooSlow), pdf.limited(outer), pdf.limited(inner):
            spin()
    with pytest.raises(pdf.PdfTooSlow), pdf.limited(0.05):
        with pdf.limited(60):
            pass
        spin()
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_the_limit_is_part_of_making_a_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """AVAIL-05, INP-06: it holds for the template and the pages, and is gone afterwards."""

    def slow(*_args: object, **_more: object) -> str:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            pass
        return "<p>made</p>"

    monkeypatch.setattr(pdf, "SECONDS", 0.05)
    monkeypatch.setattr(pdf, "render_to_string", slow)
    with pytest.raises(pdf.PdfTooSlow):
        pdf.render_pdf("x", {}, language="en", zone=AT.tzinfo, title="x")
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def waiting(document: Document, template: str, person: Membership) -> OutboundEmail:
    email = queue_email(
        to="eva@havsbris.example",
        template="probe/plain",
        context={"name": "Eva"},
        language="en",
        key=template,
        partner=document.partner,
        document=document,
        reply_to=person.user.email,
        at=AT,
    )
    email.template = template
    email.text = "Quote is accepted\n\nHello Eva,\n\nAttached.\n"
    email.html = "<html><body><h1>Quote is accepted</h1><p>Hello Eva</p></body></html>"
    email.save()
    return email


def give_up(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "ATTEMPTS", 1)
    monkeypatch.setattr(issuing, "render_pdf", lambda *a, **k: 1 / 0)
    assert render_due(at=AT) == 0
    document.refresh_from_db()
    assert document.state == "dead"


@pytest.mark.django_db
def test_what_killed_documents_left_does_not_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-05: the folders of their fonts go, and none that is still being used."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    # What a process that is killed has no time for.
    monkeypatch.setattr("weasyprint.text.fonts.rmtree", lambda *_args, **_more: None)
    face = f"@font-face {{font-family: x; src: url({pdf.FONT_ADDRESS}{min(FONTS)})}}"
    page = f"<style>{face} p {{font-family: x}}</style><p>made</p>"
    monkeypatch.setattr(pdf, "render_to_string", lambda *_args: page)
    for _n in range(2):
        pdf.render_pdf("x", {}, language="en", zone=AT.tzinfo, title="x")
        gc.collect()
    used, left = tmp_path.iterdir()
    others = tmp_path / "upload"
    others.mkdir()
    for folder, age in ((used, pdf.SECONDS), (left, 3600), (others, 3600)):
        os.utime(folder, (time.time() - age,) * 2)
    render_due(at=AT)
    assert set(tmp_path.iterdir()) == {used, others}


def test_a_disk_without_room_to_tidy_stops_no_document(
    nordlys: Partner, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-05: the folder of temporary files can't even be asked for where none can be written."""

    def full() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    make(nordlys)
    monkeypatch.setattr(tempfile, "gettempdir", full)
    monkeypatch.setattr(issuing, "render_pdf", works)
    assert render_due(at=AT) == 1


def test_an_acceptance_leaves_without_its_document_which_follows(
    nordlys: Partner, anna: Membership, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-06: with words that say so; made later, the document comes by itself."""
    document = make(nordlys)
    email = waiting(document, "quotes/email/accepted_customer", anna)
    give_up(document, monkeypatch)
    email.refresh_from_db()
    assert (email.state, email.without_document) == ("queued", True)
    said = "The document “nordlys.pdf” could not be made yet. It follows in an e-mail of its own"
    assert said in email.text.split("\n\n")[1] and f"</h1><p><strong>{said}" in email.html
    assert b"application/pdf" not in build_envelope(email, {}, at=AT).data
    monkeypatch.setattr(issuing, "render_pdf", works)
    make_again(document, at=AT)
    assert render_due(at=AT) == 1
    later = OutboundEmail.objects.for_partner(nordlys).get(template=late_documents.FOLLOWS)
    assert (later.subject, later.to_address) == (
        "The document for “News for Eva”",
        "eva@havsbris.example",
    )
    text = "We wrote to you: “News for Eva”. The document nordlys.pdf could not be made then. "
    assert text + "Here it is, attached." in later.text.replace("\n", " ")
    assert "Here it is, attached." in later.html and later.reply_to == anna.user.email
    sent = build_envelope(later, decrypt(later.secrets_encrypted), at=AT).data
    assert b"application/pdf" in sent


def test_others_wait_and_say_why(
    nordlys: Partner, anna: Membership, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-06: shown with the cause in the list, and whoever is in charge is told."""
    document = make(nordlys)
    email = waiting(document, "support/email/service", anna)
    give_up(document, monkeypatch)
    email.refresh_from_db()
    assert email.state == "waiting" and email.needs_a_person
    cause = cause_of(email)
    assert cause is not None and "Channel Sales" in cause.cure
    assert as_row(email).cause == "Its document could not be made, and the e-mail waits for it."
    with in_partner(nordlys):
        notice = Notice.objects.get(membership=anna, verb="email_waits_for_document")
    assert notice.details == {"title": "nordlys.pdf", "to": "eva@havsbris.example"}
    monkeypatch.setattr(issuing, "render_pdf", works)
    make_again(document, at=AT)
    assert render_due(at=AT) == 1
    email.refresh_from_db()
    assert (email.state, email.last_error) == ("queued", "")


@pytest.mark.parametrize(("queues", "loaded"), [("pdf", True), ("celery,schemas", False)])
def test_worker_of_documents_loads_their_libraries_before_it_forks(
    queues: str, loaded: bool
) -> None:
    """AVAIL-05: whatever takes the place of a process that was ended starts at once.

    That Pango's declarations are read, too, shows that a first document was made.
    """
    start = f"""
import sys
import django
django.setup()
from portal.celery import app
app.Worker(queues="{queues}", quiet=True).on_start()
loaded = {{"weasyprint", "pyhanko.sign"}} <= set(sys.modules)
if loaded:
    from weasyprint.text.ffi import ffi
    loaded = len(ffi._parsed_types) > 10
print(loaded)
"""
    done = subprocess.run(
        [sys.executable, "-c", start], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split()[-1] == str(loaded)
