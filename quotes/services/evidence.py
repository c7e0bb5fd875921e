"""Evidence: appended in one chain per partner, and checked byte by byte (CON-20, SAFE-10)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection

from portal.outbox.models import Document
from portal.tenancy.context import require_partner
from quotes.models import Confirmation, Evidence

START = "0" * 64


def canonical(value: object) -> str:
    """One text for one content: sorted, without blanks, so that its hash is stable."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_of(value: object) -> str:
    """SHA-256 of the canonical text, in hex."""
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
    return entry


def problems() -> Iterator[str]:
    """Yield what does not match in this partner's schema; nothing if everything is intact.

    Checked are the chain, each entry, the frozen content, and the stored documents.
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
        previous = entry.sha256
        seen[(entry.confirmation_id, entry.kind)] = entry
    for confirmation in Confirmation.objects.select_related("terms").order_by("sent_at"):
        yield from _problems_of(confirmation, seen)
    for document in Document.objects.for_partner(partner).filter(state="ready"):
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
    document = seen.get((confirmation.pk, Evidence.Kind.DOCUMENT))
    if document is not None:
        partner = require_partner()
        mine = Document.objects.for_partner(partner)
        stored = mine.filter(pk=document.payload["document"]).first()
        if stored is None or stored.sha256 != document.payload["sha256"]:
            yield f"{name}: its document is not the one that was issued"
