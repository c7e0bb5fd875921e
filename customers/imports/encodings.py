"""How the letters of a CSV file are encoded: found by what its words look like (REG-56)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What can be chosen, by Python's name.
ENCODINGS: dict[str, Promise] = {
    "utf-8": _("Unicode (UTF-8)"),
    "utf-16": _("Unicode (UTF-16)"),
    "utf-16-le": _("Unicode (UTF-16, little endian)"),
    "utf-16-be": _("Unicode (UTF-16, big endian)"),
    "cp1252": _("Western Europe, Windows"),
    "cp850": _("Western Europe, DOS"),
    "mac_roman": _("Western Europe, old Mac"),
    "cp1250": _("Central Europe, Windows"),
    "iso8859_2": _("Central Europe, ISO 8859-2"),
    "cp852": _("Central Europe, DOS"),
    "mac_latin2": _("Central Europe, old Mac"),
}
# What is tried where it is no Unicode; of two that fit as well, the first.
_TRIED = ("cp1252", "cp1250", "iso8859_2", "mac_roman", "cp850", "cp852", "mac_latin2")
_COMMON = frozenset("åäöüßéèæøÅÄÖÜÉÆØ")
_WESTERN = frozenset("áàâãçêëíìîïñóòôõúùûýÿœÁÀÂÃÇÈÊËÍÎÏÑÓÔÕÚÛŒ’–“”„")
_CENTRAL = frozenset("áéíóúýčďěňřšťůžľĺŕąćęłńśźżőűăîâşţđÁÉÍÓÚÝČĎĚŇŘŠŤŮŽĽŁĄĆĘŃŚŹŻŐŰ")
_ANYWHERE = frozenset("€§°½²®©·«»\u00a0\u2026")
SAMPLE = 200_000


def _points(text: str) -> int:
    """Return how much a text looks like words: letters of our languages, in fitting places."""
    points = 0
    for place, letter in enumerate(text):
        if letter < "\x80":
            continue
        before = text[place - 1] if place else " "
        after = text[place + 1 : place + 2] or " "
        if letter in _COMMON:
            points += 3
        elif letter in _WESTERN or letter in _CENTRAL:
            points += 2
        elif letter in _ANYWHERE:
            points += 0
        elif letter.isalpha():
            points -= 1
        else:
            points -= 4
        beside_letter = before.isalpha() or after.isalpha()
        if not letter.isalpha() and beside_letter and letter not in "’\u00a0":
            points -= 4
        if letter.isupper() and before.islower():
            points -= 5
        if letter.islower() and before.isupper() and after.isupper():
            points -= 5
    return points


def found_encoding(content: bytes) -> str:
    """Return the encoding of a text: UTF-8 or UTF-16, else what gives the likeliest words."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if content[1:400:2].count(0) > len(content[1:400:2]) * 0.4:
        return "utf-16-le"
    if content[0:400:2].count(0) > len(content[0:400:2]) * 0.4:
        return "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    best, most = "", 0
    for encoding in _TRIED:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        points = _points(content[:SAMPLE].decode(encoding))
        if not best or points > most:
            best, most = encoding, points
    return best or "cp1252"
