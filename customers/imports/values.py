"""The meaning of words and figures in cells, in the usual ways of writing them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_countries import countries

from customers.imports.headings import squeeze
from customers.models import Customer, CustomField
from portal.catalog.models import BusinessType, RatePlan
from portal.core.errors import RuleError

MOST = Decimal(10) ** 12
_CURRENCY = re.compile(r"^(sek|eur|gbp|nok|dkk|kr|€|£|:-)+|(sek|eur|gbp|nok|dkk|kr|€|£|:-)+$", re.I)
_GROUPED = re.compile(r"-?\d{1,3}([.,])\d{3}(\1\d{3})*", re.ASCII)
_TYPES = {
    Customer.Type.NORMAL: "normal|company|business|organisation|organization|firma|unternehmen"
    "|geschäftskunde|gewerblich|företag|bolag|juridisk person|b2b",
    Customer.Type.RESIDENTIAL: "residential|private|private person|person|individual|consumer"
    "|privat|privatkunde|privatperson|endverbraucher|konsument|b2c",
}
_COUNTRIES = {"uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "holland": "NL"}


def _read(bare: str, example: str) -> Decimal:
    """Return a number with a decimal point or comma, with or without thousands separators.

    ``1.234`` and ``1,234`` can be read in two ways and are refused (DEC-42). Raise RuleError.
    """
    bare = re.sub(r"[\s\u00a0\u202f'’]", "", bare).replace("−", "-")
    last = max(bare.rfind("."), bare.rfind(","))
    signs = {sign for sign in ".," if sign in bare}
    if last >= 0:
        whole, decimals = bare[:last], bare[last + 1 :]
        once = bare.count(bare[last]) == 1
        grouped = len(decimals) == 3 and whole.strip("0-") != ""
        if grouped and len(signs) == 1 and once:
            raise RuleError(_("This can be read in two ways.") + " " + example)
        if not once and len(signs) == 1:
            # Several of the same sign separate the thousands.
            whole, decimals = bare, ""
        if re.search(r"[.,]", whole) and not _GROUPED.fullmatch(whole):
            raise RuleError(example)
        bare = re.sub(r"[.,]", "", whole) + ("." + decimals if decimals else "")
    if not re.fullmatch(r"-?\d{1,18}(\.\d{1,6})?", bare, re.ASCII):
        raise RuleError(example)
    return Decimal(bare)


def parse_money(text: str) -> Decimal:
    """Return an amount of at least zero, with two decimals; a currency is ignored.

    Raise RuleError.
    """
    bare = _CURRENCY.sub("", re.sub(r"\s", "", text))
    value = _read(bare, _("Write an amount like 1234.50 or 1234,50."))
    if value < 0:
        raise RuleError(_("The amount can't be below zero."))
    if value >= MOST:
        raise RuleError(_("The amount is too large."))
    if value != value.quantize(Decimal("0.01")):
        raise RuleError(_("An amount has at most two decimals."))
    return value.quantize(Decimal("0.01"))


_ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ][\d:.]*Z?)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
# Excel stores a day as the number of days since then.
_EXCEL, _EXCEL_DAY = dt.date(1899, 12, 30), re.compile(r"(\d{5})(?:\.0+)?", re.ASCII)


def parse_date(text: str) -> dt.date:
    """Return a day, as European programs and Excel write it (DEC-43). Raise RuleError."""
    bare = text.strip()
    try:
        if found := _ISO.fullmatch(bare):
            year, month, day = map(int, found.groups())
            return dt.date(year, month, day)
        if found := _DAY_FIRST.fullmatch(bare):
            day, month, year = map(int, found.groups())
            return dt.date(year, month, day)
        if found := _EXCEL_DAY.fullmatch(bare):
            return _EXCEL + dt.timedelta(days=int(found[1]))
    except ValueError as error:
        raise RuleError(_("There is no such day.")) from error
    raise RuleError(_("Write a date like 2027-03-31 or 31.03.2027."))


_YES = frozenset("yes y true 1 x ja j wahr sant sann".split())
_NO = frozenset("no n false 0 - nein nej falsch falskt falsk".split())


def parse_yes_no(text: str) -> bool:
    """Return whether the text means yes, in any of our languages. Raise RuleError."""
    bare = text.strip().casefold()
    if bare in _YES or bare in _NO:
        return bare in _YES
    raise RuleError(_("Write yes or no."))


def parse_number(text: str) -> Decimal:
    """Return a number of at most 15 digits. Raise RuleError."""
    value = _read(text, _("Write a number like 1234.5 or 1234,5."))
    if len(value.as_tuple().digits) > 15:
        raise RuleError(_("The number is too long."))
    return value


# The parsers for custom fields that are not texts.
CUSTOM = {
    CustomField.Kind.NUMBER: parse_number,
    CustomField.Kind.DATE: parse_date,
    CustomField.Kind.YES_NO: parse_yes_no,
}


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return country codes by name and code in all our languages, squeezed."""
    found = dict(_COUNTRIES)
    codes = [code for code, _name in countries]
    for language, _name in settings.LANGUAGES:
        territories = Locale.parse(language).territories
        found |= {squeeze(territories[code]): code for code in codes if code in territories}
        with override(language):
            found |= {squeeze(str(name)): code for code, name in countries}
    found |= {countries.alpha3(code).lower(): code for code in codes}
    return found | {code.lower(): code for code in codes}


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, english in settings.LANGUAGES:
        names: Iterable[str | None] = (
            code,
            *(Locale.parse(reader).languages.get(code) for reader, _name in settings.LANGUAGES),
        )
        found |= {squeeze(name): code for name in names if name}
        with override("en"):
            found[squeeze(str(english))] = code
    return found


@lru_cache(maxsize=1)
def _types() -> dict[str, str]:
    found: dict[str, str] = {}
    for value, words in _TYPES.items():
        found |= {squeeze(word): str(value) for word in words.split("|")}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {squeeze(str(label)): str(value) for value, label in Customer.Type.choices}
    return found


def hidden_fields(type_text: str) -> frozenset[str]:
    """Return the fields of a row that are not shown (D19).

    A column for both kinds of number holds a personal one if the row is a private person's.
    """
    if _types().get(squeeze(type_text)) == Customer.Type.RESIDENTIAL:
        return frozenset({"personal_number", "organisation_number"})
    return frozenset({"personal_number"})


class Words:
    """The words that cells may hold, with the catalogue's names read once."""

    def __init__(self) -> None:
        plans = list(RatePlan._default_manager.order_by("position", "id"))
        types = list(BusinessType._default_manager.order_by("position", "name"))
        self.plan_names = [plan.name for plan in plans]
        self.business_type_names = [str(each) for each in types]
        self._plans = {squeeze(plan.name): plan for plan in plans}
        self._business_types = {
            squeeze(name): each
            for each in types
            for name in (each.name, each.name_de, each.name_sv)
            if name
        }

    def type(self, text: str) -> str | None:
        """Return the customer type, or None."""
        return _types().get(squeeze(text))

    def language(self, text: str) -> str | None:
        """Return the language's code, or None; ``sv-SE`` is Swedish."""
        return _languages().get(squeeze(text)) or _languages().get(
            re.split(r"[-_]", text.strip().lower())[0]
        )

    def country(self, text: str) -> str | None:
        """Return the country's code, or None."""
        return _countries().get(squeeze(text))

    def rate_plan(self, text: str) -> RatePlan | None:
        """Return the rate plan of that name, or None."""
        return self._plans.get(squeeze(text))

    def business_type(self, text: str) -> BusinessType | None:
        """Return the business type of that name in any language, or None."""
        return self._business_types.get(squeeze(text))
