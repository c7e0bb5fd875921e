"""Numbers that are brought along from another provider: blocks, and when they can move (ORD-58)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import phonenumbers
from django.utils.translation import gettext as _
from django_countries import countries

from portal.core.errors import RuleError
from portal.core.formats import day as day_text

PORTING_DAYS = 10
# A block of a whole exchange has ten thousand numbers.
LARGEST_BLOCK = 10_000
# What may stand between the digits of a number.
FILLER = re.compile(r"[\s()/.\-\u2010\u2011]")
# Between the first and the last number: a dash, a hyphen with blanks, or a word.
RANGE = re.compile(r"\s*[\u2012-\u2015\u2212]\s*|\s+-\s+|\s+(?:to|bis|till)\s+", re.IGNORECASE)


class NotANumber(RuleError):
    """Refuse a line of numbers to port, with the line and what is wrong (ORD-58)."""

    def __init__(self, sentence: str, line: str, **values: str) -> None:
        super().__init__(sentence % {"line": line[:60], **values}, field="porting_numbers")


@dataclass(frozen=True, order=True)
class NumberBlock:
    """Numbers that follow each other, as international digits; a single number is a block, too."""

    first: int
    last: int

    def __str__(self) -> str:
        """Return the block as ``+46 26 555 01 00 - 19``."""
        parsed = phonenumbers.parse(f"+{self.first}")
        text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        if self.first == self.last:
            return text
        first, last = str(self.first), str(self.last)
        same = 0
        while first[same] == last[same]:
            same += 1
        return f"{text} - {last[min(same, len(last) - 2) :]}"

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def overlaps(self, other: NumberBlock) -> bool:
        """Return whether a number is in both."""
        return self.first <= other.last and other.first <= self.last


def working_days_after(day: date, days: int) -> date:
    """Return the date ``days`` working days later (Saturdays and Sundays don't count)."""
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day


def read_blocks(text: str, *, country: str) -> list[NumberBlock]:
    """Return the block of each line that is not empty, as it stands in a country.

    Raise NotANumber for a line that is none, of another country, reversed, too large, or that has
    numbers of an earlier line.
    """
    blocks: list[NumberBlock] = []
    for line in text.splitlines():
        typed = " ".join(line.split())
        if not typed:
            continue
        block = read_block(typed, country=country)
        for other in blocks:
            if block == other:
                raise NotANumber(_('"%(line)s" is listed twice.'), typed)
            if block.overlaps(other):
                raise NotANumber(
                    _('"%(line)s" has numbers of "%(other)s" in it.'), typed, other=str(other)
                )
        blocks.append(block)
    return blocks


def read_block(line: str, *, country: str) -> NumberBlock:
    """Return the block that a line stands for; raise NotANumber."""
    plain = unicodedata.normalize("NFKC", line).strip()
    parts = RANGE.split(plain)
    if len(parts) == 1:
        parts = _hyphened(plain, country) or parts
    if len(parts) == 1:
        first = _number(plain, country)
        if first is None:
            raise NotANumber(_('"%(line)s" is not a phone number.'), line)
        else:
            return _of_country(NumberBlock(first, first), line, country)
    if len(parts) != 2:
        raise NotANumber(_('"%(line)s" is not a range of numbers.'), line)
    first, last = _number(parts[0], country), _last(parts, country)
    if first is None:
        raise NotANumber(_('"%(line)s" is not a phone number.'), line)
    if last is None:
        raise NotANumber(_('"%(line)s" is not a range of numbers.'), line)
    if last < first:
        raise NotANumber(_('"%(line)s" ends before it begins.'), line)
    block = NumberBlock(first, last)
    if block.size > LARGEST_BLOCK:
        raise NotANumber(_('"%(line)s" is more than 10,000 numbers. Check the last one.'), line)
    return _of_country(block, line, country)


def _hyphened(plain: str, country: str) -> list[str] | None:
    """Return both ends of ``026-555 01 00-19``, whose last hyphen is that of a range, else None."""
    first, hyphen, last = plain.rpartition("-")
    digits = _digits(last)
    if not hyphen or digits is None or not 1 <= len(digits) <= 4 or _is_assigned(plain, country):
        return None
    return [first, last] if _number(first, country) is not None else None


def _digits(text: str) -> str | None:
    """Return the digits with a leading plus, if any; None if there is anything else."""
    stripped = FILLER.sub("", text)
    digits = stripped.removeprefix("+")
    return stripped if digits.isascii() and digits.isdigit() else None


def _is_assigned(text: str, country: str) -> bool:
    """Return whether the whole text is a number of a plan: 0171-234-5678 is no range."""
    whole = _number(text, country)
    return whole is not None and phonenumbers.is_valid_number(phonenumbers.parse(f"+{whole}"))


def _number(text: str, country: str) -> int | None:
    """Return the international digits of a phone number; None if it can't be one."""
    digits = _digits(text)
    if digits is None:
        return None
    try:
        parsed = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return int(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:])


def _last(parts: Sequence[str], country: str) -> int | None:
    """Return the last number of a range: its last digits, or the whole number."""
    first, digits = _number(parts[0], country), _digits(parts[1])
    if first is None or digits is None:
        return None
    if digits.startswith("+") or len(digits) >= len(_digits(parts[0]) or ""):
        return _number(parts[1], country)
    whole = str(first)
    return int(whole[: -len(digits)] + digits) if len(digits) < len(whole) else None


def _of_country(block: NumberBlock, line: str, country: str) -> NumberBlock:
    """Return the block; raise NotANumber if it is of another country than the site."""
    code = str(phonenumbers.country_code_for_region(country))
    if code != "0" and not str(block.first).startswith(code):
        sentence = _('"%(line)s" is not a number of %(country)s, where the site is.')
        raise NotANumber(sentence, line, country=str(countries.name(country)))
    return block


def blocks_of(texts: Sequence[str]) -> list[NumberBlock]:
    """Return the blocks of stored, international lines; what can't be read is left out."""
    blocks = []
    for text in texts:
        try:
            blocks.append(read_block(text, country="ZZ"))
        except RuleError:
            continue
    return blocks


def latest_porting(today: date) -> date:
    """Return the last day that numbers can be ported on: twelve months ahead."""
    try:
        return today.replace(year=today.year + 1)
    except ValueError:
        return date(today.year + 1, 2, 28)  # From 29 February.


def why_not_on(day: date, *, today: date, start: date | None) -> str:
    """Return why numbers can't be ported on a day, empty if they can (ORD-58).

    ``start`` is the trunk's own, if it is known.
    """
    earliest = working_days_after(today, PORTING_DAYS)
    if day < earliest:
        return _("The earliest porting date is %s.") % day_text(earliest)
    if day > latest_porting(today):
        return _("The latest porting date is %s.") % day_text(latest_porting(today))
    if day.weekday() >= 5:
        return _("Numbers are ported from Monday to Friday.")
    if start is not None and day < start:
        return _("The trunk starts on %s. Numbers can be ported from then on.") % day_text(start)
    return ""
