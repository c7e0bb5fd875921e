"""The state machine of an order (SM-ORDER). What is not listed here is refused."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from orders.models import Order
from portal.core.errors import WrongState

S = Order.State

TRANSITIONS: dict[str, dict[str, str]] = {
    "submit": {S.DRAFT: S.SUBMITTED},
    "accept": {S.SUBMITTED: S.ACCEPTED},
    "reject": {S.SUBMITTED: S.REJECTED},
    "return": {S.SUBMITTED: S.DRAFT},
    "provision": {S.ACCEPTED: S.PROVISIONING},
    "complete": {S.PROVISIONING: S.COMPLETED},
    "fail": {S.PROVISIONING: S.FAILED},
    "retry": {S.FAILED: S.PROVISIONING},
    # By the partner; channel sales may cancel what it accepted or what failed.
    "cancel": {S.DRAFT: S.CANCELLED, S.SUBMITTED: S.CANCELLED},
    "cancel_accepted": {S.ACCEPTED: S.CANCELLED, S.FAILED: S.CANCELLED},
    # Transitions that leave the state as it is.
    "plan": {state: state for state in Order.ACCEPTED_ALIVE},
    "deliver": {S.PROVISIONING: S.PROVISIONING},
    "edit": {S.DRAFT: S.DRAFT},
    "delete": {S.DRAFT: S.DRAFT},
    "ask_cancel": {S.ACCEPTED: S.ACCEPTED},
    "decline_cancel": {state: state for state in Order.ACCEPTED_ALIVE},
    "withdraw_cancel": {state: state for state in Order.ACCEPTED_ALIVE},
}

# What has to wait while the partner's request to cancel is open (CHAN-13).
WAIT_FOR_ANSWER = frozenset({"provision", "plan", "deliver", "complete", "fail", "retry"})
# What needs such a request.
ANSWERS = frozenset({"decline_cancel", "withdraw_cancel"})

DONE_WORDS: dict[str, Promise] = {
    "submit": gettext_lazy("submitted"),
    "accept": gettext_lazy("accepted"),
    "reject": gettext_lazy("rejected"),
    "return": gettext_lazy("returned"),
    "provision": gettext_lazy("provisioned"),
    "complete": gettext_lazy("completed"),
    "fail": gettext_lazy("marked as failed"),
    "retry": gettext_lazy("retried"),
    "plan": gettext_lazy("planned"),
    "deliver": gettext_lazy("delivered"),
    "cancel": gettext_lazy("cancelled"),
    "cancel_accepted": gettext_lazy("cancelled"),
    "edit": gettext_lazy("changed"),
    "delete": gettext_lazy("deleted"),
    "ask_cancel": gettext_lazy("cancelled"),
    "decline_cancel": gettext_lazy("kept"),
    "withdraw_cancel": gettext_lazy("kept"),
}


# The states as they read inside a sentence.
STATE_WORDS: dict[str, Promise] = {
    S.DRAFT: pgettext_lazy("This order is ...", "draft"),
    S.SUBMITTED: pgettext_lazy("This order is ...", "submitted"),
    S.ACCEPTED: pgettext_lazy("This order is ...", "accepted"),
    S.PROVISIONING: pgettext_lazy("This order is ...", "provisioning"),
    S.COMPLETED: pgettext_lazy("This order is ...", "completed"),
    S.FAILED: pgettext_lazy("This order is ...", "failed"),
    S.REJECTED: pgettext_lazy("This order is ...", "rejected"),
    S.CANCELLED: pgettext_lazy("This order is ...", "cancelled"),
}


# The colour of each state, everywhere: lists, pages, the dashboard's bar, the admin.
CSS: dict[str, str] = {
    S.DRAFT: "",
    S.SUBMITTED: "is-placed",
    S.ACCEPTED: "is-taken",
    S.PROVISIONING: "is-live",
    S.COMPLETED: "is-ok",
    S.FAILED: "is-bad",
    S.REJECTED: "is-bad",
    S.CANCELLED: "is-off",
}


class RequestOpen(WrongState):
    """Refuse to go on with an order that the partner asked to cancel (CHAN-13)."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("The partner asked to cancel this order. Answer the request first.")
        )


class NoRequest(WrongState):
    """Refuse to answer or withdraw a request to cancel that is not open (CHAN-13)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("There is no open request to cancel this order."))


def allowed(order: Order, transition: str) -> bool:
    """Return whether the transition is possible for the order as it is."""
    return not why_not(order, transition)


def why_not(order: Order, transition: str) -> str:
    """Return why the transition is not possible now, empty if it is."""
    try:
        next_state(order, transition)
    except WrongState as error:
        return str(error)
    return ""


def next_state(order: Order, transition: str) -> str:
    """Return the state after ``transition``.

    Raise WrongState if it is not listed, RequestOpen if the partner's request to cancel has to be
    answered first, NoRequest where one has to be open.
    """
    if transition in ANSWERS and not order.has_open_request:
        raise NoRequest
    try:
        after = TRANSITIONS[transition][order.state]
    except KeyError:
        raise WrongState(
            _("This %(object)s is %(state)s and cannot be %(action)s.")
            % {
                "object": _("order"),
                "state": STATE_WORDS[order.state],
                "action": DONE_WORDS[transition],
            }
        ) from None
    if transition in WAIT_FOR_ANSWER and order.has_open_request:
        raise RequestOpen
    return after
