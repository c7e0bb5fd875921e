"""Documents: a row in the caller's transaction, rendered once in the worker, kept as issued."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import models, transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.module_loading import autodiscover_modules

from portal.core import pdf
from portal.core.crash_points import crash_point, crash_points_of
from portal.core.http import DOCUMENT_POLICY
from portal.core.pdf import SECONDS, PdfTooSlow, limited, render_pdf
from portal.outbox.late_documents import let_go, release
from portal.outbox.models import Document
from portal.outbox.rendering import one_line
from portal.tenancy.context import in_partner, require_partner
from portal.tenancy.hosts import suspended
from portal.tenancy.logos import logo_of
from portal.tenancy.queueing import enqueue

log = logging.getLogger(__name__)
ATTEMPTS = 12
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=20), timedelta(hours=1)
# How often a document may end its process, or run into its time limit, until it is given up.
CRASHES = 3
CRASHED = "The process that made it ended: its memory limit, its time limit, or a restart."
# Until then nobody else begins a document that was begun.
LEASE = timedelta(seconds=SECONDS + 60)
CLAIMED = ("attempts", "crashes", "started_at", "next_try_at", "last_error")


@dataclass(frozen=True)
class Plan:
    """What a document is made from.

    ``signing_reason`` is the reason given in the signature, empty for no signature. ``done`` is
    called with the finished document in the transaction that stores it. ``pictures`` are those of
    `render_pdf`.
    """

    template: str
    title: str
    context: Mapping[str, Any] = field(default_factory=dict)
    signing_reason: str = ""
    done: Callable[[Document], None] | None = None
    pictures: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)


class Builder(Protocol):
    """A function that reads what a document is about and plans it, in the partner's context."""

    def __call__(self, document: Document, *, at: datetime) -> Plan: ...


_builders: dict[str, Builder] = {}


def builds(kind: str) -> Callable[[Builder], Builder]:
    """Register, in an app's ``documents`` module, the builder of documents of this kind."""

    def register(builder: Builder) -> Builder:
        _builders[kind] = builder
        return builder

    return register


def queue_document(
    *, kind: str, key: str, about: models.Model, file_name: str, language: str, at: datetime
) -> Document:
    """Queue a PDF, made after this transaction commits; return the existing row for a known key."""
    partner = require_partner()
    document, _made = Document.objects.for_partner(partner).get_or_create(
        partner=partner,
        key=key,
        defaults={
            "kind": kind,
            "file_name": file_name,
            "language": language,
            "about_type": about._meta.label_lower,
            "about_id": about.pk,
            "about_label": one_line(str(about), 200),
            "customer_id": getattr(about, "customer_id", None),
            "next_try_at": at,
            "created_at": at,
        },
    )
    enqueue("documents.render", partner=None)
    return document


def render_due(*, at: datetime, limit: int = 20) -> int:
    """Make the documents that are due; return how many were made.

    The partners take turns, so that one's many or broken documents don't hold up the others.
    """
    pdf.remove_leftovers()
    made, served = 0, set[UUID]()
    for _n in range(limit):
        claimed = _claim(at, served)
        if claimed is None and served:
            served.clear()
            claimed = _claim(at, served)
        if claimed is None:
            break
        served.add(claimed.partner_id)
        made += claimed.state == Document.State.PENDING and _make(claimed, at)
    return made


def prepare() -> None:
    """Load what makes and signs documents, before a worker forks the processes that do it."""
    # pyHanko is large, and only the worker signs.
    import portal.outbox.signing  # noqa: F401

    pdf.prepare()


@transaction.atomic
def _claim(at: datetime, served: set[UUID]) -> Document | None:
    """Write down that a document is begun, before the work that may end this process (AVAIL-05).

    One that has ended its process too often is given up here, and returned as such.
    """
    due = Document.objects.across_partners().filter(state="pending", next_try_at__lte=at)
    due = due.exclude(partner__in=suspended()).exclude(partner__in=served)
    document = (
        due.defer("content")
        .order_by("crashes", "next_try_at")
        .select_for_update(skip_locked=True)
        .first()
    )
    if document is None:
        return None
    if document.started_at is not None:
        document.crashes += 1
        document.last_error = CRASHED
        log.error("document %s has ended its process %s times", document.pk, document.crashes)
    if document.crashes >= CRASHES:
        _give_up(document, at)
        return document
    document.attempts += 1
    document.started_at, document.next_try_at = at, at + LEASE
    document.save(update_fields=CLAIMED)
    return document


@transaction.atomic
def _make(claimed: Document, at: datetime) -> bool:
    """Make one document under the lock of its row; note why if it could not be made.

    It is waited for: another worker, which chose the same row and came too late to claim it, has
    its lock for a moment.
    """
    document = (
        Document.objects.across_partners()
        .filter(pk=claimed.pk, state="pending", attempts=claimed.attempts)
        .select_for_update()
        .first()
    )
    if document is None:
        return False
    try:
        with transaction.atomic():
            _render(document, at)
    except Exception as error:
        log.exception("document %s could not be made", document.pk)
        document.refresh_from_db()
        document.last_error = f"{type(error).__name__}: {error}"[:2000]
        document.crashes += isinstance(error, PdfTooSlow)
        wait = min(FIRST_DELAY * 2 ** min(document.attempts - 1, 10), LONGEST_DELAY)
        document.started_at, document.next_try_at = None, at + wait
        if document.attempts >= ATTEMPTS or document.crashes >= CRASHES:
            _give_up(document, at)
        document.save()
        return False
    crash_points_of("document")
    return True


def _give_up(document: Document, at: datetime) -> None:
    document.state, document.started_at = Document.State.DEAD, None
    document.save(update_fields=["state", *CLAIMED])
    log.error("document %s is given up: %s", document.pk, document.last_error)
    let_go(document, at=at)


def _render(document: Document, at: datetime) -> None:
    partner = document.partner
    if document.kind not in _builders:
        autodiscover_modules("documents")
    with limited(SECONDS), in_partner(partner):
        plan = _builders[document.kind](document, at=at)
        crash_point("document.being-made")
        content = render_pdf(
            plan.template,
            {**plan.context, "partner": partner},
            language=document.language,
            zone=partner.tz,
            title=plan.title,
            logo=logo_of(partner),
            pictures=plan.pictures,
        )
        if plan.signing_reason:
            # pyHanko is large, and only the worker signs.
            from portal.outbox.signing import sign

            content = sign(content, at=at, reason=plan.signing_reason, name=partner.name)
        document.content, document.sha256 = content, hashlib.sha256(content).hexdigest()
        document.state, document.ready_at = Document.State.READY, at
        document.started_at, document.crashes, document.last_error = None, 0, ""
        document.save()
        if plan.done is not None:
            plan.done(document)
    release(document, at=at)


@transaction.atomic
def make_again(document: Document, *, at: datetime) -> None:
    """Try once more to make a document that was given up (DEAD -> PENDING)."""
    current = Document.objects.across_partners().select_for_update().get(pk=document.pk)
    if current.state == Document.State.DEAD:
        current.state, current.attempts, current.next_try_at = Document.State.PENDING, 0, at
        current.crashes, current.started_at = 0, None
        current.save()
        enqueue("documents.render", partner=None)


def issued(document: Document) -> HttpResponse:
    """Return a PDF as it was issued, with its own name, as a download that is never cached."""
    response = HttpResponse(bytes(document.content or b""), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, document.file_name) or ""
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = DOCUMENT_POLICY
    return response
