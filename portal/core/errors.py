"""Refusals, and errors that must stop a request."""

from __future__ import annotations

from django.utils.functional import Promise


class RuleError(Exception):
    """A refusal by a rule. ``str(error)`` is the message, ``field`` the form field to show it at.

    ``status`` is the HTTP status of the page that shows it (D22).
    """

    status = 200

    def __init__(self, message: str | Promise, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class WrongState(RuleError):
    """Refuse a transition that the state machine does not list for this state (SM-ANY)."""


class StaleError(RuleError):
    """Refuse a form that was filled from a version that somebody has changed since (REG-35)."""

    status = 409


class TenantLeak(Exception):
    """A row of another partner came out of the database. Never caught: the request must fail."""


class UnscopedQuery(Exception):
    """A public model that belongs to a partner was queried without naming the partner."""
