"""Acknowledging a report by the link of the e-mail: GET shows, POST acts (ONB-18)."""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.accounts.access import by_link
from portal.core.errors import RuleError
from portal.core.http import get_or_post
from portal.core.limits import exceeded, too_many
from portal.core.link_cookies import is_let_in, let_in, private
from portal.core.links import secret_hash, secret_in
from portal.tenancy.context import current_partner
from support.models import ProblemReport, ReportRecipient
from support.services.progress import acknowledge

COOKIE = "report"
BAD_LINKS_A_MINUTE = 10


@by_link
@never_cache
@require_safe
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Exchange the mailed link's secret for a cookie, and redirect; 404 for an unknown one."""
    rows = ReportRecipient.objects.filter(token_hash=secret_hash(secret_in(secret)))
    recipient = rows.first() if current_partner() is not None else None
    if recipient is None:
        return _unknown(request)
    page = redirect("support_link:page", recipient.pk)
    return private(let_in(page, COOKIE, recipient.pk))


def _unknown(request: HttpRequest) -> HttpResponse:
    address = str(get_adapter(request).get_client_ip(request))
    wait = exceeded("bad-link", address, allowed=BAD_LINKS_A_MINUTE, seconds=60)
    if wait:
        return private(too_many(request, wait, _("Too many links that lead nowhere were opened.")))
    return private(render(request, "support/acknowledge_gone.html", status=404))


@by_link
@never_cache
@get_or_post
def page(request: HttpRequest, recipient_id: UUID) -> HttpResponse:
    """Show the report of a link, and acknowledge it on request."""
    known = current_partner() is not None and is_let_in(request, COOKIE, recipient_id)
    rows = ReportRecipient.objects.select_related("report__customer", "report__site")
    recipient = rows.filter(pk=recipient_id).first() if known else None
    if recipient is None:
        return _unknown(request)
    report, refusal = recipient.report, ""
    translation.activate(report.customer.language)
    if request.method == "POST":
        try:
            acknowledge(report.pk, by=None, at=timezone.now(), recipient=recipient)
        except RuleError as error:
            refusal = str(error)
        report.refresh_from_db()
    context = {
        "report": report,
        "recipient": recipient,
        "refusal": refusal,
        "is_new": report.state == ProblemReport.State.NEW,
        "partner": current_partner(),
    }
    return private(render(request, "support/acknowledge.html", context))
