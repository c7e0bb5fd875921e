"""The PDF of a finished service report: made of its snapshot, once, and sealed (SUP-07)."""

from __future__ import annotations

import hashlib
import io
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image, ImageOps

from portal.files.models import Attachment
from portal.history.services import record
from portal.outbox.issuing import Plan, builds
from portal.outbox.models import Document
from support.durations import duration_words
from support.models import ServiceReport
from support.services.finishing import DOCUMENT
from support.snapshots import hash_of

# A picture on paper needs no more; larger ones are made smaller.
LONGEST_SIDE = 1_100


class Changed(Exception):
    """A snapshot, a picture or a signature is not what its hash says."""


def _smaller(content: bytes) -> bytes:
    """Return a picture as JPEG, turned upright, without what a camera writes into it."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=82)
    return out.getvalue()


Contents = dict[str, tuple[str, bytes]]


def _pictures(snapshot: dict[str, Any]) -> tuple[list[dict[str, str]], Contents]:
    """Return the pictures as the template shows them, and their content by name.

    What can't be drawn is named all the same. Raise Changed for a picture with another hash.
    """
    shown: list[dict[str, str]] = []
    contents: Contents = {}
    for number, each in enumerate(snapshot["pictures"], 1):
        stored = Attachment.objects.select_related("content").get(pk=each["id"])
        content = bytes(stored.content.content)
        if hashlib.sha256(content).hexdigest() != each["sha256"]:
            raise Changed(each["name"])
        file = f"picture-{number}.jpg"
        try:
            contents[file] = ("image/jpeg", _smaller(content))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            file = ""
        shown.append({"name": each["name"], "file": file, "sha256": each["sha256"]})
    return shown, contents


@builds(DOCUMENT)
def service_document(document: Document, *, at: datetime) -> Plan:
    """Plan the PDF of a finished report from its snapshot; raise Changed if that was changed."""
    work = ServiceReport.objects.get(pk=document.about_id)
    snapshot = work.snapshot
    if snapshot is None or hash_of(snapshot) != work.snapshot_sha256:
        raise Changed(work.number)
    pictures, contents = _pictures(snapshot)
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
