"""Why an e-mail did not arrive, in words for the reader (OUT-25).

Mail servers answer with a code (RFC 5321), mostly an enhanced one (RFC 3463), and a sentence of
their own. What they said is stored as it was and shown on request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from portal.outbox.models import OutboundEmail


class Kind(Enum):
    """What went wrong, as far as the answer says."""

    MAILBOX = "no such mailbox"
    DOMAIN = "no mail at this domain"
    CLOSED = "the mailbox is closed"
    FULL = "the mailbox is full"
    LARGE = "the message is too large"
    REFUSED = "refused by policy or as spam"
    LATER = "put off"
    AWAY = "our own server cannot be reached"
    UNSENDABLE = "the message cannot be made"
    DOCUMENT = "its document cannot be made"
    OTHER = "something else"


# The kinds that only another address cures.
WRONG_ADDRESS = frozenset({Kind.MAILBOX, Kind.DOMAIN, Kind.CLOSED})

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_BY_CODE = {
    "1.1": Kind.MAILBOX,
    "1.2": Kind.DOMAIN,
    "1.3": Kind.MAILBOX,
    "1.6": Kind.MAILBOX,
    "1.10": Kind.DOMAIN,
    "2.1": Kind.CLOSED,
    "2.2": Kind.FULL,
    "2.3": Kind.LARGE,
    "3.4": Kind.LARGE,
    "4.4": Kind.DOMAIN,
}
# For servers without enhanced codes, in the order in which they are asked.
_BY_WORDS = (
    (Kind.FULL, re.compile(r"\bfull\b|quota|storage", re.I)),
    (Kind.LARGE, re.compile(r"too (large|big)|size limit", re.I)),
    (Kind.REFUSED, re.compile(r"spam|block|blacklist|policy|dmarc|spf|dkim|reputation", re.I)),
    (
        Kind.MAILBOX,
        re.compile(
            r"unknown|no such|not exist|doesn't exist|not found|invalid (recipient|mailbox)"
            r"|no mailbox|user unavailable|rejected recipient",
            re.I,
        ),
    ),
)


@dataclass(frozen=True)
class Cause:
    """The cause in the reader's language, and what helps against it."""

    words: str
    cure: str
    wrong_address: bool


def kind_of(status: int | None, said: str) -> Kind:
    """Return what an answer of a mail server means."""
    if status is None:
        if said.startswith("The document can't be made"):
            return Kind.DOCUMENT
        own = said.startswith(("The message can't be made", "The link of this message"))
        return Kind.UNSENDABLE if own else Kind.AWAY
    found = _ENHANCED.search(said)
    detail = f"{found[2]}.{found[3]}" if found else ""
    if detail in _BY_CODE:
        return _BY_CODE[detail]
    if detail.startswith("7."):
        return Kind.REFUSED
    if status < 500:
        return Kind.LATER
    for kind, words in _BY_WORDS:
        if words.search(said):
            return kind
    return Kind.OTHER


def cause_of(email: OutboundEmail) -> Cause | None:
    """Return why the last attempt failed; None if none has."""
    if not email.last_error:
        return None
    kind = kind_of(email.last_status, email.last_error)
    details = {"address": email.to_address, "domain": email.to_address.rpartition("@")[2]}
    words, cure = _texts(kind)
    return Cause(words % details, cure % details, kind in WRONG_ADDRESS)


def _texts(kind: Kind) -> tuple[str, str]:
    other_way = _("Ask the recipient in another way; then send it again.")
    correct = _("Correct the address, then send it again.")
    return {
        Kind.MAILBOX: (_("There is no mailbox %(address)s."), correct),
        Kind.DOMAIN: (_("%(domain)s receives no e-mail."), correct),
        Kind.CLOSED: (_("The mailbox %(address)s is closed."), correct),
        Kind.FULL: (_("The mailbox %(address)s is full."), other_way),
        Kind.LARGE: (_("The e-mail is too large for %(address)s."), other_way),
        Kind.REFUSED: (
            _("The mail server of %(domain)s refused the e-mail as spam or by its rules."),
            _("Ask the recipient to let e-mails of this portal through; then send it again."),
        ),
        Kind.LATER: (
            _("The mail server of %(domain)s takes no e-mail for the moment."),
            _("Nothing has to be done at first: it is tried again. Afterwards send it again."),
        ),
        Kind.AWAY: (
            _("The mail server could not be reached."),
            _("The address is not the reason. Send it again when e-mails leave the portal again."),
        ),
        Kind.UNSENDABLE: (
            _("The e-mail could not be generated."),
            _("Repeat the action that sent it."),
        ),
        Kind.DOCUMENT: (
            _("Its document could not be made, and the e-mail waits for it."),
            _("Ask Channel Sales to make the document again; the e-mail leaves then by itself."),
        ),
        Kind.OTHER: (_("The mail server of %(domain)s refused the e-mail."), other_way),
    }[kind]
