"""The state machine of a quote (SM-QUOTE). What is not listed here is refused."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.core.errors import WrongState
from quotes.models import Quote

S = Quote.State

TRANSITIONS: dict[str, dict[str, str]] = {
    "send": {S.DRAFT: S.SENT},
    "confirm": {S.SENT: S.CONFIRMED},
    "decline": {S.SENT: S.DECLINED},
    "expire": {S.SENT: S.EXPIRED},
    # Editing what was sent withdraws the link (CON-21).
    "edit": {S.DRAFT: S.DRAFT, S.SENT: S.DRAFT},
    "withdraw": {S.SENT: S.DRAFT},
    "remind": {S.SENT: S.SENT},
    "revise": {S.DECLINED: S.DRAFT, S.EXPIRED: S.DRAFT},
    "supersede": {S.CONFIRMED: S.SUPERSEDED},
    "progress": {S.CONFIRMED: S.PROGRESSED},
    "skip": {S.DRAFT: S.PROGRESSED},
    "details": {S.DRAFT: S.DRAFT, S.CONFIRMED: S.CONFIRMED},
    "delete": {S.DRAFT: S.DRAFT},
}

DONE_WORDS: dict[str, Promise] = {
    "send": gettext_lazy("sent"),
    "confirm": gettext_lazy("confirmed"),
    "decline": gettext_lazy("declined"),
    "expire": gettext_lazy("expired"),
    "edit": gettext_lazy("changed"),
    "withdraw": gettext_lazy("withdrawn"),
    "remind": gettext_lazy("sent again"),
    "revise": gettext_lazy("revised"),
    "supersede": gettext_lazy("superseded"),
    "progress": gettext_lazy("progressed"),
    "skip": gettext_lazy("progressed"),
    "details": gettext_lazy("changed"),
    "delete": gettext_lazy("deleted"),
}

# The states as they read inside a sentence.
STATE_WORDS: dict[str, Promise] = {
    S.DRAFT: pgettext_lazy("This quote is ...", "a draft"),
    S.SENT: pgettext_lazy("This quote is ...", "waiting for the customer"),
    S.CONFIRMED: pgettext_lazy("This quote is ...", "confirmed"),
    S.PROGRESSED: pgettext_lazy("This quote is ...", "progressed"),
    S.DECLINED: pgettext_lazy("This quote is ...", "declined"),
    S.EXPIRED: pgettext_lazy("This quote is ...", "expired"),
    S.SUPERSEDED: pgettext_lazy("This quote is ...", "superseded"),
}

# The colour of each state, everywhere.
CSS: dict[str, str] = {
    S.DRAFT: "",
    S.SENT: "is-asked",
    S.CONFIRMED: "is-ok",
    S.PROGRESSED: "is-taken",
    S.DECLINED: "is-bad",
    S.EXPIRED: "is-warn",
    S.SUPERSEDED: "is-off",
}


def allowed(quote: Quote, transition: str) -> bool:
    """Return whether the state machine lists this transition for the quote's state."""
    return quote.state in TRANSITIONS[transition]


def next_state(quote: Quote, transition: str) -> str:
    """Return the state after ``transition``; raise WrongState if it is not listed."""
    try:
        return TRANSITIONS[transition][quote.state]
    except KeyError:
        raise WrongState(
            _("This %(object)s is %(state)s and cannot be %(action)s.")
            % {
                "object": _("quote"),
                "state": STATE_WORDS[quote.state],
                "action": DONE_WORDS[transition],
            }
        ) from None
