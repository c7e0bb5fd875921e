"""The partners and people that all tests share: ``python -m tests.world`` makes them."""

from __future__ import annotations

from datetime import UTC, datetime

if __name__ == "__main__":
    import django
    import pytest  # noqa: F401  its presence chooses the tests' settings

    django.setup()

from portal.accounts.models import User
from portal.accounts.rights import Preset
from tests import factories
from workspace.partners import add_person, create_partner

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PASSWORD = "a long enough password"


def make_world() -> None:
    """Make the catalogue, terms, two partners with three people each, and a member of staff."""
    factories.make_catalogue(at=NOW)
    factories.make_terms(at=NOW)
    for slug, title, country, currency, language, zone in (
        ("nordlys", "Nordlys Telekom AB", "SE", "SEK", "en", "Europe/Stockholm"),
        ("brueckner", "Brückner IT GmbH", "DE", "EUR", "de", "Europe/Berlin"),
    ):
        partner = create_partner(
            name=title,
            slug=slug,
            country=country,
            currency=currency,
            language=language,
            time_zone=zone,
            notification_email=f"order@{slug}.example",
            at=NOW,
        )
        for person, preset in (
            ("anna" if slug == "nordlys" else "lena", Preset.ADMINISTRATOR),
            ("jonas" if slug == "nordlys" else "jan", Preset.SALES),
            ("mikael" if slug == "nordlys" else "mia", Preset.TECHNICIAN),
        ):
            add_person(
                partner=partner,
                email=f"{person}@{slug}.example",
                name=f"{person.capitalize()} Test",
                preset=preset,
                password=PASSWORD,
                at=NOW,
            )
    User.objects.create_superuser("staff@kontor.example", PASSWORD, name="Sam Whitlock")


if __name__ == "__main__":
    make_world()
