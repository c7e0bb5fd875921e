"""Who acts, and when: set by the middleware for a request and by the task base for a task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol


class Actor(Protocol):
    """What the change log stores of a person."""

    pk: Any
    name: Any
    is_staff: Any


_actor: ContextVar[Any] = ContextVar("actor", default=None)
_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


@contextmanager
def acting(user: Actor | None) -> Iterator[None]:
    """Write the change log in this person's name inside the block."""
    token = _actor.set(user)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Any:
    """Return the person acting, or None for the system."""
    return _actor.get()


@contextmanager
def dated(at: datetime) -> Iterator[None]:
    """Date the change log's entries inside the block at ``at``; used by the demo."""
    token = _moment.set(at)
    try:
        yield
    finally:
        _moment.reset(token)


def current_moment() -> datetime | None:
    """Return the moment set by :func:`dated`, or None for now."""
    return _moment.get()
