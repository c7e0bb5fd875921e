"""Channel sales' admin: the escalated reports of all partners, and each in its partner's admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.channel.models import EscalatedReport
from portal.core.admin_actions import (
    ObjectAction,
    ObjectActionForm,
    ObjectActionsAdmin,
    ReadOnlyAdmin,
)
from portal.core.admin_filters import ChoiceFilter
from portal.core.admin_sites import partner_site
from portal.core.staff_rights import StaffGroup
from portal.core.templatetags.kontor import moment
from portal.core.templatetags.kontor import state as state_tag
from portal.history.queries import timeline_of
from portal.tenancy.models import Partner
from support import admin_desk  # noqa: F401  adds its figures
from support.models import Comment, ProblemReport
from support.services.handing_over import answer_by_vendor
from support.states import CSS, SEVERITY_CSS, WrongReportState, may_go

SEVERITIES = dict(ProblemReport.Severity.choices)


def report_page(partner: Partner, report_id: object) -> str:
    """Return the address of a report's page in its partner's admin."""
    return f"/admin/p/{partner.slug}/support/problemreport/{report_id}/change/"


def severity_badge(severity: str) -> SafeString:
    """Return the severity as a dot and its first word."""
    return state_tag(SEVERITY_CSS[severity], str(SEVERITIES[severity]).partition(" – ")[0])


class SeverityFilter(ChoiceFilter):
    """The filter by severity, in words."""

    title = gettext_lazy("severity")
    parameter_name = "severity"
    choices_of = list(ProblemReport.Severity.choices)


@admin.register(EscalatedReport)
class EscalatedReportAdmin(ReadOnlyAdmin[EscalatedReport]):
    """The escalated reports of all partners: whose turn it is, the oldest first."""

    list_display = ("number_link", "subject", "customer_shown", "severity_shown", "turn", "since")
    list_display_links = None
    list_filter = ("is_open", SeverityFilter, "partner")
    list_select_related = ("partner",)
    search_fields = ("number__startswith", "customer_name__icontains", "subject__icontains")
    search_help_text = gettext_lazy("Number or subject of the report, customer")
    ordering = ("-is_open", "escalated_at")
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[EscalatedReport]:
        return EscalatedReport.objects.across_partners()

    @admin.display(description=gettext_lazy("report"), ordering="number")
    def number_link(self, row: EscalatedReport) -> SafeString:
        url = report_page(row.partner, row.report_id)
        return format_html('<a href="{}">{}</a>', url, row.number)

    @admin.display(description=gettext_lazy("customer, partner"), ordering="customer_name")
    def customer_shown(self, row: EscalatedReport) -> SafeString:
        customer = f"{row.customer_name}, {row.customer_number}"
        return format_html('{}<br><span class="quiet">{}</span>', customer, row.partner)

    @admin.display(description=gettext_lazy("severity"), ordering="severity")
    def severity_shown(self, row: EscalatedReport) -> SafeString:
        return severity_badge(row.severity)

    @admin.display(description=gettext_lazy("whose turn"), ordering="is_open")
    def turn(self, row: EscalatedReport) -> str:
        return _("Ours") if row.is_open else _("The partner's")

    @admin.display(description=gettext_lazy("escalated"), ordering="escalated_at")
    def since(self, row: EscalatedReport) -> str:
        return moment(row.escalated_at)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Redirect to the report in its partner's admin."""
        row = self.get_object(request, object_id)
        if row is None:
            return HttpResponseRedirect("/admin/channel/escalatedreport/")
        return HttpResponseRedirect(report_page(row.partner, row.report_id))


class AnswerForm(ObjectActionForm):
    """The answer of channel sales to the partner."""

    text = forms.CharField(
        label=gettext_lazy("Answer to the partner"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write the answer.")},
    )


def _answer(request: HttpRequest, report: ProblemReport, data: Mapping[str, Any]) -> str:
    assert isinstance(request.user, User)
    answer_by_vendor(report.pk, text=data["text"], name=request.user.name, at=timezone.now())
    return _("Report %(number)s is with the partner again.") % {"number": report.number}


def _why_not(report: ProblemReport) -> str:
    is_ours = report.state == ProblemReport.State.ESCALATED
    back = may_go(report, ProblemReport.State.IN_PROGRESS)
    return "" if is_ours and back else str(WrongReportState(report, "answer"))


@admin.register(ProblemReport, site=partner_site)
class ProblemReportAdmin(ObjectActionsAdmin[ProblemReport]):
    """One partner's escalated reports; internal notes stay the partner's own."""

    group = StaffGroup.ORDERS
    object_actions = {
        "answer": ObjectAction(
            label=gettext_lazy("Answer"),
            title=lambda report: _("Answer report %(number)s") % {"number": report.label},
            run=_answer,
            form=AnswerForm,
            why_not=_why_not,
            explain=lambda report: [_("The answer goes to the partner, not to the customer.")],
            primary=True,
        )
    }
    summary_template = "admin/support/problemreport/summary.html"
    list_display = ("number", "subject", "customer", "state")
    list_select_related = ("customer",)
    search_fields = ("number__startswith", "subject__icontains", "customer__name__icontains")
    ordering = ("-escalated_at",)
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ProblemReport]:
        """Return what was ever escalated; nothing else is channel sales' business (ONB-19)."""
        return ProblemReport.objects.filter(escalated_at__isnull=False)

    def summary(self, request: HttpRequest, obj: ProblemReport) -> dict[str, Any]:
        notes = Comment.Audience.PARTNER
        return {
            "title": obj.label,
            "report": obj,
            "customer": obj.customer,
            "state_badge": state_tag(CSS[obj.state], obj.get_state_display()),
            "severity_badge": severity_badge(obj.severity),
            "comments": obj.comments.exclude(audience=notes).order_by("created_at", "pk"),
            "timeline": timeline_of(obj),
        }
