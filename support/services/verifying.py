"""Checking that snapshot, signature, pictures and PDF of finished reports belong together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.files.models import Attachment
from portal.history.models import Entry
from portal.outbox.models import Document
from portal.tenancy.context import require_partner
from support.models import ServiceReport
from support.services.finishing import DOCUMENT
from support.snapshots import hash_of


@dataclass
class Verified:
    """How many reports were checked, and what does not fit, in a line each."""

    checked: int = 0
    wrong: list[str] = field(default_factory=list)


def verify_all() -> Verified:
    """Check every finished report of the partner (SUP-07)."""
    found = Verified()
    finished = ServiceReport.objects.filter(state__in=ServiceReport.FINISHED)
    for work in finished.order_by("created_at", "pk").iterator(chunk_size=200):
        found.checked += 1
        found.wrong += [f"{work.number}: {what}" for what in _wrong_with(work)]
    return found


def _wrong_with(work: ServiceReport) -> Iterator[str]:
    """Yield what of one report is not as it was finished."""
    snapshot = work.snapshot
    if snapshot is None or hash_of(snapshot) != work.snapshot_sha256:
        yield "the snapshot has another hash"
        return
    signature = bytes(work.signature or b"")
    digest = hashlib.sha256(signature).hexdigest() if signature else ""
    if digest != snapshot["ending"]["signature_sha256"]:
        yield "the signature is another"
    for each in snapshot["pictures"]:
        stored = Attachment.objects.select_related("content").filter(pk=each["id"]).first()
        content = bytes(stored.content.content) if stored is not None else b""
        if hashlib.sha256(content).hexdigest() != each["sha256"]:
            yield f"the picture {each['name']} is another, or gone"
    documents = Document.objects.for_partner(require_partner())
    document = documents.filter(kind=DOCUMENT, about_id=work.pk, state="ready").first()
    if document is not None:
        yield from _wrong_with_document(work, document)


def _wrong_with_document(work: ServiceReport, document: Document) -> Iterator[str]:
    """Yield what of the PDF is not as the change log recorded it when it was made."""
    entry = Entry.objects.filter(object_pk=str(work.pk), verb="service_document").first()
    recorded = (entry.additional_data or {}) if entry is not None else {}
    content = bytes(document.content or b"")
    if hashlib.sha256(content).hexdigest() != recorded.get("sha256"):
        yield "the PDF is another"
    if recorded.get("snapshot_sha256") != work.snapshot_sha256:
        yield "the PDF was made of another snapshot"
