"""The parts of a proposal as text, the same for pages, e-mails and documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from customers.models import Contact
from portal.catalog.models import TermsVersion
from portal.core.formats import day, plain_number, term_words
from quotes.models import QuoteLine


def line_in_words(line: QuoteLine) -> str:
    """Return quantity, term and discount; a dash for nothing of it."""
    if not line.quantity:
        return "–"
    words = [str(line.quantity), term_words(line.term_months)]
    if line.discount:
        words.append(
            _("%(discount)s %% discount") % {"discount": plain_number(float(line.discount))}
        )
    return ", ".join(filter(None, words))


def over_term_label(months: int | None) -> str:
    """Return what the sum over the term is called; None where the lines have several terms."""
    if months is None:
        return _("Over all terms, without VAT")
    return _("Over %(term)s, without VAT") % {"term": term_words(months)}


def over_term(lines: Sequence[QuoteLine]) -> tuple[str, Decimal] | None:
    """Return what is paid over the term, net, and its label (OUT-28).

    Return None if there is no monthly price, or one without a term.
    """
    monthly = [line for line in lines if line.monthly_total]
    if not monthly or any(not line.term_months for line in monthly):
        return None
    total = sum((line.one_off_total for line in lines), Decimal(0))
    total += sum((line.monthly_total * line.term_months for line in monthly), Decimal(0))
    terms = {line.term_months for line in monthly}
    return over_term_label(terms.pop() if len(terms) == 1 else None), total


@dataclass(frozen=True)
class ProposedLine:
    """A product as the customer reads it, without a price (CON-02)."""

    name: str
    text: str
    quantity: int
    term: str


@dataclass(frozen=True)
class Clause:
    """A part of the terms: text, with or without a heading."""

    heading: str
    text: str


def proposed_lines(snapshot: dict[str, Any]) -> list[ProposedLine]:
    """Return the lines of a frozen proposal."""
    return [
        ProposedLine(row["name"], row["text"], row["quantity"], term_words(row["term_months"]))
        for row in snapshot["lines"]
    ]


def one_term(lines: Sequence[ProposedLine]) -> str:
    """Return the term, if all lines with a term have the same."""
    terms = {line.term for line in lines if line.term}
    return terms.pop() if len(terms) == 1 else ""


def clauses(terms: TermsVersion) -> list[Clause]:
    """Return the full text of the terms as clauses (CON-03).

    Empty lines separate the clauses; a short first line without a full stop is a heading.
    """
    found = []
    for block in terms.text.replace("\r\n", "\n").split("\n\n"):
        first, _line, rest = block.strip().partition("\n")
        if rest and len(first) <= 80 and not first.rstrip().endswith("."):
            found.append(Clause(first.strip(), rest.strip()))
        elif block.strip():
            found.append(Clause("", block.strip()))
    return found


def valid_until(snapshot: dict[str, Any]) -> str:
    """Return the last day of the proposal, as text."""
    return day(date.fromisoformat(snapshot["valid_until"]))


def terms_words(snapshot: dict[str, Any]) -> str:
    """Return the version of the terms and their date, as text."""
    terms = snapshot["terms"]
    details = {"version": terms["version"], "day": day(date.fromisoformat(terms["published"]))}
    return _("Version %(version)s, published %(day)s") % details


def told_apart(people: Sequence[Contact], *, asked: UUID) -> dict[UUID, str]:
    """Return the names of contacts by id, for the list that an approver chooses from (CON-14).

    No address is shown. People of one name are told apart by job title or role, then by who was
    asked, and at last by a number (REG-42).
    """
    names = Counter(person.full_name for person in people)
    labels: dict[UUID, str] = {}
    for person in people:
        label = person.full_name
        if names[label] > 1 and (more := person.job_title or person.get_role_display()):
            label = f"{label}, {more}"
        labels[person.pk] = label
    same = Counter(labels.values())
    numbers: Counter[str] = Counter()
    for person in people:
        label = labels[person.pk]
        if same[label] < 2:
            continue
        numbers[label] += 1
        mark = _("got the e-mail") if person.pk == asked else str(numbers[label])
        labels[person.pk] = f"{label} ({mark})"
    return labels
