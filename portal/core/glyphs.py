"""Which characters our documents can show, by the coverage of the fonts that they are set in."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

FONTS = frozenset({"Inter-Regular.woff2", "Inter-SemiBold.woff2"})
# So many of them are named.
MOST_NAMED = 12
# Separators, controls, joiners and variation selectors need no glyph.
_INVISIBLE = ("Z", "C")
_SELECTORS = range(0xFE00, 0xFE10)


def font_file(name: str) -> Path:
    """Return the path of one of the vendored fonts."""
    return Path(settings.BASE_DIR) / "static" / "vendor" / "inter" / name


@cache
def _covered() -> frozenset[int]:
    """Return the code points that every font has, as a document uses all of them."""
    each = (frozenset(TTFont(font_file(name)).getBestCmap()) for name in FONTS)
    return frozenset.intersection(*each)


def _needs_glyph(character: str) -> bool:
    if ord(character) in _SELECTORS:
        return False
    return unicodedata.category(character)[0] not in _INVISIBLE


def missing_characters(text: str) -> list[str]:
    """Return the characters of a text that our documents can't show, each once (OUT-31)."""
    if text.isascii():
        return []
    found = dict.fromkeys(unicodedata.normalize("NFC", text))
    covered = _covered()
    return [each for each in found if ord(each) not in covered and _needs_glyph(each)]
