"""Reading problem reports for pages, and the settings."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Count

from portal.accounts.models import Membership
from portal.files.models import Attachment
from support.models import Comment, ProblemReport, ReportWatcher, StateLabel, SupportSettings


def support_settings() -> SupportSettings:
    """Return the partner's settings of problem reports; they are made when first asked for."""
    return SupportSettings.objects.first() or SupportSettings.objects.get_or_create()[0]


def state_labels() -> dict[str, str]:
    """Return what the partner calls each state of a report (REG-33), by the state."""
    own = dict(StateLabel.objects.values_list("state", "label"))
    return {state.value: own.get(state.value) or str(state.label) for state in ProblemReport.State}


def reports_waiting(person: Membership) -> int:
    """Return how many reports nobody has acknowledged yet: the counter in the menu (REG-33)."""
    return ProblemReport.objects.visible_to(person).filter(state=ProblemReport.State.NEW).count()


def watchers_of(report: ProblemReport) -> set[object]:
    """Return the ids of the people who were put on a report."""
    rows = ReportWatcher.objects.filter(report=report)
    return set(rows.values_list("membership_id", flat=True))


def report_files(report: ProblemReport, comments: Iterable[Comment]) -> models.QuerySet[Attachment]:
    """Return the files of a report, and those of these comments on it."""
    ids = [report.pk, *(comment.pk for comment in comments)]
    labels = (report._meta.label_lower, Comment._meta.label_lower)
    return Attachment.objects.filter(
        customer_id=report.customer_id, about_model__in=labels, about_id__in=ids
    )


def open_by_severity(person: Membership) -> dict[str, int]:
    """Return how many open reports there are of each severity."""
    rows = (
        ProblemReport.objects.visible_to(person)
        .open()
        .order_by()
        .values_list("severity")
        .annotate(Count("pk"))
    )
    return dict(rows)
