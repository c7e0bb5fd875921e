"""How far an order is: its steps with their days, and who has to act next (ORD-33)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order
from orders.wording import day_label
from portal.core.formats import day
from portal.history.models import Entry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

S = Order.State

# The verbs of the log that begin each step; the newest counts, since an order may be placed again.
VERBS = {
    "order_submitted": "placed",
    "order_change_submitted": "placed",
    "order_ending_submitted": "placed",
    "order_ending_provisioning_by_vendor": S.PROVISIONING,
    "order_ending_failed_by_vendor": S.FAILED,
    "order_ending_completed_by_vendor": S.COMPLETED,
    "order_returned": "returned",
    "order_accepted_by_vendor": S.ACCEPTED,
    "order_rejected_by_vendor": S.REJECTED,
    "order_provisioning_by_vendor": S.PROVISIONING,
    "order_failed_by_vendor": S.FAILED,
    "order_completed_by_vendor": S.COMPLETED,
    "order_cancelled": S.CANCELLED,
}
LABELS: dict[str, StrOrPromise] = {
    "confirmed": gettext_lazy("Confirmed by the customer"),
    S.DRAFT: gettext_lazy("Draft"),
    "placed": gettext_lazy("Placed"),
    "returned": gettext_lazy("Returned for changes"),
    **{state: state.label for state in S if state not in (S.DRAFT, S.SUBMITTED)},
}
# Of a termination, which is neither placed nor delivered (ORD-50).
ENDING_LABELS: dict[str, StrOrPromise] = {
    "placed": gettext_lazy("Sent"),
    S.PROVISIONING: gettext_lazy("Being ended"),
    S.COMPLETED: gettext_lazy("Ended"),
}
WAY = ("placed", S.ACCEPTED, S.PROVISIONING, S.COMPLETED)
AHEAD: dict[str, tuple[str, ...]] = {
    S.DRAFT: WAY,
    "returned": WAY[1:],
    "placed": WAY[1:],
    S.ACCEPTED: WAY[2:],
    S.PROVISIONING: WAY[3:],
    S.FAILED: WAY[3:],
}
BAD = (S.FAILED, S.REJECTED, S.CANCELLED, "returned")


@dataclass(frozen=True)
class Step:
    """One step: ``state`` is done, current or bad, and empty for a step ahead."""

    label: str
    state: str = ""
    is_now: bool = False
    at: datetime | date | None = None
    note: str = ""


@dataclass(frozen=True)
class Next:
    """Whom the order waits for, empty if for nobody, and what happens next, in one sentence."""

    waits: str
    what: str


# Returns when the customer confirmed what was ordered, if it did, and on what.
Confirmed = Callable[[Order], tuple[datetime, str] | None]
_confirmed: list[Confirmed] = []


def show_confirmation(found: Confirmed) -> None:
    """Let a higher app say that the customer confirmed an order before it was placed."""
    _confirmed.append(found)


def steps_of(order: Order) -> list[Step]:
    """Return the steps that an order has taken, is at and has ahead."""
    moments, now = _moments(order), _present(order)
    taken = _taken(order, now, moments)
    steps = [_step(order, key, moments.get(key), is_now=key == now) for key in taken]
    steps += [_ahead(order, key) for key in AHEAD.get(now, ())]
    for found in _confirmed:
        confirmed = found(order)
        if confirmed is not None:
            at, note = confirmed
            steps.insert(0, Step(str(LABELS["confirmed"]), "done", at=at, note=note))
    return steps


def _moments(order: Order) -> dict[str, datetime]:
    entries = Entry.objects.filter(object_pk=str(order.pk), verb__in=VERBS)
    newest = entries.order_by("timestamp", "id").values_list("verb", "timestamp")
    found: dict[str, datetime] = {VERBS[verb]: at for verb, at in newest}
    if order.submitted_at is not None:
        found.setdefault("placed", order.submitted_at)
    return found


def _present(order: Order) -> str:
    if order.state == S.DRAFT and order.was_submitted:
        return "returned"
    return "placed" if order.state == S.SUBMITTED else order.state


def _taken(order: Order, now: str, moments: dict[str, datetime]) -> list[str]:
    """Return the steps up to the present one, which is the last."""
    if now in WAY:
        return list(WAY[: WAY.index(now) + 1])
    if now == S.FAILED:
        return [*WAY[:3], now]
    if not order.was_submitted:
        return [S.DRAFT] if now == S.DRAFT else [S.DRAFT, now]
    # What happened since it was placed last; what came before a return counts no more.
    since = [key for key, at in moments.items() if at >= moments["placed"] and key != now]
    return [*sorted(since, key=lambda key: (moments[key], list(LABELS).index(key))), now]


def _step(order: Order, key: str, at: datetime | None, *, is_now: bool) -> Step:
    when: datetime | date | None = at
    if key == S.COMPLETED:
        when = order.completed_on or at
    elif key == S.DRAFT:
        when = order.created_at
    is_done = not is_now or key == S.COMPLETED
    state = "bad" if key in BAD else "done" if is_done else "current"
    return Step(_label(order, key), state, is_now=is_now, at=when)


def _label(order: Order, key: str) -> str:
    ending = ENDING_LABELS.get(key) if order.ends_services else None
    return str(ending or LABELS[key])


def _ahead(order: Order, key: str) -> Step:
    note = ""
    if key == S.COMPLETED and order.expected_on is not None:
        note = _("Expected on %(day)s") % {"day": day(order.expected_on)}
    elif key == S.COMPLETED and order.start_date is not None:
        note = f"{day_label(order)} {day(order.start_date)}"
    return Step(_label(order, key), note=note)


def next_of(order: Order, *, may_edit: bool, partner: str) -> Next:
    """Return who has to act and what happens next.

    ``may_edit`` says whether the reader may go on with a draft; ``partner`` is their company.
    """
    sales, nobody = _("Waiting for Channel Sales."), ""
    ours = _("Waiting for you.") if may_edit else _("Waiting for %(who)s.") % {"who": partner}
    if order.has_open_request:
        return Next(sales, _("It decides whether the order is still cancelled, as was asked for."))
    words: dict[str, tuple[str, str]] = {
        S.DRAFT: (ours, _("Nothing is ordered before the draft is placed.")),
        "returned": (ours, _("Change what was asked for and place it again, or cancel it.")),
        "placed": (sales, _("It checks the order, then accepts, returns or rejects it.")),
        S.ACCEPTED: (sales, _("It starts the delivery.")),
        S.PROVISIONING: (sales, _("It delivers, and enters the day from which it is billed.")),
        S.FAILED: (sales, _("It tries the delivery again, or cancels the order.")),
        S.COMPLETED: (nobody, _("Everything is delivered.")),
        S.REJECTED: (nobody, _("The order is closed. If it is still needed, order anew.")),
        S.CANCELLED: (nobody, _("The order is closed. Nothing of it will be delivered.")),
    }
    other = {Order.Kind.CHANGE: _next_of_change, Order.Kind.TERMINATE: _next_of_ending}
    if order.kind != Order.Kind.NEW:
        own = other[Order.Kind(order.kind)]()
        words |= {key: (words[key][0], what) for key, what in own.items()}
    return Next(*words[_present(order)])


def _next_of_change() -> dict[str, str]:
    """Return what happens next with a change (ORD-51), where it isn't what a new order says."""
    return {
        S.ACCEPTED: _("It carries the change out. Until then the old quantities hold."),
        S.PROVISIONING: _("It carries the change out, and enters the day from which it is billed."),
        S.FAILED: _(
            "It tries the change again, or cancels it. Until then the old quantities hold."
        ),
        S.COMPLETED: _("Everything has changed as ordered."),
        S.REJECTED: _("The order is closed, and nothing has changed."),
        S.CANCELLED: _("The order is closed, and nothing has changed."),
    }


def _next_of_ending() -> dict[str, str]:
    """Return what happens next with the end of services, which is no delivery (ORD-50)."""
    go_on = _("The order is closed, and the services go on.")
    return {
        S.DRAFT: _("Nothing ends before the termination is sent."),
        "returned": _("Change what was asked for and send it again, or cancel it."),
        S.ACCEPTED: _("It ends the services. Until then they go on."),
        S.PROVISIONING: _("It ends the services, and enters the day up to which they are billed."),
        S.FAILED: _("It tries again to end the services, or cancels the order. They still go on."),
        S.COMPLETED: _("Everything has ended as ordered."),
        S.REJECTED: go_on,
        S.CANCELLED: go_on,
    }
