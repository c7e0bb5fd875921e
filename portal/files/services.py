"""Services for attached files: store, serve, delete."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.files.content import MEDIA_TYPES, kind_of, safe_name
from portal.files.models import Attachment, AttachmentContent, Kind
from portal.history.services import record

MAX_BYTES = 5 * 1024 * 1024
MAX_FILES = 500
# The kinds that a customer's page accepts; a quote's purchase order accepts DOCUMENTS.
EVERYTHING: frozenset[Kind] = frozenset(Kind)
DOCUMENTS: frozenset[Kind] = frozenset({Kind.PDF, Kind.PNG, Kind.JPEG, Kind.TIFF})


class Owner(Protocol):
    """The customer; the model itself is in a higher layer."""

    pk: Any


class FileRefused(RuleError):
    """Refuse a file, with the reason, at the field ``file`` (INP-03)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


@transaction.atomic
def store_file(
    *,
    customer: Owner,
    about: models.Model,
    upload: UploadedFile[Any],
    allowed: Collection[Kind] = EVERYTHING,
    by: Membership | None,
    at: datetime,
    called: str = "",
) -> Attachment:
    """Store a file of ``customer``, attached to ``about`` (the customer itself or a quote).

    The kind is detected from the content and must be one of ``allowed``. Raise FileRefused for any
    other kind, for a file that is empty, larger than 5 MB or already attached, and if the customer
    has 500 files. ``by`` is None for a file that came by e-mail. ``called`` is in the log instead
    of its name.
    """
    content, kind = read_upload(upload, allowed)
    if Attachment.objects.filter(customer_id=customer.pk).count() >= MAX_FILES:
        raise FileRefused(
            _("This customer has %(n)s files, which is as many as there may be.") % {"n": MAX_FILES}
        )
    attachment = Attachment(
        customer_id=customer.pk,
        about_model=about._meta.label_lower,
        about_id=about.pk,
        name=safe_name(upload.name or "", kind),
        kind=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_by=by,
        created_at=at,
    )
    try:
        with transaction.atomic():
            attachment.save(force_insert=True)
    except IntegrityError as error:
        raise FileRefused(_("This file is here already.")) from error
    AttachmentContent.objects.create(attachment=attachment, content=content)
    _note(attachment, "file_added", called=called)
    return attachment


def read_upload(
    upload: UploadedFile[Any], allowed: Collection[Kind] = EVERYTHING
) -> tuple[bytes, Kind]:
    """Return the bytes and their kind, one of ``allowed``; raise FileRefused (INP-03)."""
    content = _read(upload)
    kind = kind_of(content, upload.name or "")
    if kind is None or kind not in allowed:
        kinds = ", ".join(str(each.label) for each in Kind if each in allowed)
        raise FileRefused(
            _("This type of file is not taken. Taken are: %(kinds)s.") % {"kinds": kinds}
        )
    return content, kind


def _read(upload: UploadedFile[Any]) -> bytes:
    """Return the bytes; raise FileRefused if there are none or too many."""
    if (upload.size or 0) > MAX_BYTES:
        raise FileRefused(_("The file is larger than 5 MB."))
    content: bytes = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise FileRefused(_("The file is larger than 5 MB."))
    if not content:
        raise FileRefused(_("The file is empty."))
    return content


def _note(attachment: Attachment, verb: str, *, called: str = "") -> None:
    customer_id: UUID = attachment.customer_id
    record(attachment, verb, customer_id=customer_id, called=called, sha256=attachment.sha256)


@transaction.atomic
def delete_file(attachment: Attachment) -> None:
    """Delete a file permanently; the change log keeps its name and hash.

    Raise FileRefused while something still needs it: a quote, a finished service report.
    """
    try:
        with transaction.atomic():
            _note(attachment, "file_deleted")
            attachment.delete()
    except (models.ProtectedError, models.RestrictedError, IntegrityError) as error:
        raise FileRefused(
            _("%(name)s is needed elsewhere and stays.") % {"name": attachment.name}
        ) from error


def served(attachment: Attachment) -> HttpResponse:
    """Return a stored file as a download; see ``as_download``."""
    content = bytes(attachment.content.content)
    return as_download(content, name=attachment.name, kind=Kind(attachment.kind))


def as_download(content: bytes, *, name: str, kind: Kind) -> HttpResponse:
    """Return bytes as a download that is never displayed, sniffed or cached."""
    response = HttpResponse(content, content_type=MEDIA_TYPES[kind])
    response["Content-Disposition"] = str(content_disposition_header(True, name))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
