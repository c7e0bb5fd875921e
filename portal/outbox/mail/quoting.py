"""Telling what somebody wrote from what their program quoted (OUT-34).

Programs mark a quote in three ways: a ">" before each line, a line like "Anna wrote:", or a line or
block of headers below which everything is old. Nothing is thrown away: what is not new is returned
as quoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.outbox.mail.markup import QUOTE_BEGINS

# A longer line is no attribution.
LONGEST_LINE = 500
# An attribution may go over so many lines.
FOLDED = 4

_MARKED = re.compile(r"\s{0,3}[>›]")
_WROTE = re.compile(
    r"\b(wrote|writes|schrieb|schreibt|geschrieben|skrev|skriver|schreef|a écrit|escribió"
    r"|ha scritto|kirjoitti)\b",
    re.I,
)
_STARTS = re.compile(r"\s*(on|am|den|le|op|el|il|på|-+)\b|\s*\S{0,3}\d", re.I)
# "-----Original Message-----", also as Notes writes it: "-----Anna wrote: -----".
_DASHED = re.compile(
    r"\s*[-_*]{2,}\s*("
    r"original(\s|-)?(message|meddelande|nachricht)|ursprüngliche\s+(nachricht|e-mail)"
    r"|ursprungligt\s+meddelande|ursprungligt\s+mejl|oprindelig\s+(meddelelse|besked)|opprinnelig\s+melding"
    r"|.{0,200}\b(wrote|schrieb|skrev)\b\s*:?"
    r")\s*[-_*]{2,}\s*$",
    re.I,
)
_RULE = re.compile(r"\s*_{20,}\s*$")
_LABEL = re.compile(
    r"[\s*]*(?P<label>from|von|från|fra|sent|date|gesendet|datum|skickat|sendt|dato|to|an|till|til"
    r"|subject|betreff|ämne|rubrik|emne|cc|kopie|kopia|bcc)\s*\*?\s*:\*?(?P<value>.*)$",
    re.I,
)
_SAME = {
    **dict.fromkeys(("from", "von", "från", "fra"), "from"),
    **dict.fromkeys(("sent", "date", "gesendet", "datum", "skickat", "sendt", "dato"), "date"),
    **dict.fromkeys(("to", "an", "till", "til"), "to"),
    **dict.fromkeys(("subject", "betreff", "ämne", "rubrik", "emne"), "subject"),
}
_SIGNED = re.compile(
    r"\s*(-- ?$|sent from|sent with|get outlook|von meinem|gesendet (von|mit)|diese nachricht wurde"
    r"|skickat från|skickad från|hämta outlook|outlook für|skaffa outlook|mvh\b|best regards"
    r"|kind regards|mit freundlichen|viele grüße|med vänlig|hälsningar|regards)",
    re.I,
)


@dataclass(frozen=True)
class Split:
    """A message: what is new, and what was quoted."""

    text: str
    quoted: str


def split_quoted(text: str) -> Split:
    """Return what is new in a message and what it quotes.

    Answers between the lines of a quote keep the lines between them, because they are not
    understood without.
    """
    lines = text.split("\n")
    end = _hard_end(lines)
    head, tail = lines[:end], [line for line in lines[end:] if line != QUOTE_BEGINS]
    kinds = _kinds(head)
    first, last = _new_region(head, kinds)
    new = [head[i] for i in range(first, last) if kinds[i] != "attribution"]
    named = [head[i] for i in range(first, last) if kinds[i] == "attribution"]
    quoted = [*head[:first], *named, *head[last:], *tail]
    return Split(_joined(new), _joined(quoted))


def _joined(lines: list[str]) -> str:
    text = "\n".join(line.rstrip() for line in lines if line != QUOTE_BEGINS)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n ")


def _kinds(lines: list[str]) -> list[str]:
    """Return of each line whether it is new, blank, quoted, or names whom it quotes."""
    kinds = [
        "quoted" if _MARKED.match(line) else "new" if line.strip() else "blank" for line in lines
    ]
    for number, kind in enumerate(kinds):
        if kind == "new" and (length := _attribution(lines, number)):
            after = next((k for k in kinds[number + length :] if k != "blank"), "")
            if after == "quoted":
                kinds[number : number + length] = ["attribution"] * length
    return kinds


def _new_region(lines: list[str], kinds: list[str]) -> tuple[int, int]:
    """Return where what is new begins and ends: without the quotes before and after it."""
    new = [number for number, kind in enumerate(kinds) if kind == "new"]
    if not new:
        return 0, 0
    if "quoted" not in kinds:
        return 0, len(lines)
    quote = kinds.index("quoted")
    above = [number for number in new if number < quote]
    below = [number for number in new if number > quote]
    if not below or (above and _SIGNED.match(lines[below[0]])):
        # The answer stands above; below is nothing, or a signature.
        return 0, above[-1] + 1
    if above:
        return 0, new[-1] + 1
    if _is_one_block(kinds, below):
        return below[0], len(lines)
    return _first_context(kinds, below[0]), new[-1] + 1


def _first_context(kinds: list[str], place: int) -> int:
    """Return where the block of quoted lines begins that the line at ``place`` answers."""
    while place > 0 and kinds[place - 1] in ("quoted", "blank"):
        place -= 1
    return place


def _is_one_block(kinds: list[str], numbers: list[int]) -> bool:
    """Return whether no quoted line stands between these lines."""
    return "quoted" not in kinds[numbers[0] : numbers[-1]]


def _hard_end(lines: list[str]) -> int:
    """Return the number of the line from which on everything is old; their number without one.

    A line at the very top is none, because then nothing would be new.
    """
    seen_text = False
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if seen_text and _begins_old(lines, number):
            return number
        if line != QUOTE_BEGINS and not _MARKED.match(line):
            seen_text = True
    return len(lines)


def _begins_old(lines: list[str], number: int) -> bool:
    line = lines[number]
    if len(line) > LONGEST_LINE:
        return False
    if line == QUOTE_BEGINS or _DASHED.match(line):
        return True
    if _MARKED.match(line):
        return False
    if _RULE.match(line) and _has_headers(lines[number + 1 : number + 12]):
        return True
    if _LABEL.match(line) and _has_headers(lines[number : number + 12]):
        return True
    length = _attribution(lines, number)
    if not length:
        return False
    # Where the quote is marked line by line, answers may stand between and below.
    after = next((each for each in lines[number + length :] if each.strip()), "")
    return not _MARKED.match(after)


def _has_headers(lines: list[str]) -> bool:
    """Return whether lines begin with the block of headers that Outlook and others put in.

    Notes puts the value into the next line, so a few lines in between are allowed.
    """
    found: set[str] = set()
    misses = 0
    for line in lines:
        text = line.lstrip("> ")
        if not text.strip():
            continue
        label = _LABEL.match(text)
        if label:
            name = label["label"].lower()
            found.add(_SAME.get(name, name))
            misses = 0
        else:
            misses += 1
        if {"from", "subject"} <= found or {"from", "date", "to"} <= found:
            return True
        if misses > 2:
            return False
    return False


def _attribution(lines: list[str], number: int) -> int:
    """Return over how many lines "On Monday Anna wrote:" goes from here; 0 if it is none."""
    if len(lines[number]) > LONGEST_LINE:
        return 0
    if not _STARTS.match(lines[number]) and not _WROTE.search(lines[number]):
        return 0
    joined = ""
    for length, line in enumerate(lines[number : number + FOLDED], start=1):
        if not line.strip() or _MARKED.match(line):
            return 0
        joined = f"{joined} {line.strip()}"
        if len(joined) > LONGEST_LINE:
            return 0
        if joined.endswith(":"):
            is_one = _WROTE.search(joined) and re.search(r"\d|@", joined)
            return length if is_one else 0
        if length == 1 and not _STARTS.match(line):
            return 0
    return 0
