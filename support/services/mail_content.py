"""The files and the text of a mail, as far as a report takes them (OUT-37, INP-03)."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import override

from customers.models import Customer
from portal.files.content import kind_of
from portal.files.models import Attachment
from portal.files.services import MAX_BYTES, MAX_FILES
from portal.outbox.mail.message import Mail, MailFile
from portal.tenancy.context import require_partner

MOST_FILES = 10


def taken_files(mail: Mail, customer: Customer) -> tuple[list[UploadedFile[Any]], list[str]]:
    """Return the files of a mail that are taken, and the names of the others (INP-03)."""
    left_out = list(mail.left_out)
    taken: list[UploadedFile[Any]] = []
    # One place is kept for a text that is too long.
    room = MAX_FILES - 1 - Attachment.objects.filter(customer_id=customer.pk).count()
    for each in mail.files:
        fits = 0 < len(each.content) <= MAX_BYTES and len(taken) < min(MOST_FILES, room)
        if fits and kind_of(each.content, each.name) is not None:
            taken.append(_upload(each))
        else:
            left_out.append(each.name)
    return taken, left_out


def _upload(each: MailFile) -> UploadedFile[Any]:
    stream = BytesIO(each.content)
    name, size = each.name, len(each.content)
    return InMemoryUploadedFile(stream, None, name, "application/octet-stream", size, None)


def fitting(text: str, most: int) -> tuple[str, Sequence[UploadedFile[Any]]]:
    """Return what fits of a text; and the whole of a longer one as a file."""
    # What was left out is named below it.
    room = most - 1_000
    if len(text) <= room:
        return text, []
    whole = text.encode()[:MAX_BYTES]
    return text[:room] + " …", [_upload(MailFile("message.txt", whole))]


def with_left_out(text: str, left_out: Sequence[str], cut_size: int) -> str:
    """Return the text of a comment, with what did not come with it in the last lines."""
    with override(require_partner().language):
        notes = []
        if left_out:
            names = ", ".join(" ".join(name.split())[:80] for name in left_out[:10])
            more = len(left_out) - 10
            notes.append(_("Not taken: %s") % (f"{names} (+{more})" if more > 0 else names))
        if cut_size:
            notes.append(
                _("The e-mail was too large (%s MB): only its beginning was taken.")
                % round(cut_size / 1_048_576)
            )
    return "\n\n".join(part for part in (text.strip(), "\n".join(notes)) if part)
