"""Signatures: drawn anew on the server from strokes, or from a typed name (SUP-05).

Nothing that a browser sends is stored as a picture: it sends points, and Pillow draws the lines.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from portal.core.errors import RuleError

WIDTH, HEIGHT = 900, 300
MAX_BYTES = 200_000
MAX_POINTS = 20_000
# Pixels of ink below which nothing was written: a dot or a slip of the finger.
LEAST_INK = 400
FONT = "Inter-SemiBold.woff2"

Stroke = list[tuple[float, float]]


class BadSignature(RuleError):
    """Refuse a signature that is empty, too large or no picture (SUP-05)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="strokes")


def read_strokes(text: str) -> list[Stroke]:
    """Return the strokes of a posted drawing: points from 0 to 1 in both directions.

    Raise BadSignature for anything else.
    """
    refused = BadSignature(_("The signature could not be read. Please sign once more."))
    if len(text) > MAX_BYTES:
        raise BadSignature(_("The signature is too long. Clear it and sign once more."))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refused from error
    if not isinstance(found, list) or not all(isinstance(each, list) for each in found):
        raise refused
    if sum(map(len, found)) > MAX_POINTS:
        raise BadSignature(_("The signature is too long. Clear it and sign once more."))
    return [[_point(point, refused) for point in stroke] for stroke in found if stroke]


def _point(point: object, refused: BadSignature) -> tuple[float, float]:
    if not isinstance(point, list) or len(point) != 2:
        raise refused
    x, y = point
    if isinstance(x, bool) or isinstance(y, bool):
        raise refused
    if not isinstance(x, int | float) or not isinstance(y, int | float):
        raise refused
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise refused
    return float(x), float(y)


def draw_strokes(strokes: list[Stroke]) -> bytes:
    """Return the PNG of a drawn signature; raise BadSignature if nothing was written."""
    # Twice as large at first, which gives smooth lines.
    image = Image.new("L", (WIDTH * 2, HEIGHT * 2), 255)
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        points = [(x * WIDTH * 2, y * HEIGHT * 2) for x, y in stroke]
        if len(points) > 1:
            pen.line(points, fill=0, width=10, joint="curve")
        for x, y in (points[0], points[-1]):
            pen.ellipse((x - 5, y - 5, x + 5, y + 5), fill=0)
    return checked(_png(image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)))


def draw_name(name: str) -> bytes:
    """Return the PNG of a typed name, which somebody gave as their signature."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(image)
    size = 96
    font = _font(size)
    while size > 14 and pen.textlength(name, font=font) > WIDTH - 60:
        size -= 6
        font = _font(size)
    pen.text((WIDTH / 2, HEIGHT / 2), name, fill=0, font=font, anchor="mm")
    return checked(_png(image))


def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return the first of the machine's fonts, or the portal's own."""
    folder = Path(settings.BASE_DIR) / "static" / "vendor" / "inter"
    try:
        return ImageFont.truetype(io.BytesIO((folder / FONT).read_bytes()), size)
    except OSError:
        return ImageFont.truetype("DejaVuSans.ttf", size)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def checked(content: bytes) -> bytes:
    """Return a signature's PNG; raise BadSignature if it is none, too large or blank."""
    if len(content) > MAX_BYTES:
        raise BadSignature(_("The signature is too long. Clear it and sign once more."))
    try:
        image = Image.open(io.BytesIO(content), formats=["PNG"])
        image.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadSignature(_("The signature could not be read. Please sign once more.")) from error
    if image.size != (WIDTH, HEIGHT):
        raise BadSignature(_("The signature could not be read. Please sign once more."))
    dark = sum(image.convert("L").histogram()[:128])
    if dark < LEAST_INK:
        raise BadSignature(_("Sign in the field, or tick that the name is your signature."))
    return content
