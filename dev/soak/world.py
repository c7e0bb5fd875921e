"""The portal of the soak as people see it: a partner with a customer of its own, and sessions."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.db import connections
from django.utils import timezone

from dev.soak.site import Site

PASSWORD = "demo-2026-kontor"  # noqa: S105  of the demo data
STAFF = "staff@kontor.example"


def use_database(site: Site) -> None:
    """Let this process read and prepare the site's data, as a command of the operator."""
    os.environ.update(site.environment, KONTOR_PROCESS="command")
    django.setup()
    from django.db import connection

    url = urlsplit(site.services.env["DATABASE_URL"])
    connection.close()
    connection.settings_dict.update(
        HOST=url.hostname, PORT=str(url.port), PASSWORD=url.password, USER=url.username
    )
    settings.SECRET_KEY = site.environment["SECRET_KEY"]
    settings.CELERY_BROKER_URL = site.environment["REDIS_URL"]


class World:
    """The partner Nordlys with a customer of its own for the soak, and people signed in."""

    def __init__(self, site: Site, *, keeps: bool = False) -> None:
        # Its own connection to the database, where no fault takes it away.
        self._keeps = keeps
        self.site = site
        use_database(site)
        from customers.services import create_customer, set_domains
        from portal.accounts.models import Membership
        from portal.tenancy.context import in_public
        from portal.tenancy.models import Partner

        with in_public():
            self.partner = Partner.objects.get(slug="nordlys")
            people = Membership.objects.for_partner(self.partner).select_related("user", "role")
            self.boss = people.get(user__email="anna@nordlys.example")
        self.boss.partner = self.partner
        with self.inside():
            self.customer = create_customer(
                at=timezone.now(),
                by=None,
                name=f"Tålig Prövning {secrets.token_hex(3)} AB",
                number=str(secrets.randbelow(900_000) + 100_000),
                billing_email="faktura@prövning.example".replace("ö", "o"),
                credit_limit=Decimal(90_000_000),
                street="Hamngatan 1",
                postal_code="803 20",
                city="Gävle",
            )
            set_domains(self.customer, ["provning.example"])
        self.anna, self.sales = site.browser("nordlys"), site.browser("nordlys")
        self.staff = site.browser("")
        for browser, email in ((self.anna, "anna@nordlys.example"), (self.staff, STAFF)):
            answer = browser.sign_in(email, PASSWORD)
            assert answer.status == 302, (email, answer)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Enter the partner's context, on a new connection unless it is kept."""
        from portal.tenancy.context import in_partner

        self._leave()
        with in_partner(self.partner):
            yield
        self._leave()

    def _leave(self) -> None:
        if not self._keeps:
            connections.close_all()
