"""Text that people paste: without the characters that nobody sees."""

from __future__ import annotations

import re

# Soft hyphen, zero width space, directional marks and overrides, word joiner, byte order mark.
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Joiners belong to emoji and to scripts like Devanagari and Persian; beside Latin letters, digits
# and punctuation they are leftovers.
_JOINER = re.compile("[\u200c\u200d]")
INVISIBLE_OR_JOINER = re.compile(f"{INVISIBLE.pattern}|{_JOINER.pattern}")
LAST_LATIN = 0x24F


def without_invisible(text: str) -> str:
    """Return ``text`` without characters that cannot be seen and change what it means (INP-15)."""
    text = INVISIBLE.sub("", text)
    if not _JOINER.search(text):
        return text
    kept = []
    for place, letter in enumerate(text):
        if _JOINER.match(letter):
            before, after = text[place - 1 : place], text[place + 1 : place + 2]
            if not before or not after or min(ord(before), ord(after)) <= LAST_LATIN:
                continue
        kept.append(letter)
    return "".join(kept)
