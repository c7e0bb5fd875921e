"""The PDF of a finished service report: made of its snapshot, once, and sealed (SUP-07)."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.history.services import record
from portal.outbox.issuing import Plan, builds
from portal.outbox.models import Document
from support.durations import duration_words
from support.models import ServiceReport
from support.pictures import Changed, pictures_of
from support.services.finishing import DOCUMENT
from support.snapshots import hash_of


@builds(DOCUMENT)
def service_document(document: Document, *, at: datetime) -> Plan:
    """Plan the PDF of a finished report from its snapshot; raise Changed if that was changed."""
    work = ServiceReport.objects.get(pk=document.about_id)
    snapshot = work.snapshot
    if snapshot is None or hash_of(snapshot) != work.snapshot_sha256:
        raise Changed(work.number)
    pictures, contents = pictures_of(snapshot)
    if work.signature:
        signature = bytes(work.signature)
        if hashlib.sha256(signature).hexdigest() != snapshot["ending"]["signature_sha256"]:
            raise Changed(work.number)
        contents["signature.png"] = ("image/png", signature)
    with override(document.language):
        context = {
            "report": snapshot,
            "performed_on": date.fromisoformat(snapshot["performed_on"]),
            "finished_at": parse_datetime(snapshot["finished_at"]),
            "time_spent": duration_words(snapshot["minutes"]),
            "travel": duration_words(snapshot["travel_minutes"]),
            "result": str(ServiceReport.Result(snapshot["result"]).label),
            "pictures": pictures,
            "sha256": work.snapshot_sha256,
        }
        title = _("Service report %(number)s, %(customer)s") % {
            "number": snapshot["number"],
            "customer": snapshot["customer"]["name"],
        }
        reason = _("Issued by %s; unchanged since.") % snapshot["partner"]

    def done(made: Document) -> None:
        record(
            work,
            "service_document",
            customer_id=work.customer_id,
            sha256=made.sha256,
            snapshot_sha256=work.snapshot_sha256,
        )

    return Plan(
        "support/pdf/service.html",
        title,
        context,
        signing_reason=reason,
        done=done,
        pictures=contents,
    )
