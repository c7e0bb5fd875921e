"""What support stores about a customer and its contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from customers.models import Contact, Customer
from customers.related_data import Effect, RelatedData
from support.models import Comment, ProblemReport, ReportRecipient, ServiceReport


class ReportsOfCustomer(RelatedData):
    """Problem reports and service reports."""

    def on_deactivation(self, customer: Customer) -> list[Effect]:
        """Return the open reports: they stay, and can be finished."""
        count = ProblemReport.objects.filter(customer=customer).open().count()
        return [Effect(_("Open problem reports"), count, _("Stay open and can be finished."))]

    def against_deletion(self, customer: Customer) -> list[Effect]:
        """Return the reports: a customer that has any is deactivated instead."""
        reports = ProblemReport.objects.filter(customer=customer).count()
        count = reports + ServiceReport.objects.filter(customer=customer).count()
        return [Effect(_("Reports"), count, _("Forbid it: deactivate instead.") if count else "")]

    def held_about(self, contact: Contact) -> dict[str, Any]:
        """Return the reports that the contact made or got (D19)."""
        reports = _naming(contact).order_by("created_at", "pk")
        got = ReportRecipient.objects.filter(contact=contact).order_by("created_at", "pk")
        return {
            "problem_reports": [
                {"number": each.number, "subject": each.subject, "name": each.reporter_name}
                for each in reports
            ],
            "problem_reports_received": [
                {"number": each.report.number, "email": each.email}
                for each in got.select_related("report")
            ],
            "service_reports_signed": [
                {"number": number, "name": name}
                for number, name in _signed_by(contact).values_list("number", "signer_name")
            ],
        }

    def after_erasure(self, contact: Contact) -> list[Effect]:
        """Return the reports: what was wrong stays, without the name."""
        return [
            Effect(
                _("Problem reports of this person"),
                _naming(contact).count(),
                _("What was wrong and what was done stays; the name goes."),
            ),
            Effect(
                _("Service reports that this person signed"),
                _signed_by(contact).count(),
                _("What was signed stays as it was signed."),
            ),
        ]

    def on_erasure(self, contact: Contact) -> list[Effect]:
        """Return where name and address are replaced (D19)."""
        answers = Comment.objects.filter(
            customer_id=contact.customer_id, author_email__iexact=contact.email
        )
        got = ReportRecipient.objects.filter(contact=contact)
        replaced = _("Name and address are replaced.")
        return [
            Effect(_("Problem reports made"), _naming(contact).count(), replaced),
            Effect(_("Problem reports received"), got.count(), replaced),
            Effect(_("Answers to problem reports"), answers.count(), replaced),
        ]

    def erase(self, contact: Contact, *, at: datetime) -> None:
        """Take name and address out of reports and answers (D19)."""
        gone = _("Erased contact")
        if contact.email:
            Comment.objects.filter(
                customer_id=contact.customer_id, author_email__iexact=contact.email
            ).update(author_name=gone, author_email="")
        for report in _naming(contact):
            report.reporter_name, report.reporter_email = gone, ""
            report.save(update_fields=["reporter_name", "reporter_email", "find_key"])
        ReportRecipient.objects.filter(contact=contact).update(name=gone)
        for row in ReportRecipient.objects.filter(contact=contact):
            row.email = f"erased-{row.pk.hex}@invalid.example"
            row.save(update_fields=["email"])


def _signed_by(contact: Contact) -> QuerySet[ServiceReport]:
    return ServiceReport.objects.filter(signer=contact).order_by("created_at", "pk")


def _naming(contact: Contact) -> Any:
    mine = Q(contact=contact)
    if contact.email:
        mine |= Q(reporter_email__iexact=contact.email)
    return ProblemReport.objects.filter(mine, customer_id=contact.customer_id)
