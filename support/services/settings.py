"""Changing a report's facts, and the settings of problem reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from customers.services.rules import Stale
from portal.history.services import record
from portal.tenancy.context import require_partner
from support.models import ProblemReport, StateLabel, SupportSettings
from support.services.conversation import lock_report
from support.services.progress import save_with
from support.states import WrongReportState
from support.working_time import after_working_minutes

CHANGEABLE = ("subject", "description", "severity", "site", "system", "service", "order")


@transaction.atomic
def change_report(
    report_id: UUID, fields: Mapping[str, Any], *, version: int, at: datetime
) -> ProblemReport:
    """Change subject, description, severity, site, system, service or order of an open report.

    Another severity of a new report gives it another time to be acknowledged. Raise Stale,
    WrongReportState.
    """
    report = lock_report(report_id)
    if not report.is_open:
        raise WrongReportState(report, "answer")
    if report.version != version:
        raise Stale(report, at=at)
    changed = [
        name for name in CHANGEABLE if name in fields and getattr(report, name) != fields[name]
    ]
    if not changed:
        return report
    for name in changed:
        setattr(report, name, fields[name])
    if "severity" in changed and report.state == ProblemReport.State.NEW:
        settings = SupportSettings.objects.get()
        minutes = settings.minutes_for(report.severity)
        zone = require_partner().tz
        report.due_at = (
            after_working_minutes(report.created_at, minutes, settings=settings, zone=zone)
            if minutes
            else None
        )
        report.reminded_at = report.raised_at = None
    save_with(report, *changed, "due_at", "reminded_at", "raised_at", "find_key", at=at)
    record(report, "report_changed", customer_id=report.customer_id, fields=changed)
    return report


@transaction.atomic
def change_support_settings(
    settings: SupportSettings,
    fields: Mapping[str, Any],
    labels: Mapping[str, str],
    *,
    version: int,
    at: datetime,
) -> SupportSettings:
    """Change the settings, and the partner's words for states; "" takes a word away (REG-33).

    Raise Stale.
    """
    current = SupportSettings.objects.select_for_update().get(pk=settings.pk)
    if current.version != version:
        raise Stale(current, at=at)
    for name, value in fields.items():
        setattr(current, name, value)
    current.version += 1
    current.save()
    for state, label in labels.items():
        if label:
            StateLabel.objects.update_or_create(state=state, defaults={"label": label})
        else:
            StateLabel.objects.filter(state=state).delete()
    record(current, "support_settings_changed", customer_id=None)
    return current
