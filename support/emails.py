"""The e-mails about problem reports: to support contacts, the reporter, and the partner's people.

Each recipient gets a message of their own, so that no address is disclosed to another (ONB-18).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.core.links import new_secret, secret_hash
from portal.core.templatetags.kontor import moment
from portal.outbox.models import OutboundEmail
from portal.outbox.replies import reply_address
from portal.outbox.services import queue_email, renews
from portal.tenancy.context import require_partner
from support.models import Comment, ProblemReport, ReportRecipient
from support.recipients import support_email

CONTACT = "support/email/contact"


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


def _queue(
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
) -> OutboundEmail:
    partner = require_partner()
    with override(language):
        shared = {"report": report, "customer": report.customer, "summary": _facts(report)}
    answers = reply_address(report, to, at=at, membership_id=membership_id) or support_email()
    return queue_email(
        to=to,
        template=f"support/email/{template}",
        context={**shared, "name": name, **(context or {})},
        language=language,
        key=f"report-{key}-{report.pk}-{to.casefold()}"[:200],
        partner=partner,
        about=report,
        reply_to=answers,
        at=at,
        secrets=secrets,
    )


def acknowledge_link(secret: str) -> str:
    """Return the address of the link that acknowledges a report, on the partner's host."""
    path = reverse("support_link:open", urlconf="portal.urls", args=[secret])
    return require_partner().url(path)


def to_contact(recipient: ReportRecipient, *, secret: str, at: datetime) -> None:
    """Tell a support contact of a report; the mail's link acknowledges it (ONB-18)."""
    report = recipient.report
    language = report.customer.language
    with override(language):
        label = _("Acknowledge the report")
    _queue(
        report,
        "contact",
        to=recipient.email,
        name=recipient.name,
        language=language,
        key="made",
        at=at,
        context={"recipient": recipient, "button_label": label},
        secrets={"button_url": acknowledge_link(secret)},
    )


@renews(CONTACT)
def renew_link(email: OutboundEmail, *, at: datetime) -> Mapping[str, str]:
    """Return another link for a mail that did not arrive; to the recipient's present address."""
    recipient = ReportRecipient.objects.filter(
        report=email.about_id, email__iexact=email.to_address
    ).first()
    if recipient is None:
        recipient = _moved(email)
    secret = new_secret()
    recipient.token_hash = secret_hash(secret)
    recipient.save(update_fields=["token_hash", "email"])
    return {"button_url": acknowledge_link(secret)}


def _moved(email: OutboundEmail) -> ReportRecipient:
    """Return the recipient whose contact has this address by now; raise RuleError for none."""
    recipients = ReportRecipient.objects.filter(report=email.about_id)
    found = recipients.filter(contact__email__iexact=email.to_address).first()
    if found is None:
        raise RuleError(_("This address is not a support contact's. Answer on the report's page."))
    found.email = email.to_address
    return found


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
) -> None:
    """Tell one of the partner's people, with a button to the report's page."""
    language = person.user.language
    with override(language):
        label = _("Open the report")
    _queue(
        report,
        template,
        to=person.user.email,
        name=person.user.get_short_name(),
        language=language,
        key=key,
        at=at,
        membership_id=person.pk,
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
    _queue(
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
    _queue(
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
