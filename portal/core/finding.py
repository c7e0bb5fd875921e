"""The forgiving search key: one function makes it when a row is written and when somebody asks.

Accents fold (Łódź, lodz), and so do the ways to write without them (Müller, Mueller, Muller);
apostrophes, other punctuation, blanks and case make no difference. ``%``, ``_`` and ``\\`` stay,
so that a search for them finds them (REG-36).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any, Protocol, TypedDict, Unpack

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from portal.core.sorting import search_key

# Letters that NFKD does not take apart.
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ħ": "h", "ı": "i"}
)
# How Ä, Ö, Ü and Å are written without them.
_DIGRAPHS = re.compile("ae|oe|ue|aa")
_KEPT = frozenset("%_\\")
_PHONE = re.compile(r"[\d+()\-/.\s]+")
_END = "\n"
_MOST_WORDS = 8
# An index of whole keys takes 2,704 bytes: two lines of this many letters.
_LONGEST = 300
# From so many letters on, the index of trigrams can narrow a search.
INDEXED = 3


def _folded(text: str) -> str:
    """Return the letters, digits and kept signs of ``text``, without accents and case."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
        text = unicodedata.normalize("NFKD", apart)
    return "".join(letter for letter in text.lower() if letter.isalnum() or letter in _KEPT)


def _short(word: str) -> str:
    """Return a folded word with ae, oe, ue and aa as one letter."""
    return _DIGRAPHS.sub(lambda found: found[0][0], word)


def _words(text: str) -> list[str]:
    return [word for word in map(_folded, text.split()) if word]


def find_key(*parts: str, phone: object = "") -> str:
    """Return what searches compare with: each part on a line, twice where it can be written in
    two ways. ``phone`` gives its digits, with the country code."""
    lines: list[str] = []
    for part in parts:
        words = _words(part)
        ways = ("".join(map(_short, words)), "".join(words))
        lines += dict.fromkeys(way[:_LONGEST] for way in ways)
    lines.append(digits_of(str(getattr(phone, "as_e164", phone) or "")))
    return "".join(line + _END for line in lines if line)


# Legal forms, folded and short as keys have them; they stand at the end of names, or in front.
_FORMS = frozenset(
    "ab aktiebolag abp oyj oy hb handelsbolag kb kommanditbolag as asa aps ans is enk"
    " gmbh ggmbh mbh ag kg kga ohg gbr ug ek ekfm ev eg se co cie sarl sas sa eurl srl spa bv nv"
    " ltd limited plc llp llc lp inc incorporated corp corporation company"
    " spzoo doo sro kft zrt ou sia uab".split()
)
_JOINED = re.compile(r"(?<=\w)['’‘`´./](?=\w)|\.(?=\W|$)")
_POLISH = re.compile(r"\bsp\s+z\s+oo\b", re.IGNORECASE)


def look_key(name: str) -> str:
    """Return what makes two names look like one company: no accents, punctuation and legal form
    (REG-38). Names of nothing but legal forms keep them."""
    plain = _POLISH.sub("spzoo", _JOINED.sub("", name))
    words = [_short(word) for word in map(_folded, re.split(r"[^\w%\\]+", plain)) if word]
    last = len(words)
    while last > 1 and words[last - 1] in _FORMS:
        last -= 1
    first = 1 if last > 1 and words[0] in _FORMS else 0
    return "".join(words[first:last])[:300]


def digits_of(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii() and letter.isdigit())


def like_literally(text: str) -> str:
    """Return ``text`` for LIKE: what is typed as %, _ or \\ is found literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _infix(text: str) -> str:
    return f"%{like_literally(text)}%"


class Wanted:
    """What somebody typed into a search, as rows are asked for it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spelled = search_key(text)
        words = _words(text.replace("\x00", ""))[:_MOST_WORDS]
        self.key = "".join(map(_short, words))
        if not any(len(word) >= INDEXED for word in words):
            # Short words alone are in every name: H & M is looked for as one.
            words = ["".join(words)] if words else []
        # For each word the ways it can be written; a row has to have one of each.
        self.words = [tuple(dict.fromkeys((_short(word), word))) for word in words]

    def __bool__(self) -> bool:
        return bool(self.key)

    @property
    def is_indexed(self) -> bool:
        """Whether an index can narrow a search within texts, not only at their beginning."""
        return any(len(each) >= INDEXED for ways in self.words for each in ways)

    @property
    def after(self) -> str:
        """What comes after every key that begins like this one."""
        return self.key + "\U0010ffff"

    @cached_property
    def phone(self) -> str:
        """The digits of a phone number without 0 or 00 in front; empty if it is none."""
        if not _PHONE.fullmatch(self.text):
            return ""
        digits = digits_of(self.text.replace("(0)", "")).lstrip("0")
        return digits if len(digits) >= 5 else ""

    def patterns(self, *, phone: bool = False) -> list[list[str]]:
        """Return for each word the patterns of which one has to match."""
        ways = [[_infix(way) for way in word] for word in self.words]
        if not phone or not self.phone:
            return ways
        return [[*(ways[0] if len(ways) == 1 else ()), _infix(self.phone)]]

    def sql(self, column: str, *, phone: bool = False) -> tuple[str, list[str]]:
        """Return the condition on a column of keys, and its parameters."""
        patterns = self.patterns(phone=phone)
        either = (" OR ".join([f"{column} LIKE %s"] * len(ways)) for ways in patterns)
        condition = " AND ".join(f"({each})" for each in either) or "FALSE"
        return condition, [pattern for ways in patterns for pattern in ways]

    def q(self, column: str, *, phone: bool = False) -> models.Q:
        """Return the condition as the ORM takes it."""
        found = models.Q()
        for ways in self.patterns(phone=phone):
            either = models.Q()
            for pattern in ways:
                either |= models.Q(Like(models.F(column), models.Value(pattern)))
            found &= either
        return found

    def ends(self, column: str) -> Like:
        """Return the condition that a line of the keys ends with what was typed: 0424 for the
        order 2026-0424."""
        return Like(models.F(column), models.Value(f"%{like_literally(self.key)}{_END}%"))

    def rank(self, *texts: str) -> int:
        """Return how well texts match, the best first: 0 is equal, 1 spelled so at the beginning,
        2 at the beginning, 3 the end of a number, 4 spelled so within, 5 the rest."""
        return min((self._rank(text) for text in texts if text), default=5)

    def _rank(self, text: str) -> int:
        spelled, words = search_key(text), _words(text)
        key = "".join(map(_short, words))
        if spelled == self.spelled:
            return 0
        if spelled.startswith(self.spelled):
            return 1
        if key.startswith(self.key):
            return 2
        if self.key.isdigit() and key.endswith(self.key):
            return 3
        return 4 if self.spelled in spelled else 5

    def pieces(self, text: str) -> list[tuple[str, bool]]:
        """Return ``text`` in pieces, each with whether it is why the text was found."""
        low = text.lower()
        at = low.find(self.spelled) if self.spelled and len(low) == len(text) else -1
        spans = [(at, at + len(self.spelled))] if at >= 0 else self._spans(text)
        found, done = [], 0
        for start, end in spans:
            found += [(text[done:start], False), (text[start:end], True)]
            done = end
        return [piece for piece in (*found, (text[done:], False)) if piece[0]]

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Return where the words stand in a text that spells them in another way."""
        if self.phone and digits_of(text).find(self.phone) >= 0:
            return [_phone_span(text, self.phone)]
        letters = _mapped(text)
        key = "".join(letter for letter, _start, _end in letters)
        wanted = [self.key] if self.key and self.key in key else [way[0] for way in self.words]
        places = sorted((key.find(word), len(word)) for word in wanted)
        spans: list[tuple[int, int]] = []
        for at, length in places:
            if at < 0:
                continue
            start, end = letters[at][1], letters[at + length - 1][2]
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        return spans


def _phone_span(text: str, phone: str) -> tuple[int, int]:
    """Return where the digits of a phone number begin and end in a text that has them."""
    places = [at for at, letter in enumerate(text) if letter.isascii() and letter.isdigit()]
    at = digits_of(text).find(phone)
    return places[at], places[at + len(phone) - 1] + 1


_of_sign = lru_cache(maxsize=4_096)(_folded)


def _mapped(text: str) -> list[tuple[str, int, int]]:
    """Return the letters of the short key, each with where it stands in ``text``."""
    letters: list[tuple[str, int, int]] = []
    pair = ""
    for at, sign in enumerate(text):
        if sign.isspace():
            pair = ""
        for letter in _of_sign(sign):
            if pair and _DIGRAPHS.fullmatch(pair + letter):
                letters[-1] = (pair, letters[-1][1], at + 1)
                pair = ""
                continue
            letters.append((letter, at, at + 1))
            pair = letter
    return letters


class Like(models.Lookup[str]):
    """``column LIKE pattern``: the comparison that uses an index of trigrams (CV-42)."""

    lookup_name = "like"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} LIKE {right}", (*left_params, *right_params)


class Findable(Protocol):
    """A row that can be searched for."""

    def make_find_key(self) -> str: ...


class _Options(TypedDict, total=False):
    """What a migration says of the field."""

    default: str
    db_default: str
    editable: bool


_EMPTY: _Options = {"default": "", "db_default": "", "editable": False}


class FindKeyField(models.TextField[str, str]):
    """The key of a row, made anew at each ``save()`` and ``bulk_create`` by ``make_find_key``.

    ``update()``, ``save(update_fields=...)`` without it and COPY write past it: who uses them for
    what is searched fills it (``fill_find_keys``).
    """

    def __init__(self, **options: Unpack[_Options]) -> None:
        super().__init__(**(_EMPTY | options))

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        make = getattr(model_instance, "make_find_key", None)
        if make is not None:  # The models of migrations have only their columns.
            setattr(model_instance, self.attname, make())
        key: str = getattr(model_instance, self.attname)
        return key


def fill_find_keys(rows: Iterable[Any]) -> None:
    """Fill the keys of rows that are written by COPY."""
    for row in rows:
        row.find_key = row.make_find_key()


def refill(
    model: type[models.Model],
    make: Callable[[Any], str],
    schema_editor: BaseDatabaseSchemaEditor,
    *,
    column: str = "find_key",
    size: int = 2_000,
) -> None:
    """Fill the column of all rows of a table, for migrations: ``make`` gives a row's key."""
    quoted = schema_editor.connection.ops.quote_name
    table, pk = quoted(model._meta.db_table), quoted(str(model._meta.pk.column))
    sql = (
        f"UPDATE {table} t SET {quoted(column)} = v.key"  # noqa: S608  names of a model
        f" FROM unnest(%s::uuid[], %s::text[]) AS v(pk, key) WHERE t.{pk} = v.pk"
    )
    last: Any = None
    while True:
        rows = model._default_manager.order_by("pk")
        batch = list(rows[:size] if last is None else rows.filter(pk__gt=last)[:size])
        if not batch:
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(sql, [[row.pk for row in batch], [make(row) for row in batch]])
        last = batch[-1].pk
