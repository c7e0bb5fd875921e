"""Who takes the answers that come in by mail: the apps above register it here (OUT-33)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import models

from portal.outbox.mail.message import Mail
from portal.outbox.models import InboundEmail, ReplyAddress


@dataclass(frozen=True)
class Outcome:
    """What became of a message: taken over about an object, or left to a person for a reason."""

    about: models.Model | None = None
    label: str = ""
    reason: str = ""


class TakeReply(Protocol):
    """Takes the answer of ``address``'s recipient, or of somebody else, about its object.

    Called in the partner's context, inside the transaction that records the outcome.
    """

    def __call__(
        self, mail: Mail, address: ReplyAddress, row: InboundEmail, *, at: datetime
    ) -> Outcome: ...


class TakeNew(Protocol):
    """Takes a message that answers nothing; called like TakeReply."""

    def __call__(self, mail: Mail, row: InboundEmail, *, at: datetime) -> Outcome: ...


_replies: dict[str, TakeReply] = {}
_new: list[TakeNew] = []


def on_reply(about_type: str) -> Callable[[TakeReply], TakeReply]:
    """Register what takes the answers about objects of a model (`app.model`)."""

    def register(take: TakeReply) -> TakeReply:
        _replies[about_type] = take
        return take

    return register


def on_new(take: TakeNew) -> TakeNew:
    """Register what takes messages that answer nothing."""
    _new[:] = [take]
    return take


def take_reply(mail: Mail, address: ReplyAddress, row: InboundEmail, *, at: datetime) -> Outcome:
    """Hand an answer to the app of its object."""
    take = _replies.get(address.about_type)
    if take is None:
        return Outcome(reason=InboundEmail.Reason.GONE)
    return take(mail, address, row, at=at)


def take_new(mail: Mail, row: InboundEmail, *, at: datetime) -> Outcome:
    """Hand on a message that answers nothing; without a taker it waits for a person."""
    if not _new:
        return Outcome(reason=InboundEmail.Reason.UNKNOWN_SENDER)
    return _new[0](mail, row, at=at)
