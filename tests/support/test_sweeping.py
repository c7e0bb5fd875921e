"""What happens by itself: working hours, reminders, escalation inside the partner, closing."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from portal.accounts.models import Membership
from portal.notices.models import Notice
from portal.tenancy.models import Partner
from support.models import ProblemReport, SupportSettings
from support.queries import support_settings
from support.services import progress
from support.services.sweeping import sweep
from support.working_time import after_working_minutes, working_minutes
from tests.conftest import NOW
from tests.support.conftest import addresses

STOCKHOLM = ZoneInfo("Europe/Stockholm")
S = ProblemReport.State


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


NOBODYS = UUID(int=0)
HOURS = SupportSettings(
    partner_id=NOBODYS, opens_at=time(8), closes_at=time(17), days=[1, 2, 3, 4, 5]
)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-27 10:00", 30, "2026-11-27 10:30"),
        ("2026-11-27 16:50", 30, "2026-11-30 08:20"),  # Friday evening to Monday
        ("2026-11-28 12:00", 60, "2026-11-30 09:00"),  # Saturday
        ("2026-11-27 05:00", 10, "2026-11-27 08:10"),  # before opening
        ("2026-11-27 17:00", 540, "2026-11-30 17:00"),  # a whole day
        ("2026-10-23 16:00", 120, "2026-10-26 09:00"),  # over the change of the clocks
    ],
)
def test_time_runs_only_in_working_hours(start: str, minutes: int, end: str) -> None:
    """REG-33: in the partner's time zone, over nights, weekends and the change of the clocks."""
    found = after_working_minutes(at(start), minutes, settings=HOURS, zone=STOCKHOLM)
    assert found is not None and found.astimezone(UTC) == at(end).astimezone(UTC)
    assert working_minutes(at(start), at(end), settings=HOURS, zone=STOCKHOLM) == minutes


def test_partner_without_working_days_has_no_limit() -> None:
    closed = SupportSettings(partner_id=NOBODYS, opens_at=time(8), closes_at=time(17), days=[])
    start = at("2026-11-27 10:00")
    assert after_working_minutes(start, 30, settings=closed, zone=STOCKHOLM) is None


def test_nobody_acknowledges_in_time(
    report: ProblemReport, nordlys: Partner, mikael: Membership, anna: Membership
) -> None:
    """REG-33: first the people on it, then the administrators; each once."""
    assert report.due_at is not None
    early = report.due_at - timedelta(minutes=1)
    sweep(at=early)
    assert addresses(nordlys, "reminder") == []
    for _twice in range(2):
        sweep(at=report.due_at)
    assert addresses(nordlys, "reminder") == ["mikael@nordlys.example"]
    week = report.due_at + timedelta(days=7)
    for _twice in range(2):
        sweep(at=week)
    assert addresses(nordlys, "reminder") == [
        "anna@nordlys.example",
        "mikael@nordlys.example",
        nordlys.notification_email,
    ]
    told = Notice.objects.filter(verb="report_overdue").values_list("membership_id", flat=True)
    assert sorted(told) == sorted([mikael.pk, anna.pk])


def test_acknowledged_report_reminds_nobody(
    report: ProblemReport, nordlys: Partner, anna: Membership
) -> None:
    progress.acknowledge(report.pk, by=anna, at=NOW)
    sweep(at=NOW + timedelta(days=30))
    assert addresses(nordlys, "reminder") == []


def test_resolved_report_closes_by_itself_after_a_mail(
    report: ProblemReport, nordlys: Partner, anna: Membership
) -> None:
    """REG-33: announced two days before; the mail names the day; then closed."""
    ProblemReport.objects.filter(pk=report.pk).update(state=S.IN_PROGRESS)
    progress.resolve(report.pk, text="Restarted it.", by=anna, at=NOW)
    days = support_settings().close_after_days
    sweep(at=NOW + timedelta(days=days - 3))
    assert addresses(nordlys, "closing") == []
    for _twice in range(2):
        sweep(at=NOW + timedelta(days=days - 2))
    assert addresses(nordlys, "closing") == ["karin@havsbris.example"]
    report.refresh_from_db()
    assert report.state == S.RESOLVED
    sweep(at=NOW + timedelta(days=days))
    report.refresh_from_db()
    assert (report.state, report.closed_at) == (S.CLOSED, NOW + timedelta(days=days))


def test_never_closed_without_the_mail_before(
    report: ProblemReport, nordlys: Partner, anna: Membership
) -> None:
    """A sweep that was away for long tells first, and closes two days later."""
    ProblemReport.objects.filter(pk=report.pk).update(state=S.IN_PROGRESS)
    progress.resolve(report.pk, text="Restarted it.", by=anna, at=NOW)
    late = NOW + timedelta(days=60)
    sweep(at=late)
    report.refresh_from_db()
    assert report.state == S.RESOLVED
    sweep(at=late + timedelta(days=2))
    report.refresh_from_db()
    assert report.state == S.CLOSED


def test_handler_is_reminded_of_a_quiet_report(
    report: ProblemReport, nordlys: Partner, mikael: Membership
) -> None:
    """REG-33: after the set working hours, once until something happens again."""
    progress.acknowledge(report.pk, by=mikael, at=NOW)
    hours = support_settings().reminder_hours
    due = after_working_minutes(NOW, hours * 60, settings=support_settings(), zone=STOCKHOLM)
    assert due is not None
    sweep(at=due - timedelta(minutes=1))
    assert addresses(nordlys, "quiet") == []
    for _twice in range(2):
        sweep(at=due)
    assert addresses(nordlys, "quiet") == ["mikael@nordlys.example"]
    progress.start_work(report.pk, by=mikael, at=due + timedelta(hours=1))
    sweep(at=due + timedelta(days=5))
    assert addresses(nordlys, "quiet") == ["mikael@nordlys.example"] * 2
