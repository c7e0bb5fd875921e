"""Evidence: appended in one chain per partner, and checked byte by byte (CON-20, SAFE-10)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection

from portal.channel.models import EvidenceAnchor
from portal.outbox.models import Document
from portal.tenancy.context import require_partner
from quotes.models import Confirmation, Evidence, Quote

START = "0" * 64


def canonical(value: object) -> str:
    """Return the canonical JSON of a value: sorted, without spaces, so that its hash is stable."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_of(value: object) -> str:
    """Return the SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _link(entry: Evidence) -> str:
    return sha256_of(
        {
            "serial": entry.serial,
            "previous": entry.previous,
            "kind": entry.kind,
            "confirmation": str(entry.confirmation_id),
            "payload": entry.payload,
        }
    )


def append(
    confirmation: Confirmation, kind: str, payload: dict[str, Any], *, at: datetime
) -> Evidence:
    """Add one entry to the partner's chain; concurrent calls wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.evidence'))")
    last = Evidence.objects.order_by("-serial").first()
    entry = Evidence(
        confirmation=confirmation,
        serial=last.serial + 1 if last else 1,
        kind=kind,
        payload=payload,
        previous=last.sha256 if last else START,
        created_at=at,
    )
    entry.sha256 = _link(entry)
    entry.save(force_insert=True)
    EvidenceAnchor.objects.for_partner(require_partner()).bulk_create(
        [EvidenceAnchor(partner=require_partner(), serial=entry.serial, sha256=entry.sha256, at=at)]
    )
    return entry


def lines_sha256(quote: Quote) -> str:
    """Return the hash of a quote's lines with their prices, which no snapshot holds (CON-49)."""
    return sha256_of(
        [
            [
                str(line.product_id),
                line.quantity,
                line.term_months,
                f"{line.discount:.2f}",
                f"{line.list_one_off:.2f}",
                f"{line.list_monthly:.2f}",
                line.chargeable,
            ]
            for line in quote.lines.order_by("position")
        ]
    )


def problems() -> Iterator[str]:
    """Yield what does not match in this partner's schema; nothing if everything is intact.

    Checked are the chain with its anchors outside, each entry, the frozen content, what pages show
    of it, the lines of accepted quotes, and the stored documents (CON-49).
    """
    partner = require_partner()
    previous, serial = START, 0
    seen: dict[tuple[Any, str], Evidence] = {}
    for entry in Evidence.objects.order_by("serial").iterator():
        serial += 1
        if entry.serial != serial:
            yield f"evidence {entry.serial}: {serial} is missing"
            serial = entry.serial
        if entry.previous != previous:
            yield f"evidence {entry.serial}: the chain to the entry before is broken"
        if _link(entry) != entry.sha256:
            yield f"evidence {entry.serial}: the content is not what was written"
        if not _same_moment(entry.created_at, entry.payload["at"]):
            yield f"evidence {entry.serial}: the time is not when it was written"
        previous = entry.sha256
        seen[(entry.confirmation_id, entry.kind)] = entry
    hashes = {entry.serial: entry.sha256 for entry in seen.values()}
    for anchor in EvidenceAnchor.objects.for_partner(partner).order_by("serial", "at"):
        if anchor.serial not in hashes:
            yield f"evidence {anchor.serial}: was written and is gone"
        elif hashes.pop(anchor.serial) != anchor.sha256:
            yield f"evidence {anchor.serial}: is not the entry that was written"
    for serial in hashes:
        yield f"evidence {serial}: was not written by the portal"
    for confirmation in Confirmation.objects.select_related("terms", "quote").order_by("sent_at"):
        yield from _problems_of(confirmation, seen)
    for document in Document.objects.for_partner(partner).filter(state="ready").iterator(20):
        if hashlib.sha256(bytes(document.content or b"")).hexdigest() != document.sha256:
            yield f"document {document.pk}: the bytes are not those that were issued"


def _problems_of(
    confirmation: Confirmation, seen: dict[tuple[Any, str], Evidence]
) -> Iterator[str]:
    name = f"confirmation {confirmation}"
    if sha256_of(confirmation.snapshot) != confirmation.snapshot_sha256:
        yield f"{name}: the frozen content is not what was sent"
    if confirmation.terms.sha256 != confirmation.terms_sha256:
        yield f"{name}: the terms are not those that were sent"
    accepted = seen.get((confirmation.pk, Evidence.Kind.ACCEPTED))
    if (confirmation.state == Confirmation.State.ACCEPTED) != (accepted is not None):
        yield f"{name}: state and evidence of the acceptance differ"
    if accepted is not None and (
        accepted.payload["snapshot_sha256"] != confirmation.snapshot_sha256
        or accepted.payload["terms"]["sha256"] != confirmation.terms_sha256
        or accepted.payload["accepter"]["contact"] != str(confirmation.accepted_by_id)
    ):
        yield f"{name}: what was accepted is not what is stored"
    answer = accepted or seen.get((confirmation.pk, Evidence.Kind.DECLINED))
    if answer is not None:
        for what in _shown_otherwise(confirmation, answer):
            yield f"{name}: {what} is not what was recorded"
    if accepted is not None and _lines_changed(confirmation, accepted):
        yield f"{name}: the quote's lines are not those that were accepted"
    document = seen.get((confirmation.pk, Evidence.Kind.DOCUMENT))
    if document is not None:
        partner = require_partner()
        mine = Document.objects.for_partner(partner)
        stored = mine.filter(pk=document.payload["document"]).first()
        if stored is None or stored.sha256 != document.payload["sha256"]:
            yield f"{name}: its document is not the one that was issued"


def _same_moment(stored: datetime | None, recorded: str) -> bool:
    """Return whether a stored time is the recorded one, whatever zone that was written in."""
    return stored is not None and stored == datetime.fromisoformat(recorded)


def _shown_otherwise(confirmation: Confirmation, answer: Evidence) -> Iterator[str]:
    """Yield what pages show of an answer and its evidence says otherwise (CON-49)."""
    payload = answer.payload
    addressee, decided = payload["addressee"], confirmation.decided_at
    who = payload.get("accepter") or payload.get("decliner") or {"name": ""}
    shown = {
        "the name of who answered": (confirmation.decided_name, who["name"]),
        "the time of the answer": (_same_moment(decided, payload["at"]), True),
        "the addressee's name": (confirmation.addressee_name, addressee["name"]),
        "the addressee's address": (confirmation.addressee_email, addressee["email"]),
        "the addressee": (str(confirmation.contact_id), addressee["contact"]),
        "the time of sending": (_same_moment(confirmation.sent_at, payload["sent_at"]), True),
        "the version": (confirmation.revision, payload["revision"]),
        "the reason": (confirmation.decline_reason, payload.get("reason", "")),
    }
    yield from (what for what, (now, then) in shown.items() if now != then)


def _lines_changed(confirmation: Confirmation, accepted: Evidence) -> bool:
    """Return whether the quote's lines are others than those that were accepted (CON-49)."""
    quote = confirmation.quote
    recorded = accepted.payload.get("lines_sha256")
    if recorded is not None:
        return bool(recorded != lines_sha256(quote))
    # Before the lines' hash was recorded: what the snapshot holds of them.
    then = [(row["quantity"], row["term_months"]) for row in confirmation.snapshot["lines"]]
    lines = quote.lines.order_by("position").values_list("quantity", "term_months")
    return then != list(lines)
