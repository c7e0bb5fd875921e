"""Correcting the address of a recipient and sending what did not arrive, in one act (OUT-26).

The outbox knows no contacts: the register says here how they are found and changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.core.errors import RuleError
from portal.outbox.models import OutboundEmail
from portal.outbox.services import lock_dead, readdress, send_again


class NobodyToCorrect(RuleError):
    """Refuse to correct an address that is nobody's in the register (OUT-26)."""

    def __init__(self) -> None:
        super().__init__(_("This address belongs to no contact any more. Send a new e-mail."))


@dataclass(frozen=True)
class Recipient:
    """Whom a message went to: a name, and the page of the contact."""

    name: str
    url: str


class Register(Protocol):
    """The contacts of a partner's customers."""

    def find(self, email: OutboundEmail) -> Recipient | None:
        """Return the contact a message went to, or None."""
        ...

    def correct(self, email: OutboundEmail, address: str, *, at: datetime) -> None:
        """Give the contact another address; raise RuleError at ``email``."""
        ...


_registers: list[Register] = []


def recipients_are_in(register: Register) -> None:
    """Register where recipients are found."""
    _registers[:] = [register]


def recipient_of(email: OutboundEmail) -> Recipient | None:
    """Return whose address can be corrected: a customer's contact, of a message given up."""
    if not email.is_dead or email.customer_id is None or not _registers:
        return None
    return _registers[0].find(email)


@transaction.atomic
def correct_and_send(email: OutboundEmail, *, address: str, at: datetime) -> OutboundEmail:
    """Correct the contact's address and send the message there, or do neither.

    A secret link is made anew, under the rules of what it leads to. Raise CannotSendAgain,
    NobodyToCorrect, BadAddress, NoNewLink, RuleError.
    """
    locked = lock_dead(email)
    if recipient_of(locked) is None:
        raise NobodyToCorrect
    _registers[0].correct(locked, address, at=at)
    readdress(locked, address)
    return send_again(locked, at=at)
