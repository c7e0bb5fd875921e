"""Country names in the reader's language (USE-17)."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from django_countries import countries

from portal.core.countries import country_name

NAMES = {
    "de": {"GD": "Grenada", "KI": "Kiribati", "MZ": "Mosambik", "HK": "Hongkong", "MO": "Macau"},
    "sv": {
        "PS": "Palestinska territorierna",
        "AS": "Amerikanska Samoa",
        "BV": "Bouvetön",
        "VA": "Vatikanstaten",
        "FK": "Falklandsöarna",
    },
    "en": {"GB": "United Kingdom", "CZ": "Czechia", "HK": "Hong Kong"},
}


@pytest.mark.parametrize("language", NAMES)
def test_countries_are_named_as_the_language_has_it(language: str) -> None:
    """USE-17: in forms, in lists and on pages alike."""
    with override(language):
        offered = {code: str(name) for code, name in countries}
        for code, name in NAMES[language].items():
            assert country_name(code) == name
            assert offered[code] == name
        assert len(offered) > 240
        assert "" not in offered.values()


def test_an_unknown_code_stays_as_it_is() -> None:
    """USE-17."""
    assert country_name("q1") == "q1"
