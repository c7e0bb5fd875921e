"""How the parts of a proposal read, for pages, mails and documents alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.catalog.models import TermsVersion
from portal.core.formats import day


def term_words(months: int) -> str:
    """``24 months``; empty for none."""
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": months} if months else ""


@dataclass(frozen=True)
class ProposedLine:
    """A product as the customer reads it: no price anywhere (CON-02)."""

    name: str
    text: str
    quantity: int
    term: str


@dataclass(frozen=True)
class Clause:
    """A part of the terms: a heading, perhaps, and text."""

    heading: str
    text: str


def proposed_lines(snapshot: dict[str, Any]) -> list[ProposedLine]:
    """The lines of a frozen proposal."""
    return [
        ProposedLine(row["name"], row["text"], row["quantity"], term_words(row["term_months"]))
        for row in snapshot["lines"]
    ]


def one_term(lines: Sequence[ProposedLine]) -> str:
    """The term, where all lines that have one have the same."""
    terms = {line.term for line in lines if line.term}
    return terms.pop() if len(terms) == 1 else ""


def clauses(terms: TermsVersion) -> list[Clause]:
    """The full text of the terms (CON-03). Empty lines part the clauses; a short first line
    without a full stop is the clause's heading."""
    found = []
    for block in terms.text.replace("\r\n", "\n").split("\n\n"):
        first, _line, rest = block.strip().partition("\n")
        if rest and len(first) <= 80 and not first.rstrip().endswith("."):
            found.append(Clause(first.strip(), rest.strip()))
        elif block.strip():
            found.append(Clause("", block.strip()))
    return found


def valid_until(snapshot: dict[str, Any]) -> str:
    """The last day of the proposal, in words."""
    return day(date.fromisoformat(snapshot["valid_until"]))


def terms_words(snapshot: dict[str, Any]) -> str:
    """Which version of the terms, and from when."""
    terms = snapshot["terms"]
    details = {"version": terms["version"], "day": day(date.fromisoformat(terms["published"]))}
    return _("Version %(version)s, published %(day)s") % details
