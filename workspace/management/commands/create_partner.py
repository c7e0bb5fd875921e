"""``manage.py create_partner``: a partner with schema, own company and first administrator."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone
from django_countries import countries

from portal.core.errors import RuleError
from portal.tenancy.models import Currency
from workspace.partners import create_partner


class Command(BaseCommand):
    """Creates a partner as the admin does; leaves nothing behind if anything is wrong."""

    help = "Makes a partner: schema, roles, host, own-company customer and first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help='for example "Nordlys Telekom AB"')
        parser.add_argument("--slug", required=True, help="short name, part of its address")
        parser.add_argument("--country", required=True, help="two letters, for example SE")
        parser.add_argument("--currency", required=True, help=", ".join(Currency.values))
        parser.add_argument(
            "--language", required=True, help=", ".join(code for code, _name in settings.LANGUAGES)
        )
        parser.add_argument("--time-zone", required=True, help="for example Europe/Stockholm")
        parser.add_argument("--notification-email", required=True)
        parser.add_argument("--one-stop-shop", action="store_true", help="VAT within the EU")
        parser.add_argument("--vat-number", default="", help="on documents with prices")
        parser.add_argument("--brand-colour", default="#0e5f6c")
        parser.add_argument("--host", default=None, help="default: <slug>.<our host>")
        parser.add_argument("--admin-name", default="")
        parser.add_argument("--admin-email", default="", help="gets the invitation")

    def handle(self, *args: Any, **options: Any) -> None:
        details = {
            name: options[name]
            for name in (
                "name slug country currency language time_zone notification_email brand_colour "
                "host admin_name admin_email vat_number"
            ).split()
        }
        details["country"] = options["country"].upper()
        details["currency"] = options["currency"].upper()
        details["uses_one_stop_shop"] = options["one_stop_shop"]
        _check(details)
        try:
            partner = create_partner(at=timezone.now(), **details)
        except RuleError as error:
            where = f"--{error.field.replace('_', '-')}: " if error.field else ""
            raise CommandError(f"{where}{error} Nothing was made.") from error
        self.stdout.write(f"{partner.name}: {partner.url()} ({partner.account_id})")
        if details["admin_email"]:
            self.stdout.write(f"The invitation goes to {details['admin_email']}.")


def _check(details: dict[str, Any]) -> None:
    """Refuse what the service does not check, all at once."""
    wrong = []
    if not details["name"].strip():
        wrong.append("--name is empty.")
    if details["country"] not in countries:
        wrong.append(f"--country {details['country']} is not a country; two letters, like SE.")
    if details["currency"] not in Currency.values:
        wrong.append(f"--currency is one of {', '.join(Currency.values)}.")
    if details["language"] not in dict(settings.LANGUAGES):
        wrong.append(f"--language is one of {', '.join(dict(settings.LANGUAGES))}.")
    if details["time_zone"] not in zoneinfo.available_timezones():
        wrong.append(f"--time-zone {details['time_zone']} is unknown; like Europe/Stockholm.")
    for name in ("notification_email", "admin_email"):
        if details[name] or name == "notification_email":
            try:
                validate_email(details[name])
            except ValidationError:
                wrong.append(
                    f"--{name.replace('_', '-')} {details[name]} is not an e-mail address."
                )
    if details["admin_name"] and not details["admin_email"]:
        wrong.append("--admin-name needs --admin-email.")
    if wrong:
        raise CommandError("\n".join([*wrong, "Nothing was made."]))
