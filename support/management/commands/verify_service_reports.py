"""`manage.py verify_service_reports`: whether snapshots, pictures and PDFs belong together."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from support.services.verifying import verify_all


class Command(BaseCommand):
    """Compare every finished service report with its hashes (SUP-07)."""

    help = "Compare every finished service report and its PDF with their hashes."

    def handle(self, *args: object, **options: object) -> None:
        """Print what does not fit; fail if there is anything."""
        checked, wrong = 0, []
        for partner in Partner._default_manager.order_by("slug"):
            with in_partner(partner):
                found = verify_all()
            checked += found.checked
            wrong += [f"{partner.slug}: {line}" for line in found.wrong]
        for line in wrong:
            self.stderr.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} of {checked} service reports do not fit.")
        self.stdout.write(f"{checked} service reports are as they were finished.")
