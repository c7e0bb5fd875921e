"""Check all evidence and all issued documents, byte by byte."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from quotes.models import Evidence
from quotes.services.evidence import problems


class Command(BaseCommand):
    help = "Check the chain of evidence and the issued documents of all partners (or --partner)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--partner", help="short name of one partner")

    def handle(self, *args: object, **options: object) -> None:
        partners = Partner._default_manager.order_by("slug")
        if options["partner"]:
            partners = partners.filter(slug=options["partner"])
        found = 0
        for partner in partners:
            with in_partner(partner):
                wrong = list(problems())
                for problem in wrong:
                    self.stderr.write(f"{partner.slug}: {problem}")
                found += len(wrong)
                self.stdout.write(f"{partner.slug}: {Evidence.objects.count()} entries checked")
        if found:
            raise CommandError(f"{found} problems found")
