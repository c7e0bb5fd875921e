"""The names of countries in the reader's language, from CLDR by way of Babel (USE-17)."""

from __future__ import annotations

from babel import Locale
from django.utils.functional import lazy
from django.utils.translation import get_language
from django_countries.data import COUNTRIES

# CLDR has the short names of these only as variants, which Babel leaves out.
_SHORT = {
    "HK": {"en": "Hong Kong", "de": "Hongkong", "sv": "Hongkong"},
    "MO": {"en": "Macao", "de": "Macau", "sv": "Macao"},
}


def country_name(code: str) -> str:
    """Return a country's name in the reader's language; the code itself if it is unknown."""
    language = (get_language() or "en")[:2]
    names = _SHORT.get(code.upper())
    if names is not None:
        return names[language]
    return str(Locale.parse(language).territories.get(code.upper(), code))


_lazy_name = lazy(country_name, str)


def lazy_names() -> dict[str, str]:
    """Return the names by code, each translated where it is shown, for COUNTRIES_OVERRIDE."""
    return {code: _lazy_name(code) for code in COUNTRIES}
