"""Links in e-mails and documents: each leads to the partner's own host, and shows only its own.

The e-mails of both partners with their secrets, and the PDFs of an order, a quote and an
acceptance, are read as their receivers read them (ISO-14, ISO-20).
"""

from __future__ import annotations

import html
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from portal.outbox.issuing import render_due
from portal.outbox.models import Document, OutboundEmail
from portal.outbox.secrets import decrypt, reveal
from portal.tenancy.context import in_partner
from quotes.services.answering import Reader, accept_confirmation
from tests.figures import note
from tests.isolation.matrix import BRUECKNER, NORDLYS
from tests.isolation.wire import Wire
from tests.isolation.world import Things, World

pytestmark = [pytest.mark.usefixtures("no_limits"), pytest.mark.documents]

LINK = re.compile(r"https?://[^\s\"'<>)\]]+")
URI = re.compile(rb"/URI \(([^)]*)\)")


def links_of_mails(things: Things) -> set[str]:
    """Return the links of a partner's e-mails, with the secrets that only the receiver has."""
    found: set[str] = set()
    for mail in OutboundEmail.objects.for_partner(things.partner):
        secrets = decrypt(mail.secrets_encrypted) if mail.secrets_encrypted else {}
        text = reveal(mail.text, mail.pk, secrets)
        page = html.unescape(reveal(mail.html, mail.pk, secrets, html=True))
        found |= {each.rstrip(".,;") for each in LINK.findall(f"{text}\n{page}")}
    return found


def documents(world: World, folder: Path) -> list[tuple[Things, str, set[str]]]:
    """Make the PDFs of an order, a quote and an acceptance of each partner, as text and links."""
    wire, found = Wire(), []
    for name, host, things in (
        ("anna", NORDLYS, world.nordlys),
        ("lena", BRUECKNER, world.brueckner),
    ):
        Document.objects.for_partner(things.partner).filter(state="pending").delete()
        for path in (f"/orders/{things.placed.pk}/pdf/", f"/quotes/{things.quote.pk}/pdf/"):
            assert wire.send("POST", host, path, cookies=world.cookies[name]).status == 302, path
        asked = things.other_confirmation
        with in_partner(things.partner):
            accept_confirmation(
                asked.pk,
                contact_id=asked.contact_id,
                seen=asked.snapshot_sha256,
                reader=Reader("192.0.2.7", "Browser"),
                at=timezone.now(),
            )
    render_due(at=timezone.now() + timedelta(minutes=1))
    for things in (world.nordlys, world.brueckner):
        made = Document.objects.for_partner(things.partner).filter(state="ready")
        for number, each in enumerate(made.exclude(key__startswith="canary")):
            content = bytes(each.content or b"")
            if not content.startswith(b"%PDF") or len(content) < 1000:
                continue
            file = folder / f"{things.partner.slug}-{number}.pdf"
            file.write_bytes(content)
            text = subprocess.run(
                ["pdftotext", file, "-"], capture_output=True, text=True, check=True, timeout=60
            ).stdout
            links = {link.decode("latin-1") for link in URI.findall(content)}
            found.append((things, text, links | set(LINK.findall(text))))
    return found


def test_links_lead_to_the_partners_own_host(world: World, tmp_path: Path) -> None:
    """ISO-14, ISO-20: 0 links elsewhere, 0 words of the other; at the other host they are none."""
    made = documents(world, tmp_path)
    wire, wrong, opened = Wire(), [], 0
    for things, other, host, elsewhere, name in (
        (world.nordlys, world.brueckner, NORDLYS, BRUECKNER, "anna"),
        (world.brueckner, world.nordlys, BRUECKNER, NORDLYS, "lena"),
    ):
        links = links_of_mails(things)
        for whose, text, named in made:
            if whose is things:
                links |= named
                wrong += [f"a PDF of {host} shows {other.canary}"] * (other.canary in text)
        assert links
        for link in links:
            place, path = link.partition("://")[2].partition("/")[::2]
            if place.partition(":")[0] != host:
                wrong.append(f"{things.partner.slug}: {link} leads elsewhere")
                continue
            for who, at in (("nobody", host), (name, host), ("nobody", elsewhere)):
                with wire.undone():
                    answer = wire.send("GET", at, f"/{path}", cookies=world.cookies[who])
                opened += 1
                secret = other.canary if at == host else things.canary
                if answer.status not in (200, 302, 403, 404) or answer.error:
                    wrong.append(f"{at}/{path} as {who}: {answer.status} {answer.error[-200:]}")
                if secret.encode() in answer.everything and at == host:
                    wrong.append(f"{at}/{path} as {who} shows {secret}")
                if at == elsewhere and answer.status == 200 and things.canary in answer.text:
                    wrong.append(f"{at}/{path} shows {things.canary}")
    in_documents = sum(len(found) for _things, _text, found in made)
    note(
        "Links of e-mails and PDFs, opened by receivers and at the other partner's host",
        opened,
        "0 lead elsewhere, 0 words of another partner",
        f"{len(wrong)} wrong; {len(made)} PDFs with {in_documents} links",
        not wrong,
    )
    assert not wrong, "\n".join(wrong[:20])
    assert {each.partner.slug for each, _text, _links in made} == {"nordlys", "brueckner"}
    assert len(made) == 6
    assert in_documents >= 2, "the acceptance names the page that checks it"
