"""The fields of a file's columns: the template's headings, and guesses for all others."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import override

from customers.imports.headings import (
    FIELDS,
    REASONS,
    SPECIFIC,
    Field,
    known_headings,
    squeeze,
    template_headings,
)
from customers.imports.tables import Row
from customers.models import CustomField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


Fields = Sequence[Field]
REQUIRED = tuple(field.key for field in FIELDS if field.required)
_EXAMPLES = {
    CustomField.Kind.NUMBER: "12",
    CustomField.Kind.DATE: "2027-03-31",
    CustomField.Kind.YES_NO: "yes",
}
# Whether a customer is active and a prospect (None: as usual), by the words of files.
_STATES: dict[str, tuple[bool, str | None]] = {
    word: meaning
    for words, meaning in (
        ("active|aktiv|yes|ja|true|1|wahr|sant|customer|kunde|kund", (True, "customer")),
        (
            "inactive|inaktiv|passive|passiv|no|nej|nein|false|0|falsch|falskt|closed|blocked"
            "|gesperrt|geschlossen|spärrad|avslutad|deactivated|deaktiviert|avaktiverad",
            (False, None),
        ),
        ("prospect|interessent|prospekt|lead|presumtiv", (True, "prospect")),
    )
    for word in words.split("|")
}


def state_of(text: str) -> tuple[bool, str | None] | None:
    """Return whether a customer is active, and its lifecycle; None for another word (REG-56)."""
    return _STATES.get(text.strip().casefold())


# Lets a heading differ by a letter or two.
LIKE_ENOUGH = 0.88


def own_columns(customs: Iterable[CustomField]) -> tuple[Field, ...]:
    """Return a partner's custom fields as columns (REG-28)."""
    return tuple(
        Field(
            custom.name,
            custom.label,
            custom.suggestions[0] if custom.suggestions else _EXAMPLES.get(_kind(custom), ""),
            custom.is_required,
        )
        for custom in customs
    )


def _kind(custom: CustomField) -> CustomField.Kind:
    return CustomField.Kind(custom.kind)


def labels(own: Fields) -> dict[str, StrOrPromise]:
    """Return the label of each field by its key."""
    return {field.key: field.label for field in (*FIELDS, *own)}


@lru_cache(maxsize=1)
def _passed_over() -> set[str]:
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.add(squeeze(str(REASONS)))
    return found


def _with_own(known: dict[str, str], own: Fields) -> dict[str, str]:
    """Return ``known`` with the partner's own fields; where names are equal, ``known`` wins."""
    return {squeeze(str(field.label)): field.key for field in own} | known


def is_template(headers: list[str], own: Fields = ()) -> bool:
    """Return whether all headings are the template's, each once, with all required ones.

    The columns of such a file need not be mapped on a page (REG-06).
    """
    named = _with_own(template_headings(), own)
    squeezed = [squeeze(header) for header in headers]
    keys = [named.get(each, "") for each in squeezed if each not in _passed_over()]
    return all(keys) and len(set(keys)) == len(keys) and required(own) <= set(keys)


def _holds_states(place: int, rows: Sequence[Row]) -> bool:
    """Return whether every filled cell of a column is a state, in any of our languages."""
    cells = {row.cells[place] for row in rows if place < len(row.cells) and row.cells[place]}
    return bool(cells) and all(state_of(cell) is not None for cell in cells)


def required(own: Fields) -> set[str]:
    """Return the fields that every row must have."""
    return {*REQUIRED, *(field.key for field in own if field.required)}


def _of_specific() -> dict[str, str]:
    """Return headings that say more than the general ones beside them, squeezed."""
    return {squeeze(word): key for key, words in SPECIFIC.items() for word in words}


def guess(headers: list[str], own: Fields = (), rows: Sequence[Row] = ()) -> list[str]:
    """Return the likely field of each column; empty if there is none, and each field once.

    Exact names come before similar ones, those that say more before general ones, and the first
    column before later ones. A column of states, by its ``rows``, is no region (REG-56).
    """
    chosen = [""] * len(headers)
    taken: set[str] = set()
    squeezed = [squeeze(header) for header in headers]
    states = {place for place in range(len(headers)) if _holds_states(place, rows)}
    passes = (_with_own(template_headings(), own), _of_specific(), known_headings())
    for names in passes:
        for place, header in enumerate(squeezed):
            key = names.get(header, "")
            if key in ("region", "state") and rows:
                is_region = key == "region" or header == "state"
                key = "state" if place in states else "region" if is_region else ""
            if key and not chosen[place] and key not in taken:
                chosen[place] = key
                taken.add(key)
    for place, header in enumerate(squeezed):
        if chosen[place] or len(header) < 5:
            continue
        near = difflib.get_close_matches(header, known_headings(), n=1, cutoff=LIKE_ENOUGH)
        key = known_headings()[near[0]] if near else ""
        if key and key not in taken:
            chosen[place] = key
            taken.add(key)
    if "name" not in taken and "contact_name" in taken:
        # Xero and similar programs call the customer a contact.
        chosen[chosen.index("contact_name")] = "name"
    return chosen
