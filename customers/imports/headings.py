"""The fields of a file's columns, and the headings that mean them: the template's, and others'.

Nothing of the database is needed here, so that a file is read without it.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

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
    Field("state", _("State (active, inactive, prospect)"), "active"),
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
# The column of errors that the file with the reasons has; ignored when it is uploaded again.
REASONS = _("What is wrong")

# The column for invoices goes before the general one beside it (Fortnox, Visma).
SPECIFIC = {
    "billing_email": (
        "e-post faktura", "faktura e-post", "fakturaepost", "fakturamail", "invoice email",
        "invoice e-mail", "emailinvoice", "email invoice", "billing email", "rechnungs-e-mail",
        "rechnungsmail", "rechnung e-mail", "e-mail (rechnung)", "e-mail rechnung",
    ),
}  # fmt: skip


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
def synonyms() -> dict[str, list[str]]:
    """Return other programs' headings by field, from ``headings.toml`` beside this module."""
    return tomllib.loads(Path(__file__).with_name("headings.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def known_headings() -> dict[str, str]:
    """Return the field of every known heading, squeezed; the template's come first."""
    found = {squeeze(word): key for key, words in synonyms().items() for word in words}
    return found | template_headings()
