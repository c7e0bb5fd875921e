"""The pictures of a service report, made small for paper."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from PIL import Image, ImageOps

from portal.files.models import Attachment

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


def pictures_of(snapshot: dict[str, Any]) -> tuple[list[dict[str, str]], Contents]:
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
