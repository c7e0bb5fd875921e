"""The change log's messages and the notifications about support."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.history.messages import Message, field_label, register_messages
from portal.notices.messages import NoticeMessage, register_notices
from support.models import ProblemReport, ServiceReport


def _with_severity(details: dict[str, Any]) -> dict[str, Any]:
    labels = dict(ProblemReport.Severity.choices)
    return {**details, "severity": labels.get(details.get("severity", ""), "–")}


def _with_fields(details: dict[str, Any]) -> dict[str, Any]:
    labels = [field_label("support.problemreport", name) for name in details["fields"]]
    return {**details, "fields": ", ".join(labels)}


def _with_result(details: dict[str, Any]) -> dict[str, Any]:
    labels = dict(ServiceReport.Result.choices)
    return {**details, "result": labels.get(details.get("result", ""), "–")}


HISTORY: dict[str, Message] = {
    "report_made": Message(_("Problem reported: %(severity)s."), "is-bad", _with_severity),
    "report_acknowledged": Message(_("Report acknowledged."), "is-ok"),
    "report_in_progress": Message(_("Work on the report begun.")),
    "report_waiting": Message(_("Report waits for the customer.")),
    "report_escalated": Message(_("Report escalated to Channel Sales."), "is-bad"),
    "report_resolved": Message(_("Report resolved."), "is-ok"),
    "report_closed": Message(_("Report closed.")),
    "report_cancelled": Message(_("Report cancelled."), "is-bad"),
    "report_reopened": Message(_("Report opened again: %(reason)s"), "is-bad"),
    "report_merged": Message(_("Report merged into %(into)s.")),
    "report_got_duplicate": Message(_("Report %(duplicate)s was merged into this one.")),
    "report_assigned": Message(_("Report assigned to %(person)s.")),
    "report_unassigned": Message(_("Report assigned to nobody.")),
    "report_changed": Message(_("Report changed: %(fields)s."), present=_with_fields),
    "report_converted": Message(_("Report turned into work order %(work_order)s.")),
    "report_all_partner": Message(_("Answer sent to the customer.")),
    "report_all_customer": Message(_("Answer received from the customer.")),
    "report_internal_partner": Message(_("Internal note added.")),
    "report_vendor_partner": Message(_("Message sent to Channel Sales.")),
    "report_vendor_vendor": Message(_("Answer received from Channel Sales.")),
    "report_back": Message(_("Work order %(work_order)s is closed; the report is listed again.")),
    "support_settings_changed": Message(_("Settings of problem reports changed.")),
    "service_planned": Message(_("Work order planned for %(person)s.")),
    "service_begun": Message(_("Service report begun by %(person)s.")),
    "service_written": Message(_("Service report written.")),
    "service_signed": Message(_("Service report signed off by %(name)s."), "is-ok"),
    "service_unsigned": Message(_("Service report finished without signature."), "is-ok"),
    "service_cancelled": Message(_("Cancelled: %(reason)s"), "is-bad"),
    "service_document": Message(_("PDF of the service report made and sealed.")),
}
NOTICES: dict[str, NoticeMessage] = {
    "service_yours": NoticeMessage(
        _("%(who)s gave you work order %(number)s at %(customer)s."), "file-text"
    ),
    "service_finished": NoticeMessage(
        _("%(who)s finished service report %(number)s at %(customer)s: %(result)s."),
        "file-text",
        _with_result,
    ),
    "report_made": NoticeMessage(
        _("%(who)s reported a problem at %(customer)s: %(subject)s (%(number)s)."),
        "alert-triangle",
        kind="reports",
        has_mail=True,
    ),
    "report_answered": NoticeMessage(
        _("%(who)s wrote about %(number)s, %(subject)s."), "message", kind="reports", has_mail=True
    ),
    "report_noted": NoticeMessage(
        _("%(who)s noted something about %(number)s, %(subject)s."), "message", kind="reports"
    ),
    "report_vendor": NoticeMessage(
        _("%(who)s wrote to or from Channel Sales about %(number)s, %(subject)s."),
        "message",
        kind="reports",
    ),
    "report_acknowledged": NoticeMessage(
        _("%(who)s acknowledged %(number)s, %(subject)s."), "circle-check", kind="reports"
    ),
    "report_resolved": NoticeMessage(
        _("%(who)s solved %(number)s, %(subject)s."), "circle-check", kind="reports"
    ),
    "report_reopened": NoticeMessage(
        _("%(who)s opened %(number)s, %(subject)s, again."),
        "alert-triangle",
        kind="reports",
        has_mail=True,
    ),
    "report_yours": NoticeMessage(
        _("%(who)s gave you %(number)s, %(subject)s."), "user-check", kind="reports", has_mail=True
    ),
    "report_quiet": NoticeMessage(
        _("Nothing was heard of %(number)s, %(subject)s, of %(customer)s for a while."),
        "bell",
        kind="reports",
        has_mail=True,
    ),
    "report_overdue": NoticeMessage(
        _("Nobody has acknowledged %(number)s, %(subject)s, of %(customer)s in time."),
        "alert-triangle",
        kind="reports",
        has_mail=True,
    ),
}


def register() -> None:
    """Register the messages; called once when the app is ready."""
    register_messages(HISTORY)
    register_notices(NOTICES)
