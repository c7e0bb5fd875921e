"""Delivery of e-mails that are due. Any number of dispatchers may run at the same time.

A dispatcher holds the lock of the row it sends and commits the outcome with it. If it is killed in
between, the row is still QUEUED and is sent again with the same Message-ID.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, transaction

from portal.core.crash_points import crash_point, crash_points_of
from portal.outbox.causes import cause_of
from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import Unreadable, decrypt
from portal.outbox.telling import note_wrong_address, tell_in_charge
from portal.outbox.transports import (
    Broken,
    Refused,
    Transport,
    Unreachable,
    build_envelope,
    open_transport,
)
from portal.tenancy.context import in_public
from portal.tenancy.hosts import suspended

log = logging.getLogger(__name__)

State = OutboundEmail.State
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=30)
BREAKS_IN_A_ROW = 3
BATCH_SECONDS = 90.0
# What building a message raises where its own text or address is at fault: headers, encodings.
MADE_WRONG = (ValueError, TypeError, LookupError, AttributeError)
_random = random.SystemRandom()


@dataclass
class Dispatched:
    """The result of one batch. ``stopped``: the server could not be reached, more may be due."""

    sent: int = 0
    delayed: int = 0
    dead: int = 0
    stopped: bool = False

    def __str__(self) -> str:
        return f"{self.sent} sent, {self.delayed} delayed, {self.dead} given up"


def dispatch_due(
    *,
    at: datetime,
    limit: int = 500,
    seconds: float = BATCH_SECONDS,
    go_on: Callable[[], bool] = lambda: True,
) -> Dispatched:
    """Send what is due at ``at``, oldest first, at most ``limit`` messages and ``seconds``.

    Time runs on from ``at`` while it works. ``go_on`` is asked before each message. The batch ends
    early if the mail server can't be reached: the other messages then keep their attempts.
    """
    done = Dispatched()
    started = time.monotonic()
    breaks = 0
    with in_public(), open_transport() as transport:
        while sum((done.sent, done.delayed, done.dead)) < limit and go_on():
            elapsed = time.monotonic() - started
            if elapsed > seconds:
                break
            outcome = _dispatch_one(transport, at=at + timedelta(seconds=elapsed))
            if outcome is None:
                break
            email, problem = outcome
            _count(done, email)
            breaks = breaks + 1 if isinstance(problem, Broken) else 0
            if isinstance(problem, Unreachable) or breaks >= BREAKS_IN_A_ROW:
                done.stopped = True
                log.warning("the mail server can't be reached: %s", problem)
                break
    return done


def _count(done: Dispatched, email: OutboundEmail) -> None:
    if email.state == State.SENT:
        done.sent += 1
    elif email.state == State.DEAD:
        done.dead += 1
    else:
        done.delayed += 1


@transaction.atomic
def _dispatch_one(
    transport: Transport, *, at: datetime
) -> tuple[OutboundEmail, Exception | None] | None:
    """Lock, send and mark one message in one transaction; return None if none is due.

    Those of a suspended partner wait (CHAN-21).
    """
    email = (
        OutboundEmail.objects.across_partners()
        .filter(state=State.QUEUED, next_try_at__lte=at)
        .exclude(partner__in=suspended())
        .order_by("next_try_at")
        .select_for_update(skip_locked=True)
        .first()
    )
    if email is None:
        return None
    problem = _try(transport, email, at=at)
    email.attempts += 1
    email.last_status = getattr(problem, "status", None)
    if problem is None:
        email.last_error = ""
        email.state = State.SENT
        email.sent_at = at
        email.secrets_encrypted = None
    else:
        email.last_error = str(problem)
        _delay_or_give_up(email, problem, at=at)
    email.save(
        update_fields=[
            "attempts",
            "last_status",
            "last_error",
            "state",
            "sent_at",
            "dead_at",
            "next_try_at",
            "secrets_encrypted",
        ]
    )
    crash_points_of("mail")
    return email, problem


def _try(transport: Transport, email: OutboundEmail, *, at: datetime) -> Exception | None:
    """Send one message; return what went wrong, or None.

    Only what can't be made, and what the server refuses, is the message's own fault. A limit of
    time, a lost connection and whatever nobody has thought of is tried again (OUT-40). Errors of
    the database are raised: they undo the attempt.
    """
    try:
        envelope = build_envelope(email, decrypt(email.secrets_encrypted), at=at)
        crash_point("mail.before-250")
        transport.send(envelope)
        crash_point("mail.after-250")
    except (Refused, Unreachable, Broken) as problem:
        return problem
    except Unreadable:
        return Refused("The link of this message can't be read.", status=None, for_good=True)
    except SoftTimeLimitExceeded:
        return Unreachable("The time for this batch is over.")
    except DatabaseError:
        raise
    except MADE_WRONG as error:
        log.exception("e-mail %s can't be made", email.pk)
        words = f"The message can't be made: {type(error).__name__}"
        return Refused(words, status=None, for_good=True)
    except Exception as error:
        log.exception("e-mail %s could not be sent", email.pk)
        return Refused(f"An error: {type(error).__name__}", status=None, for_good=False)
    return None


def _delay_or_give_up(email: OutboundEmail, problem: Exception, *, at: datetime) -> None:
    last_try = email.queued_at + timedelta(hours=settings.MAIL_RETRY_HOURS)
    if (isinstance(problem, Refused) and problem.for_good) or at >= last_try:
        email.state = State.DEAD
        email.dead_at = at
        cause = cause_of(email)
        if cause is not None and cause.wrong_address:
            note_wrong_address(email, at=at)
        tell_in_charge(email, at=at)
        log.warning("e-mail %s is given up: %s", email.pk, problem)
    else:
        email.next_try_at = min(at + delay(email.attempts), last_try)


def delay(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 30 s, doubled up to 30 min, +/- 20 %."""
    wait = min(FIRST_DELAY * 2 ** min(attempts - 1, 10), LONGEST_DELAY)
    jittered: timedelta = wait * _random.uniform(0.8, 1.2)
    return jittered
