"""Finding received e-mail for its list, and its rows (OUT-38)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portal.core.list_filters import Asked, Filter
from portal.core.listing import counts_up_to
from portal.core.templatetags.kontor import moment
from portal.outbox.models import InboundEmail
from portal.tenancy.context import within_days

State = InboundEmail.State
SORTS: dict[str, tuple[Any, ...]] = {
    "received": ("received_at",),
    "sender": ("from_address",),
    "subject": ("subject",),
}
TABS = (State.AUTOMATIC, State.HANDLED, State.DISMISSED)
SIGNS = {
    State.WAITING: "is-bad",
    State.HANDLED: "is-ok",
    State.AUTOMATIC: "",
    State.DISMISSED: "is-off",
}


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """One message as the list shows it."""

    id: UUID
    subject: str
    sender: str
    address: str
    why: str
    about: str
    state: str
    css: str
    when: str


def received_filters() -> list[Filter]:
    """Return what stands beside the search box."""
    reasons = [(value, str(label)) for value, label in InboundEmail.Reason.choices]
    states = [(state.value, str(state.label)) for state in TABS]
    return [
        Filter(
            "state",
            _("State"),
            "choice",
            [("", _("Waiting for a person")), *states],
            tabs=states,
        ),
        Filter("reason", _("Why it waits"), "choice", [("", _("Any reason")), *reasons]),
        Filter("from", _("Received from"), "date", end="from"),
        Filter("to", _("Received until"), "date", end="to"),
    ]


def found_received(asked: Asked[Filter], visible: QuerySet[InboundEmail]) -> QuerySet[InboundEmail]:
    """Return what search and filters leave; without a state, what waits for a person (USE-14)."""
    values = asked.values
    found = visible.filter(state=values.get("state", State.WAITING))
    if not asked.is_possible:
        return found.none()
    if asked.text:
        found = found.filter(
            Q(subject__icontains=asked.text)
            | Q(from_address__icontains=asked.text)
            | Q(from_name__icontains=asked.text)
            | Q(about_label__icontains=asked.text)
        )
    if "reason" in values:
        found = found.filter(reason=values["reason"])
    return found.filter(within_days("received_at", values.get("from", ""), values.get("to", "")))


def counts_of_states(asked: Asked[Filter], visible: QuerySet[InboundEmail]) -> list[int] | None:
    """Return how many wait and how many there are of each tab; None where more is asked for."""
    if asked.text or asked.gone or any(each.name != "state" for each in asked.set_filters()):
        return None
    return counts_up_to([visible.filter(state=state) for state in (State.WAITING, *TABS)])


def as_row(row: InboundEmail) -> ReceivedRow:
    """Return the row of one message."""
    return ReceivedRow(
        id=row.pk,
        subject=row.subject or _("No subject"),
        sender=row.from_name or row.from_address or _("Unknown sender"),
        address=row.from_address if row.from_name else "",
        why=str(row.get_reason_display()) if row.state == State.WAITING else "",
        about=row.about_label,
        state=str(row.get_state_display()),
        css=SIGNS[State(row.state)],
        when=moment(row.received_at),
    )


def empty_words(asked: Asked[Filter]) -> tuple[str, str] | None:
    """Return what is said of a tab without messages; None where more than the state is asked."""
    if not asked.is_set:
        return _("Nothing waits"), _("Every e-mail that came in has found its report.")
    words: dict[str, tuple[str, str]] = {
        State.AUTOMATIC: (
            _("No automatic messages"),
            _("Holiday answers and mail that came back are listed here. None is answered."),
        ),
        State.HANDLED: (_("Nothing was taken over yet"), _("Answers by e-mail are listed here.")),
        State.DISMISSED: (_("Nothing was dismissed"), _("What you dismiss stays here.")),
    }
    return words.get(asked.only("state"))
