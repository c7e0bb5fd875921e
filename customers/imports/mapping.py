"""The fields of a file's columns: the template's headings, and guesses for all others."""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from customers.models import CustomField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Field:
    """A field that a column can hold."""

    key: str
    label: StrOrPromise
    example: str = ""
    required: bool = False


FIELDS: tuple[Field, ...] = (
    Field("number", _("Customer number"), "10042", required=True),
    Field("name", _("Customer name"), "Havsbris Konsult AB", required=True),
    Field("type", _("Type"), "Normal"),
    Field("organisation_number", _("Organisation number"), "556677-8899"),
    Field("vat_number", _("VAT number"), "SE556016068001"),
    Field("personal_number", _("Personal number")),
    Field("business_type", _("Business type")),
    Field("language", _("Language"), "sv"),
    Field("street", _("Street"), "Norra Kungsgatan 14"),
    Field("postal_code", _("Postal code"), "803 20"),
    Field("city", _("Town"), "Gävle"),
    Field("region", _("Region")),
    Field("country", _("Country"), "SE"),
    Field("billing_email", _("Billing e-mail"), "faktura@havsbris.example", required=True),
    Field("credit_limit", _("Credit limit"), "40000"),
    Field("rate_plan", _("Rate plan")),
    Field("domains", _("E-mail domains"), "havsbris.example"),
    Field("contact_first_name", _("Contact: first name"), "Annika"),
    Field("contact_last_name", _("Contact: last name"), "Sandell"),
    Field("contact_name", _("Contact: whole name")),
    Field("contact_job_title", _("Contact: job title"), "Director"),
    Field("contact_email", _("Contact: e-mail"), "annika.sandell@havsbris.example"),
    Field("contact_phone", _("Contact: phone"), "+46 26 555 01 00"),
    Field("notes", _("Notes")),
)
Fields = Sequence[Field]
# The column of errors that the file with the reasons has; ignored when it is uploaded again.
REASONS = _("What is wrong")
REQUIRED = tuple(field.key for field in FIELDS if field.required)
_EXAMPLES = {
    CustomField.Kind.NUMBER: "12",
    CustomField.Kind.DATE: "2027-03-31",
    CustomField.Kind.YES_NO: "yes",
}
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


def squeeze(text: str) -> str:
    """Return a heading without case, accents, blanks and signs, to compare spellings."""
    spread = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(letter for letter in spread if letter.isalnum())


@lru_cache(maxsize=1)
def template_headings() -> dict[str, str]:
    """Return the field of every heading of the templates, in all languages, squeezed."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {squeeze(str(field.label)): field.key for field in FIELDS}
    return found | {squeeze(field.key): field.key for field in FIELDS}


@lru_cache(maxsize=1)
def _passed_over() -> set[str]:
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.add(squeeze(str(REASONS)))
    return found


@lru_cache(maxsize=1)
def synonyms() -> dict[str, list[str]]:
    """Return other programs' headings by field, from ``headings.toml`` beside this module."""
    return tomllib.loads(Path(__file__).with_name("headings.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def known_headings() -> dict[str, str]:
    """Return the field of every known heading, squeezed; the template's come first."""
    found = {squeeze(word): key for key, words in synonyms().items() for word in words}
    return found | template_headings()


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


def required(own: Fields) -> set[str]:
    """Return the fields that every row must have."""
    return {*REQUIRED, *(field.key for field in own if field.required)}


def guess(headers: list[str], own: Fields = ()) -> list[str]:
    """Return the likely field of each column; empty if there is none, and each field once.

    Exact names come before similar ones, and the first column before later ones.
    """
    chosen = [""] * len(headers)
    taken: set[str] = set()
    squeezed = [squeeze(header) for header in headers]
    for names in (_with_own(template_headings(), own), known_headings()):
        for place, header in enumerate(squeezed):
            key = names.get(header, "")
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
