"""What happens by itself: reminders, escalation inside the partner, and closing (REG-33)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from portal.accounts.models import Membership
from portal.tenancy.context import local_day, require_partner
from support import emails
from support.models import ProblemReport
from support.queries import support_settings
from support.services.conversation import customer_side, lock_report
from support.services.progress import close
from support.services.reporting import notify_people, people_of
from support.working_time import after_working_minutes

State = ProblemReport.State
# Days before the closing that the customer is told of it.
TOLD_BEFORE = 2
# How many reports one sweep handles of each kind.
BATCH = 200


def sweep(*, at: datetime) -> int:
    """Remind, raise, announce the closing and close what is due; return how many."""
    return (
        _remind(at=at) + _raise(at=at) + _remind_handlers(at=at) + _announce(at=at) + _close(at=at)
    )


def _remind(*, at: datetime) -> int:
    """Remind the people on a report that nobody acknowledged in time."""
    due = ProblemReport.objects.filter(state=State.NEW, due_at__lte=at, reminded_at=None)
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:BATCH])
    for pk in ids:
        with transaction.atomic():
            report = lock_report(pk)
            if report.state != State.NEW or report.reminded_at is not None:
                continue
            report.reminded_at = at
            report.save(update_fields=["reminded_at"])
            people = people_of(report, at=at)
            notify_people(report, "report_overdue", people, by=None, at=at)
            for person in people:
                emails.to_person(report, "support/email/reminder", person, key="reminder", at=at)
            if not people:
                emails.to_support(report, "support/email/reminder", key="reminder", at=at)
    return len(ids)


def _raise(*, at: datetime) -> int:
    """Tell the administrators of a report that is not acknowledged after the reminder either.

    They are told when the same working time has passed once more.
    """
    settings, partner = support_settings(), require_partner()
    waiting = ProblemReport.objects.filter(
        state=State.NEW, reminded_at__isnull=False, raised_at=None
    )
    raised = 0
    for report in waiting.select_related("customer", "site", "service__product")[:BATCH]:
        assert report.due_at is not None
        minutes = settings.minutes_for(report.severity)
        later = after_working_minutes(report.due_at, minutes, settings=settings, zone=partner.tz)
        if later is None or later > at:
            continue
        with transaction.atomic():
            current = lock_report(report.pk)
            if current.state != State.NEW or current.raised_at is not None:
                continue
            current.raised_at = at
            current.save(update_fields=["raised_at"])
            bosses = _administrators()
            notify_people(current, "report_overdue", bosses, by=None, at=at)
            for person in bosses:
                emails.to_person(current, "support/email/reminder", person, key="raised", at=at)
            emails.to_support(current, "support/email/reminder", key="raised", at=at)
            raised += 1
    return raised


def _remind_handlers(*, at: datetime) -> int:
    """Remind whoever works on a report of which nothing was heard for the set working time.

    Once, until something happens again.
    """
    settings, partner = support_settings(), require_partner()
    if not settings.reminder_hours:
        return 0
    quiet = ProblemReport.objects.filter(
        Q(reminded_at=None) | Q(reminded_at__lt=F("changed_at")),
        state__in=(State.ACKNOWLEDGED, State.IN_PROGRESS),
        handler__isnull=False,
        work_order=None,
        changed_at__lte=at - timedelta(hours=settings.reminder_hours),
    )
    reminded = 0
    for row in quiet.order_by("changed_at")[:BATCH]:
        minutes = settings.reminder_hours * 60
        due = after_working_minutes(row.changed_at, minutes, settings=settings, zone=partner.tz)
        if due is None or due > at:
            continue
        with transaction.atomic():
            report = lock_report(row.pk)
            if report.version != row.version or report.reminded_at != row.reminded_at:
                continue
            report.reminded_at = at
            report.save(update_fields=["reminded_at"])
            reminded += _remind_handler(report, at=at)
    return reminded


def _remind_handler(report: ProblemReport, *, at: datetime) -> int:
    people = [person for person in people_of(report, at=at) if person.pk == report.handler_id]
    notify_people(report, "report_quiet", people, by=None, at=at)
    for person in people:
        key = f"quiet-{report.version}"
        emails.to_person(report, "support/email/quiet", person, key=key, at=at)
    return len(people)


def _administrators() -> list[Membership]:
    """Return the partner's people who make the settings."""
    partner = require_partner()
    people = Membership.objects.own_people(partner).filter(
        state=Membership.State.ACTIVE,
        user__is_active=True,
        role__rights__contains=["change_settings"],
    )
    found = list(people.select_related("user", "role").order_by("pk"))
    for person in found:
        person.partner = partner
    return found


def _announce(*, at: datetime) -> int:
    """Tell the customer's side that a resolved report will be closed."""
    days = support_settings().close_after_days
    soon = at - timedelta(days=max(days - TOLD_BEFORE, 0))
    due = ProblemReport.objects.filter(
        state=State.RESOLVED, resolved_at__lte=soon, closing_told_at=None
    )
    ids = list(due.order_by("resolved_at").values_list("pk", flat=True)[:BATCH])
    for pk in ids:
        with transaction.atomic():
            report = lock_report(pk)
            if report.state != State.RESOLVED or report.closing_told_at is not None:
                continue
            report.closing_told_at = at
            report.save(update_fields=["closing_told_at"])
            closes_on = local_day(_closes_at(report, days))
            for address, name in customer_side(report).items():
                emails.to_customer(
                    report,
                    "support/email/closing",
                    to=address,
                    name=name,
                    key=f"closing-{report.version}",
                    at=at,
                    context={"closes_on": closes_on},
                )
    return len(ids)


def _closes_at(report: ProblemReport, days: int) -> datetime:
    """Return when a report closes: never earlier than it was announced before."""
    assert report.resolved_at is not None and report.closing_told_at is not None
    told = report.closing_told_at + timedelta(days=min(TOLD_BEFORE, days))
    return max(report.resolved_at + timedelta(days=days), told)


def _close(*, at: datetime) -> int:
    """Close the resolved reports whose time is over and whose closing was announced."""
    days = support_settings().close_after_days
    due = ProblemReport.objects.filter(
        state=State.RESOLVED,
        resolved_at__lte=at - timedelta(days=days),
        closing_told_at__isnull=False,
    )
    closed = 0
    for report in due.order_by("resolved_at")[:BATCH]:
        if _closes_at(report, days) <= at:
            close(report.pk, at=at)
            closed += 1
    return closed
