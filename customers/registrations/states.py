"""The state machine of a registration (SM-REGISTRATION). What is not listed here is refused."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from customers.models import CustomerRegistration
from portal.core.errors import WrongState

S = CustomerRegistration.State

TRANSITIONS: dict[str, dict[str, str]] = {
    "answer": {S.NEEDS_INFO: S.SUBMITTED},
    "withdraw": {S.SUBMITTED: S.WITHDRAWN, S.NEEDS_INFO: S.WITHDRAWN},
    "ask": {S.SUBMITTED: S.NEEDS_INFO},
    "approve": {S.SUBMITTED: S.APPROVED},
    "reject": {S.SUBMITTED: S.REJECTED},
    "revoke": {S.APPROVED: S.REVOKED},
}
DONE_WORDS: dict[str, Promise] = {
    "answer": pgettext_lazy("registration", "answered"),
    "withdraw": pgettext_lazy("registration", "withdrawn"),
    "ask": pgettext_lazy("registration", "asked about"),
    "approve": pgettext_lazy("registration", "approved"),
    "reject": pgettext_lazy("registration", "rejected"),
    "revoke": pgettext_lazy("registration", "revoked"),
}
# The states as they read inside a sentence.
STATE_WORDS: dict[str, Promise] = {
    S.SUBMITTED: pgettext_lazy("This registration is ...", "submitted"),
    S.NEEDS_INFO: pgettext_lazy("This registration is ...", "waiting for the partner's answer"),
    S.APPROVED: pgettext_lazy("This registration is ...", "approved"),
    S.REJECTED: pgettext_lazy("This registration is ...", "rejected"),
    S.WITHDRAWN: pgettext_lazy("This registration is ...", "withdrawn"),
    S.REVOKED: pgettext_lazy("This registration is ...", "revoked"),
}
CSS: dict[str, str] = {
    S.SUBMITTED: "is-placed",
    S.NEEDS_INFO: "is-warn",
    S.APPROVED: "is-ok",
    S.REJECTED: "is-bad",
    S.WITHDRAWN: "is-off",
    S.REVOKED: "is-bad",
}


def allowed(registration: CustomerRegistration, transition: str) -> bool:
    """Return whether the state machine lists this transition for the registration's state."""
    return registration.state in TRANSITIONS[transition]


def next_state(registration: CustomerRegistration, transition: str) -> str:
    """Return the state after ``transition``; raise WrongState if it is not listed."""
    try:
        return TRANSITIONS[transition][registration.state]
    except KeyError:
        raise WrongState(
            _("This %(object)s is %(state)s and cannot be %(action)s.")
            % {
                "object": _("registration"),
                "state": STATE_WORDS[registration.state],
                "action": DONE_WORDS[transition],
            }
        ) from None
