"""Which column of a pasted list of users is which: by its heading, or by what is in it (ORD-31)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from customers.imports.headings import squeeze
from portal.catalog.models import Product
from portal.core.pasted_tables import PastedRow

LONGEST_SHOWN = 80

# What the columns are called in the three languages, by people and by Microsoft 365.
HEADINGS = {
    "name": "name, full name, display name, user, user name, employee, benutzer, benutzername, "
    "anzeigename, vollständiger name, mitarbeiter, namn, fullständigt namn, visningsnamn, "
    "användare, användarnamn, medarbetare",
    "first": "first name, given name, forename, vorname, förnamn",
    "last": "last name, surname, family name, nachname, familienname, efternamn",
    "email": "e-mail, email, mail, e-mail address, email address, user principal name, "
    "e-mail-adresse, mailadresse, e-post, e-postadress, epostadress, mejl, mejladress, mailadress",
    "seat": "seat, seat type, product, sku, licence, license, platz, platzart, sitz, produkt, "
    "lizenz, artikel, artikelnummer, plats, platstyp, licens, artikelnr",
}


class Untold(Exception):
    """Which column is which can't be told; the message says what to do."""


@lru_cache(maxsize=1)
def _headings() -> dict[str, str]:
    found = {squeeze(word): role for role, words in HEADINGS.items() for word in words.split(",")}
    for language, _name in settings.LANGUAGES:
        with override(language):
            labels = {"name": _("Name"), "email": _("E-mail"), "seat": _("Seat")}
            found |= {squeeze(label): role for role, label in labels.items()}
    return found


def headed_columns(row: PastedRow) -> dict[str, int]:
    """Return the columns that a line of headings names; empty if it is none."""
    if any("@" in cell for cell in row.cells):
        return {}
    found: dict[str, int] = {}
    for column, cell in enumerate(row.cells):
        role = _headings().get(squeeze(cell))
        if role is not None:
            found.setdefault(role, column)
    if "first" in found and "name" in found:
        # "Name, Vorname" is the last name and the first; with all three, the whole name counts.
        if "last" not in found:
            found["last"] = found.pop("name")
        else:
            del found["first"], found["last"]
    return found


class Seats:
    """The seats on offer, by SKU, by name in each language, and by a part of the name."""

    def __init__(self, seats: Sequence[Product]) -> None:
        self.labels = {seat.sku: seat.title for seat in seats}
        self.names: list[tuple[str, str, set[str]]] = []
        for seat in seats:
            for text in (seat.sku, seat.name, seat.name_de, seat.name_sv):
                if text:
                    self.names.append((seat.sku, squeeze(text), set(text.casefold().split())))

    def find(self, text: str) -> str:
        """Return the SKU of the seat that is meant; empty if none is, or more than one."""
        wanted, words = squeeze(text), set(text.casefold().split())
        whole = {sku for sku, name, _words in self.names if wanted and name == wanted}
        parts = {sku for sku, _name, own in self.names if words and words <= own}
        found = whole or parts
        return found.pop() if len(found) == 1 else ""


def told_columns(
    columns: Mapping[str, int], rows: Sequence[PastedRow], seats: Seats
) -> dict[str, int]:
    """Return the column of each role, those without a heading by what is in them. Raise Untold."""
    told = dict(columns)
    free = [
        column
        for column in range(max(len(row.cells) for row in rows))
        if column not in told.values() and any(row.at(column) for row in rows)
    ]
    if "email" not in told:
        signs = Counter({c: sum("@" in row.at(c) for row in rows) for c in free})
        best, count = signs.most_common(1)[0] if signs else (0, 0)
        if not count:
            raise Untold(
                _(
                    "No column with e-mail addresses was found. Put name, e-mail and seat in "
                    "columns of their own: copied from a spreadsheet, or with semicolons between."
                )
            )
        told["email"] = best
        free.remove(best)
    if "seat" not in told:
        found = [c for c in free if any(seats.find(row.at(c)) for row in rows)]
        if found:
            told["seat"] = found[0]
            free.remove(found[0])
    if not told.keys() & {"name", "first", "last"}:
        told |= _names(free, rows)
    return told


def _cells(rows: Sequence[PastedRow], column: int) -> list[str]:
    return [row.at(column) for row in rows]


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _names(free: Sequence[int], rows: Sequence[PastedRow]) -> dict[str, int]:
    """Return the column of the name, or of first and last name: those without digits."""
    texts = [c for c in free if 2 * sum(map(_has_digit, _cells(rows, c))) <= len(rows)]
    texts = list(free) if len(free) == 1 else texts
    if len(texts) == 1:
        return {"name": texts[0]}
    single = sum(" " not in cell for column in texts for cell in _cells(rows, column))
    if len(texts) == 2 and single > len(rows):
        return {"first": texts[0], "last": texts[1]}
    if not texts:
        return {}
    raise Untold(
        _(
            "Which column holds the name can't be told. Put a line of headings on top: "
            "Name, E-mail, Seat."
        )
    )


def ignored_columns(
    columns: Mapping[str, int], rows: Sequence[PastedRow], head: PastedRow | None
) -> list[str]:
    """Return what the columns are called that are not read."""
    left = [
        column
        for column in range(max(len(row.cells) for row in rows))
        if column not in columns.values() and any(row.at(column) for row in rows)
    ]
    names = [head.at(column)[:LONGEST_SHOWN] if head is not None else "" for column in left]
    return [name or _("column %s") % (column + 1) for name, column in zip(names, left, strict=True)]
