"""The list of problem reports: what it hides, filters, counts, and acts on several (REG-33)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from customers.models import Customer
from customers.services import assign
from portal.accounts.models import Membership
from support.models import ProblemReport
from support.services import handing_over, progress
from support.services.reporting import report_problem
from support.services.work_orders import Plan, start_report
from tests import factories
from tests.conftest import NOW, SignIn
from tests.support.conftest import problem

S = ProblemReport.State


@pytest.fixture
def reports(customer: Customer, anna: Membership) -> dict[str, ProblemReport]:
    """One report in each state, named by it."""
    found = {}
    for number, state in enumerate(S):
        at = NOW + timedelta(minutes=number)
        report = report_problem(customer, problem(subject=f"Is {state}"), by=anna, at=at)
        ProblemReport.objects.filter(pk=report.pk).update(state=state, resolved_at=at)
        found[state.value] = report
    return found


def subjects(client: object, url: str = "/reports/") -> set[str]:
    page = client.get(url).content.decode()  # type: ignore[attr-defined]
    body = page[page.index("<tbody") :] if "<tbody" in page else ""
    return {state.value for state in S if f"Is {state.value}<" in body}


def test_default_list_hides_closed_cancelled_and_converted(
    reports: dict[str, ProblemReport], customer: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """REG-33: each is found by its filter, and "Any state" shows all."""
    client = sign_in(anna)
    shown = {"new", "acknowledged", "in_progress", "waiting", "escalated", "resolved"}
    assert subjects(client) == shown
    assert subjects(client, "/reports/?state=closed") == {"closed"}
    assert subjects(client, "/reports/?state=any") == {state.value for state in S}
    converted = reports["in_progress"]
    start_report(customer, Plan(task="Look", report=converted), by=anna, at=NOW)
    ProblemReport.objects.filter(pk=converted.pk, work_order=None).update(
        work_order=converted.service_reports.get()
    )
    assert subjects(client) == shown - {"in_progress"}


def test_filters_narrow_the_list(
    reports: dict[str, ProblemReport],
    customer: Customer,
    anna: Membership,
    jonas: Membership,
    sign_in: SignIn,
) -> None:
    """REG-33: severity, customer, assigned person, age; a gone value shows nothing (USE-14)."""
    ProblemReport.objects.filter(pk=reports["new"].pk).update(severity="1")
    handing_over.assign_handler(reports["waiting"].pk, to=jonas, by=anna, at=NOW)
    other = factories.make_customer("Annan AB", "10050", at=NOW)
    client = sign_in(anna)
    assert subjects(client, "/reports/?severity=1") == {"new"}
    assert subjects(client, f"/reports/?on={jonas.pk}") == {"waiting"}
    assert subjects(client, f"/reports/?customer={other.pk}") == set()
    assert subjects(client, "/reports/?severity=9") == set()
    assert subjects(client, "/reports/?q=Is+escalated") == {"escalated"}
    # As of today, all are older than a week.
    assert "new" in subjects(client, "/reports/?age=1")


def test_menu_counts_what_nobody_acknowledged(
    reports: dict[str, ProblemReport], anna: Membership, mikael: Membership, sign_in: SignIn
) -> None:
    """REG-33: of the customers that the person sees."""
    words = '1<span class="visually-hidden"> not acknowledged</span>'
    assert words in sign_in(anna).get("/notices/").content.decode()
    assert words not in sign_in(mikael).get("/notices/").content.decode()
    assign(reports["new"].customer, mikael, at=NOW)
    assert words in sign_in(mikael).get("/notices/").content.decode()
    progress.acknowledge(reports["new"].pk, by=anna, at=NOW)
    assert "not acknowledged" not in sign_in(anna).get("/notices/").content.decode()


def test_several_are_acknowledged_and_given_at_once(
    reports: dict[str, ProblemReport], anna: Membership, jonas: Membership, sign_in: SignIn
) -> None:
    """REG-33: of each that is refused it is said why; foreign ids change nothing."""
    client = sign_in(anna)
    both = [str(reports[name].pk) for name in ("new", "closed")]
    page = client.post(
        "/reports/bulk/", {"report": both, "act": "acknowledge"}, follow=True
    ).content.decode()
    assert "1 report changed." in page
    assert f"{reports['closed'].number}: This problem report is closed" in page
    reports["new"].refresh_from_db()
    assert reports["new"].state == S.ACKNOWLEDGED
    refused = client.post("/reports/bulk/", {"report": both, "act": "assign"}, follow=True)
    assert "Choose who works on the reports." in refused.content.decode()
    client.post("/reports/bulk/", {"report": both[:1], "act": "assign", "handler": str(jonas.pk)})
    reports["new"].refresh_from_db()
    assert reports["new"].handler_id == jonas.pk
    empty = client.post("/reports/bulk/", {"act": "acknowledge"}, follow=True)
    assert "Tick at least one report." in empty.content.decode()


def test_file_has_what_the_list_shows(
    reports: dict[str, ProblemReport], anna: Membership, sign_in: SignIn
) -> None:
    """REG-10: the same filter, the columns shown."""
    file = sign_in(anna).get("/reports/export/?state=closed&format=csv")
    text = b"".join(file).decode("utf-8-sig")
    assert "Is closed" in text and "Is new" not in text
    assert text.splitlines()[0].startswith(("Report", '"Report'))


def test_partners_words_for_states_are_shown(
    reports: dict[str, ProblemReport], anna: Membership, sign_in: SignIn
) -> None:
    """REG-33: labels map onto the machine; the machine stays."""
    client = sign_in(anna)
    page = client.get("/reports/settings/").content.decode()
    version = page.split('name="version" value="')[1].split('"')[0]
    fields = {
        "version": version,
        "days": ["1", "2"],
        "opens_at": "08:00",
        "closes_at": "16:30",
        "critical_minutes": "15",
        "major_minutes": "60",
        "minor_minutes": "480",
        "question_minutes": "0",
        "reminder_hours": "8",
        "close_after_days": "7",
        "label_waiting": "Ball beim Kunden",
    }
    assert client.post("/reports/settings/", fields).status_code == 302
    assert "Ball beim Kunden" in client.get("/reports/").content.decode()
    late = client.post("/reports/settings/", {**fields, "closes_at": "07:00"}).content.decode()
    assert "changed this" in late or "The end has to be after the beginning." in late
