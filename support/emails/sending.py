"""The e-mails about problem reports: to support contacts, the reporter, and the partner's people.

Each recipient gets a message of their own, so that no address is disclosed to another (ONB-18).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.accounts.models import Membership
from portal.core.formats import day
from portal.core.templatetags.kontor import moment
from portal.outbox.models import Document, OutboundEmail
from portal.outbox.rendering import Voice
from portal.outbox.replies import reply_address
from portal.outbox.services import queue_email
from portal.tenancy.context import require_partner
from support.models import Comment, ProblemReport, ServiceReport
from support.recipients import readers_of, support_email


def _facts(report: ProblemReport) -> list[tuple[str, str]]:
    """Return what every e-mail sums up, in the language that is active."""
    where = [str(part) for part in (report.site, report.service and report.service.title) if part]
    rows = [
        (_("Report"), report.label),
        (_("Customer"), report.customer.label),
        (_("Severity"), str(report.get_severity_display())),
        (_("Where"), ", ".join(where)),
        (_("Reported by"), f"{report.reporter_name}, {moment(report.created_at)}"),
    ]
    return [(label, value) for label, value in rows if value]


def queue_about(
    report: ProblemReport,
    template: str,
    *,
    to: str,
    name: str,
    language: str,
    key: str,
    at: datetime,
    membership_id: UUID | None = None,
    context: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    voice: Voice = Voice.PARTNER,
) -> OutboundEmail:
    partner = require_partner()
    with override(language):
        shared = {"report": report, "customer": report.customer, "summary": _facts(report)}
    answers: str | None = None
    if voice is Voice.PARTNER:
        answers = reply_address(report, to, at=at, membership_id=membership_id) or support_email()
    return queue_email(
        to=to,
        template=template,
        context={**shared, "name": name, **(context or {})},
        language=language,
        key=f"report-{key}-{report.pk}-{to.casefold()}"[:200],
        partner=partner,
        about=report,
        reply_to=answers,
        voice=voice,
        at=at,
        secrets=secrets,
    )


def _page(report: ProblemReport) -> str:
    return require_partner().page("support:report", report.pk)


def to_person(
    report: ProblemReport,
    template: str,
    person: Membership,
    *,
    key: str,
    at: datetime,
    context: Mapping[str, Any] | None = None,
    voice: Voice = Voice.PARTNER,
) -> None:
    """Tell one of the partner's people, with a button to the report's page."""
    language = person.user.language
    with override(language):
        label = _("Open the report")
    queue_about(
        report,
        template,
        to=person.user.email,
        name=person.user.get_short_name(),
        language=language,
        key=key,
        at=at,
        membership_id=person.pk,
        voice=voice,
        context={**(context or {}), "button_url": _page(report), "button_label": label},
    )


def to_support(
    report: ProblemReport,
    template: str,
    *,
    key: str,
    at: datetime,
    context: Mapping[str, Any] | None = None,
) -> None:
    """Tell the partner's support address."""
    partner = require_partner()
    with override(partner.language):
        label = _("Open the report")
    queue_about(
        report,
        template,
        to=support_email(),
        name=partner.name,
        language=partner.language,
        key=key,
        at=at,
        context={**(context or {}), "button_url": _page(report), "button_label": label},
    )


def to_customer(
    report: ProblemReport,
    template: str,
    *,
    to: str,
    name: str,
    key: str,
    at: datetime,
    language: str = "",
    membership_id: UUID | None = None,
    context: Mapping[str, Any] | None = None,
) -> None:
    """Tell somebody of the customer: the reporter, or a support contact."""
    queue_about(
        report,
        template,
        to=to,
        name=name,
        language=language or report.customer.language,
        key=key,
        at=at,
        membership_id=membership_id,
        context=context,
    )


def answer_context(comment: Comment) -> dict[str, Any]:
    """Return what an e-mail shows of an answer."""
    return {"comment": comment, "author": comment.author_name}


def service_report(work: ServiceReport, document: Document, *, at: datetime) -> None:
    """Send a finished service report to who reads it, with its PDF attached (SUP-08)."""
    language = work.customer.language
    with override(language):
        rows = [
            (_("Service report"), work.number),
            (_("Customer"), work.customer.label),
            (_("Site"), work.site.name if work.site is not None else ""),
            (_("Date"), day(work.performed_on) if work.performed_on else ""),
            (_("Technician"), work.technician.shown_name),
            (_("Result"), str(work.get_result_display())),
            (_("Next step"), work.next_step),
        ]
    for contact in readers_of(work):
        queue_email(
            to=contact.email,
            template="support/email/service",
            context={
                "work": work,
                "customer": work.customer,
                "name": contact.full_name,
                "summary": [(label, value) for label, value in rows if value],
            },
            language=language,
            key=f"service-report-{work.pk}-{contact.email.casefold()}"[:200],
            about=work,
            reply_to=support_email(),
            document=document,
            at=at,
        )
