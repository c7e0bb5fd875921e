"""The state machines of problem reports and work orders: what may follow what (SM-REPORT)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.errors import WrongState
from support.models import ProblemReport, ServiceReport

S = ProblemReport.State

# From -> to. RESOLVED -> IN_PROGRESS is the re-opening, within REOPEN_DAYS.
TRANSITIONS: dict[str, frozenset[str]] = {
    S.NEW: frozenset({S.ACKNOWLEDGED, S.CANCELLED}),
    S.ACKNOWLEDGED: frozenset({S.IN_PROGRESS, S.ESCALATED, S.CANCELLED}),
    S.IN_PROGRESS: frozenset({S.WAITING_CUSTOMER, S.ESCALATED, S.RESOLVED, S.CANCELLED}),
    S.WAITING_CUSTOMER: frozenset({S.IN_PROGRESS}),
    S.ESCALATED: frozenset({S.IN_PROGRESS}),
    S.RESOLVED: frozenset({S.CLOSED, S.IN_PROGRESS}),
    S.CLOSED: frozenset(),
    S.CANCELLED: frozenset(),
}
REOPEN_DAYS = 14

# The participle in "This report is {state} and cannot be {action}."
ACTIONS = {
    "acknowledge": gettext_lazy("acknowledged"),
    "start": gettext_lazy("taken up"),
    "wait": gettext_lazy("set to waiting"),
    "escalate": gettext_lazy("escalated"),
    "resolve": gettext_lazy("resolved"),
    "close": gettext_lazy("closed"),
    "reopen": gettext_lazy("re-opened"),
    "cancel": gettext_lazy("cancelled"),
    "merge": gettext_lazy("merged"),
    "answer": gettext_lazy("answered"),
    "convert": gettext_lazy("turned into a work order"),
}

CSS: dict[str, str] = {
    S.NEW: "is-placed",
    S.ACKNOWLEDGED: "is-taken",
    S.IN_PROGRESS: "is-live",
    S.WAITING_CUSTOMER: "is-asked",
    S.ESCALATED: "is-warn",
    S.RESOLVED: "is-ok",
    S.CLOSED: "is-off",
    S.CANCELLED: "is-off",
}
SEVERITY_CSS: dict[str, str] = {
    ProblemReport.Severity.CRITICAL: "is-bad",
    ProblemReport.Severity.MAJOR: "is-warn",
    ProblemReport.Severity.MINOR: "",
    ProblemReport.Severity.QUESTION: "is-off",
}
W = ServiceReport.State
WORK_CSS: dict[str, str] = {
    W.PLANNED: "is-placed",
    W.DRAFT: "",
    W.SIGNED: "is-ok",
    W.UNSIGNED: "is-taken",
    W.CANCELLED: "is-off",
}


class WrongReportState(WrongState):
    """Refuse what the report's state does not allow."""

    def __init__(self, report: ProblemReport, action: str) -> None:
        super().__init__(
            _("This problem report is {state} and cannot be {action}.").format(
                state=str(report.get_state_display()).lower(), action=ACTIONS[action]
            )
        )


def may_go(report: ProblemReport, to: str) -> bool:
    """Return whether the machine has this step."""
    return to in TRANSITIONS[report.state]


def check_step(report: ProblemReport, to: str, action: str) -> None:
    """Raise WrongReportState unless the machine has this step."""
    if not may_go(report, to):
        raise WrongReportState(report, action)


# The participle in "This service report is {state} and cannot be {action}."
WORK_ACTIONS = {
    "begin": gettext_lazy("begun"),
    "change": gettext_lazy("changed"),
    "finish": gettext_lazy("finished"),
    "cancel": gettext_lazy("cancelled"),
}
# From -> to; nothing follows what is finished or cancelled (SUP-06).
WORK_TRANSITIONS: dict[str, frozenset[str]] = {
    W.PLANNED: frozenset({W.DRAFT, W.CANCELLED}),
    W.DRAFT: frozenset({W.SIGNED, W.UNSIGNED, W.CANCELLED}),
    W.SIGNED: frozenset(),
    W.UNSIGNED: frozenset(),
    W.CANCELLED: frozenset(),
}


class WrongWorkState(WrongState):
    """Refuse what the state of a work order or service report does not allow."""

    def __init__(self, work: ServiceReport, action: str) -> None:
        super().__init__(
            _("This service report is in the state “{state}” and cannot be {action}.").format(
                state=str(work.get_state_display()), action=WORK_ACTIONS[action]
            )
        )


def check_work_step(work: ServiceReport, to: str, action: str) -> None:
    """Raise WrongWorkState unless the machine has this step."""
    if to not in WORK_TRANSITIONS[work.state]:
        raise WrongWorkState(work, action)
