"""Changing a report's facts, and the settings of problem reports (REG-33)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.forms.differences import ShowDifferences, form_version
from portal.accounts.access import PartnerRequest, needs
from portal.core.http import form_data, get_or_post
from support.forms.reports import AboutForm
from support.forms.settings import SupportSettingsForm
from support.http import ReportRequest, load_report
from support.queries import support_settings
from support.services.settings import change_report, change_support_settings
from support.states import WrongReportState


@needs("change_report", load=load_report, of="report")
@get_or_post
def change(request: ReportRequest) -> HttpResponse:
    """Change what a report is about."""
    report = request.report
    if not report.is_open:
        messages.error(request, str(WrongReportState(report, "answer")))
        return redirect("support:report", report.pk)
    names = ("subject", "description", "severity", "site", "system", "service", "order")
    form = AboutForm(
        form_data(request),
        customer=report.customer,
        person=request.membership,
        initial={name: getattr(report, name) for name in names},
    )
    shown = ShowDifferences(form, form_version(request, report))
    if request.method == "POST" and form.is_valid():
        with shown:
            facts, version = form.cleaned_data, shown.version
            change_report(report.pk, facts, version=version, at=timezone.now())
            messages.success(request, _("Report %s was changed.") % report.number)
            return redirect("support:report", report.pk)
    context = {"form": form, "report": report, **shown.context}
    return render(request, "support/change.html", context, status=shown.status)


@needs("change_settings")
@get_or_post
def settings(request: PartnerRequest) -> HttpResponse:
    """Change the settings of problem reports."""
    current = support_settings()
    form = SupportSettingsForm(form_data(request), instance=current)
    shown = ShowDifferences(form, form_version(request, current))
    if request.method == "POST" and form.is_valid():
        with shown:
            facts, words, version = form.facts(), form.words(), shown.version
            change_support_settings(current, facts, words, version=version, at=timezone.now())
            messages.success(request, _("The settings were saved."))
            return redirect("support:settings")
    context = {"form": form, **shown.context}
    return render(request, "support/settings.html", context, status=shown.status)
