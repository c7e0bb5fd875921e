"""What was said about a report, as rows that the templates only print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.template.defaultfilters import filesizeformat

from portal.files.models import Attachment
from support.models import Comment


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said, with its files and their sizes."""

    id: UUID
    comment: Comment
    is_note: bool
    is_vendor: bool
    is_theirs: bool
    files: Sequence[tuple[Attachment, str]]


def size_words(attachment: Attachment) -> str:
    """Return the size of a file in words."""
    return str(filesizeformat(attachment.size))


def said(comments: Iterable[Comment], files: Iterable[Attachment]) -> list[Said]:
    """Return the rows, in the order of ``comments``."""
    by_comment: dict[UUID, list[tuple[Attachment, str]]] = {}
    for each in files:
        by_comment.setdefault(each.about_id, []).append((each, size_words(each)))
    return [
        Said(
            id=comment.pk,
            comment=comment,
            is_note=comment.audience == Comment.Audience.PARTNER,
            is_vendor=comment.audience == Comment.Audience.VENDOR,
            is_theirs=comment.side == Comment.Side.CUSTOMER,
            files=by_comment.get(comment.pk, []),
        )
        for comment in comments
    ]
