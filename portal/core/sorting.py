"""Sort and search keys made in Python, so that they do not depend on PostgreSQL's collations."""

from __future__ import annotations

import re
import unicodedata

# Letters that come after z, in the order of the language.
_NORDIC = {"å": "{a", "ä": "{b", "æ": "{b", "ö": "{c", "ø": "{c"}
_DANISH = {"æ": "{a", "ä": "{a", "ø": "{b", "ö": "{b", "å": "{c"}
_AFTER_Z = {"sv": _NORDIC, "fi": _NORDIC, "da": _DANISH, "nb": _DANISH, "no": _DANISH}


def sort_key(text: str, language: str) -> str:
    """Return a key that, compared byte by byte, sorts ``text`` as readers of ``language`` expect.

    Case and other accents make no difference; digits come before letters.
    """
    special = _AFTER_Z.get(language[:2], {})
    parts: list[str] = []
    for letter in unicodedata.normalize("NFC", text).casefold():
        if letter in special:
            parts.append(special[letter])
            continue
        for base in unicodedata.normalize("NFKD", letter):
            if unicodedata.combining(base):
                continue
            if base.isalnum():
                parts.append({"ø": "o", "æ": "ae", "ð": "d", "þ": "th", "ł": "l"}.get(base, base))
            elif parts and parts[-1] != " ":
                parts.append(" ")
    return "".join(parts).strip()[:300]


def search_key(text: str) -> str:
    """Return what searches compare: NFKC, casefold, whitespace collapsed.

    Invisible characters (zero width, direction) are removed.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", folded)
        if unicodedata.category(letter) != "Cf"
    )
    return " ".join(visible.split())


_DIGITS = re.compile("0*([0-9]+)", re.ASCII)


def number_sort_key(number: str) -> str:
    """Return a key that, compared byte by byte, sorts numbers as people count: A-9 before A-10.

    Each run of digits has its length before it. Leading zeros do not count, but for telling 00123
    from 123, after which it comes.
    """
    zeros: list[str] = []

    def counted(run: re.Match[str]) -> str:
        digits = run[1]
        zeros.append(str(len(run[0]) - len(digits)))
        return f"{min(len(digits), 99):02}{digits}"

    key = _DIGITS.sub(counted, search_key(number))
    extra = "!" + ".".join(zeros) if any(each != "0" for each in zeros) else ""
    return (key + extra)[:200]
