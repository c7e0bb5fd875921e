"""Hostile texts through every field, and hostile files: no 500, nothing unescaped (INP-01).

``KONTOR_HOSTILE=all`` takes every text of tests/data/hostile, otherwise a part of them.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from urllib.parse import quote
from uuid import UUID

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from customers.imports import jobs
from portal.outbox.issuing import render_due
from portal.outbox.models import Document, OutboundEmail
from portal.outbox.secrets import decrypt
from portal.outbox.transports import build_envelope
from portal.tenancy.context import in_partner
from tests.figures import note
from tests.isolation.crawl import Page
from tests.isolation.hostile import ALL, files, texts, texts_for
from tests.isolation.matrix import NORDLYS
from tests.isolation.wire import Answer, Wire
from tests.isolation.world import World

pytestmark = pytest.mark.usefixtures("no_limits")

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What takes effect in a page, if a text stands there as it was typed.
TAG = re.compile(r"<\s*/?\s*[a-zA-Z!]")

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Typist:
    """Somebody who types a text into forms, and reads the pages that show it."""

    def __init__(self, world: World) -> None:
        self.world, self.wire, self.things = world, Wire(), world.nordlys
        self.count: Counter[str] = Counter()
        self.wrong: list[str] = []

    def ask(
        self, method: str, path: str, data: dict[str, list[str]] | None = None, *, who: str = "anna"
    ) -> Answer:
        answer = self.wire.send(method, NORDLYS, path, cookies=self.world.cookies[who], data=data)
        if answer.status >= 500 or answer.error:
            self.wrong.append(f"{method} {path[:80]}: {answer.status} {answer.error[-300:]}")
        return answer

    def read(self, text: str, path: str) -> Answer:
        """Read a page; the text stands there escaped, or not at all."""
        answer = self.ask("GET", path)
        self.look(text, answer, path)
        return answer

    def look(self, text: str, answer: Answer, path: str) -> None:
        typed = " ".join(text.split())
        if "html" in answer.header("Content-Type") and TAG.search(typed) and typed in answer.text:
            self.wrong.append(f"{path[:80]} shows {text[:60]!r} as it was typed")
        if any("\n" in value or "\r" in value for _name, value in answer.headers):
            self.wrong.append(f"{path[:80]}: a header of two lines")

    def fill(self, text: str, path: str, names: tuple[str, ...], **more: str) -> Answer:
        """Type the text into fields of the form of a page, and send it."""
        shown = self.ask("GET", path)
        form = next(
            each
            for each in Page(shown.text).forms
            if each.method == "POST" and {names[0]} <= {name for name, _value in each.fields}
        )
        data: dict[str, list[str]] = {}
        for name, value in form.fields:
            if "__" not in name:
                data.setdefault(name, []).append(value)
        data |= {name: [text] for name in names} | {name: [v] for name, v in more.items()}
        answer = self.ask("POST", form.action or path, data)
        self.count["taken"] += answer.status == 302
        if answer.status not in (200, 302, 409):
            self.wrong.append(f"POST {path} with {text[:60]!r}: {answer.status}")
        self.look(text, answer, path)
        return answer


def customer(typist: Typist, text: str) -> None:
    pk = typist.things.assigned.pk
    typist.fill(text, f"/customers/{pk}/edit/", ("name", "notes", "city", "street"))
    for path in (f"/customers/{pk}/", "/customers/", f"/customers/{pk}/log/"):
        typist.read(text, path)
    exports(typist, text)


def contact(typist: Typist, text: str) -> None:
    pk = typist.things.assigned.pk
    names = ("first_name", "last_name", "job_title")
    typist.fill(text, f"/customers/{pk}/contacts/new/", names, email="new@people.example")
    typist.read(text, f"/customers/{pk}/")


def order(typist: Typist, text: str) -> None:
    """Type it into an order, place it, and build the e-mails about it."""
    pk = typist.things.draft.pk
    names = ("reference", "po_number")
    typist.fill(text, f"/orders/{pk}/review/", names, then="draft")
    typist.fill(text[:60], f"/orders/{pk}/review/", names)
    for path in (f"/orders/{pk}/", "/orders/"):
        typist.read(text, path)
    mails(typist, text)


def quoted(typist: Typist, text: str) -> None:
    pk = typist.things.quote.pk
    typist.fill(text, f"/quotes/{pk}/edit/", ("title", "message", "notes"))
    for path in (f"/quotes/{pk}/", "/quotes/"):
        typist.read(text, path)


def searched(typist: Typist, text: str) -> None:
    typed = quote(text.encode())
    for path in ("/search/?q=", "/search/suggest/?q=", "/customers/?q=", "/orders/?q="):
        typist.read(text, path + typed)
        typist.count["taken"] += 1


def said(typist: Typist, text: str) -> None:
    pk, report = typist.things.placed.pk, typist.things.report.pk
    for path in (f"/orders/{pk}/say/", f"/reports/{report}/answer/"):
        data = {"text": [text], "audience": ["all"]}
        answer = typist.ask("POST", path, data)
        typist.look(text, answer, path)
        typist.count["taken"] += answer.status == 302
    typist.read(text, f"/orders/{pk}/")
    typist.read(text, f"/reports/{report}/")
    mails(typist, text)


def declined(typist: Typist, text: str) -> None:
    """Decline as the customer, with the text as reason; and accept with it as a name."""
    things = typist.things
    found = OutboundEmail.objects.for_partner(things.partner)
    mail = found.get(about_id=things.sent_quote.pk, template="quotes/email/confirmation")
    link = re.sub(r"^https?://[^/]+", "", decrypt(mail.secrets_encrypted)["link"])
    jar = typist.wire.send("GET", NORDLYS, link).cookies
    asked = things.confirmation
    for act, data in (
        ("", {"read": "on", "authority": "on", "contact": text, "seen": asked.snapshot_sha256}),
        (
            "decline/",
            {"reason": text, "contact": str(asked.contact_id), "seen": asked.snapshot_sha256},
        ),
    ):
        path = f"/confirm/review/{asked.pk}/" + act
        answer = typist.wire.send("POST", NORDLYS, path, cookies=jar, data=data)
        if answer.status not in (200, 302) or answer.error:
            typist.wrong.append(f"{path} with {text[:60]!r}: {answer.status} {answer.error[-300:]}")
        typist.look(text, answer, path)
        typist.count["taken"] += answer.status == 302
    typist.read(text, f"/quotes/{things.sent_quote.pk}/")
    mails(typist, text)


def imported(typist: Typist, text: str) -> None:
    stream = io.StringIO()
    rows = [["Customer number", "Customer name", "Billing e-mail"], ["90001", text, text]]
    csv.writer(stream, delimiter=";").writerows(rows)
    content = stream.getvalue().encode()
    answer = upload(typist, "/customers/import/", "rows.csv", content)
    typist.look(text, answer, "/customers/import/")
    found = ID.search(answer.header("Location"))
    if found is not None:
        typist.count["taken"] += 1
        with in_partner(typist.things.partner):
            jobs.run(UUID(found.group()), at=timezone.now())
        for end in ("", "errors/"):
            typist.read(text, f"/customers/import/{found.group()}/{end}")


def upload(typist: Typist, path: str, name: str, content: bytes) -> Answer:
    return typist.wire.send(
        "POST", NORDLYS, path, cookies=typist.world.cookies["anna"], files={"file": (name, content)}
    )


def mails(typist: Typist, text: str) -> None:
    """Build every waiting e-mail of the partner: its headers have one line each."""
    at = timezone.now()
    waiting = OutboundEmail.objects.for_partner(typist.things.partner).filter(state="queued")
    for each in waiting.order_by("-created_at")[:4]:
        data = build_envelope(each, decrypt(each.secrets_encrypted), at=at).data
        found = message_from_bytes(data, policy=policy.default)
        names = Counter(name.lower() for name, _value in found.items())
        if "bcc" in names or "x-header" in names or names["subject"] != 1:
            typist.wrong.append(f"{each.template}: headers {sorted(names)} with {text[:60]!r}")
        typed = " ".join(text.split())
        if TAG.search(typed) and typed in each.html:
            typist.wrong.append(f"{each.template} shows {text[:60]!r} as it was typed")


def exports(typist: Typist, text: str) -> None:
    """Read the register as CSV and workbook: no cell is a formula."""
    answer = typist.ask("GET", "/customers/export/?format=csv")
    rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig", "replace")), delimiter=";"))
    cells = [cell for row in rows for cell in row]
    book = typist.ask("GET", "/customers/export/?format=xlsx")
    if "spreadsheet" in book.header("Content-Type"):
        sheet = load_workbook(io.BytesIO(book.body)).worksheets[0]
        for row in sheet.iter_rows():
            cells += [str(cell.value) for cell in row if cell.data_type in ("s", "f", "inlineStr")]
            if any(cell.data_type == "f" for cell in row):
                typist.wrong.append(f"a formula in the workbook with {text[:60]!r}")
    found = [c for c in cells if c.startswith(FORMULA) and not re.fullmatch(r"[-+][\d .,]+", c)]
    if found:
        typist.wrong.append(f"cells that are formulas with {text[:60]!r}: {found[:3]}")


PLACES: tuple[Callable[[Typist, str], None], ...] = (
    *(customer, contact, order, quoted, searched, said, declined, imported),
)


@pytest.mark.parametrize("number", range(len(PLACES)), ids=[each.__name__ for each in PLACES])
def test_hostile_texts_are_only_texts(number: int, world: World) -> None:
    """INP-01: typed anywhere, shown as it is: no 500, no tag, no header, no formula."""
    place, typist = PLACES[number], Typist(world)
    for text in texts_for(number):
        with typist.wire.undone():
            place(typist, text)
    note(
        f"Hostile texts: {place.__name__}",
        typist.wire.sent,
        "no 500, nothing unescaped, no formula, headers of one line",
        f"{len(typist.wrong)} wrong; {typist.count['taken']:,} were taken",
        not typist.wrong,
    )
    # Most texts are names or words like others, and are saved.
    assert typist.count["taken"] >= 3
    assert not typist.wrong, "\n".join([f"{len(typist.wrong)} wrong", *typist.wrong[:20]])


@pytest.mark.documents
def test_hostile_texts_are_printed(world: World) -> None:
    """OUT-27: a quote with any title and message becomes a PDF that ends."""
    typist, made = Typist(world), 0
    chosen = texts()[::8] if ALL else ["=<b>1</b> \u202egnp \U0001f4bb", "W" * 100]
    pk = world.nordlys.quote.pk
    for text in chosen:
        with typist.wire.undone():
            answer = typist.fill(text, f"/quotes/{pk}/edit/", ("title", "message"))
            if answer.status != 302:
                continue
            assert typist.ask("POST", f"/quotes/{pk}/pdf/").status == 302
            render_due(at=timezone.now() + timedelta(minutes=1))
            found = Document.objects.for_partner(world.nordlys.partner).filter(about_id=pk)
            newest = found.order_by("-created_at")[0]
            if newest.state != "ready" or not bytes(newest.content or b"").startswith(b"%PDF"):
                typist.wrong.append(f"{text[:60]!r}: {newest.state}")
            made += 1
    note(
        "Hostile texts: quotes printed as PDF",
        made,
        "each is made",
        f"{len(typist.wrong)} wrong",
        not typist.wrong,
    )
    assert not typist.wrong, "\n".join(typist.wrong[:20])
    assert made


def test_hostile_files_are_refused_or_kept_as_files(world: World) -> None:
    """INP-03: whatever is uploaded, no 500; what is kept is sent as a file, never as a page."""
    typist, kept = Typist(world), 0
    pk = world.nordlys.assigned.pk
    before = {f"/customers/{pk}/files/{world.nordlys.attachment.pk}/"}
    for name, content in files().items():
        for path in ("/customers/import/", f"/customers/{pk}/files/new/"):
            with typist.wire.undone():
                answer = upload(typist, path, name, content)
                if answer.status not in (200, 302, 400) or answer.error:
                    typist.wrong.append(f"{path} {name[:40]!r}: {answer.status} {answer.error}")
                if answer.status != 302:
                    continue
                page = typist.ask("GET", f"/customers/{pk}/")
                shown = set(re.findall(rf"/customers/{pk}/files/{ID.pattern}/", page.text))
                for link in shown - before:
                    file = typist.ask("GET", link)
                    kept += 1
                    typist.look(name, file, link)
                    if "html" in file.header("Content-Type"):
                        typist.wrong.append(f"{name[:40]!r} is sent as a page")
    assert not typist.wrong, "\n".join(typist.wrong[:20])
    assert kept
    note(
        "Hostile files uploaded: bombs, entities, polyglots, names that deceive",
        typist.wire.sent,
        "no 500, none sent as a page",
        f"0 wrong with {len(files())} files",
        True,
    )


def test_a_text_that_takes_effect_is_noticed(world: World) -> None:
    """INP-01, negative control: a page that shows it as it was typed, and a header of two lines."""
    typist, text = Typist(world), "<b onclick=alert(1)>x</b>"
    for shown in ("&lt;b onclick=alert(1)&gt;x&lt;/b&gt;", text):
        html = [("Content-Type", "text/html; charset=utf-8")]
        typist.look(text, Answer(200, html, f"<p>{shown}</p>".encode()), "/")
    typist.look(text, Answer(302, [("Location", "/a\r\nX: 1")], b""), "/")
    assert len(typist.wrong) == 2
