"""Finding messages for the list and its file: filters, order, columns (REG-09, REG-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from portal.accounts.models import Membership
from portal.core.list_filters import Asked, Filter
from portal.outbox import queries
from portal.outbox.customers import customer_filters
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import local_day, within_days
from portal.tenancy.downloads import FileColumn

S = OutboundEmail.State
SORTS: dict[str, tuple[Any, ...]] = {
    "created": ("created_at",),
    "subject": ("subject",),
    "to": ("to_address",),
    "about": ("about_label",),
    "state": ("state", "created_at"),
}
TABS = (S.QUEUED, S.SENT, S.DEAD)


def email_filters(person: Membership) -> list[Filter]:
    """Return what stands beside the search box of the list of messages."""
    return [
        Filter(
            "state",
            _("State"),
            "choice",
            [("", _("Any state")), *((state.value, str(state.label)) for state in S)],
            tabs=[(state.value, str(state.label)) for state in TABS],
        ),
        *customer_filters(person),
        Filter("from", _("Written from"), "date", end="from"),
        Filter("to", _("Written until"), "date", end="to"),
    ]


def found_emails(asked: Asked[Filter], person: Membership) -> models.QuerySet[OutboundEmail]:
    """Return what search and filters leave; nothing where a filter has no meaning (USE-14)."""
    values = asked.values
    found = queries.listed(person.partner, state=values.get("state", ""), words=asked.text)
    if not asked.is_possible:
        return found.none()
    if "customer" in values:
        found = found.filter(customer_id=values["customer"])
    days = within_days("created_at", values.get("from", ""), values.get("to", ""))
    return found.filter(days)


def empty_words(asked: Asked[Filter]) -> tuple[str, str] | None:
    """Return what is said of a tab without messages; None where more than the state is asked."""
    words: dict[str, tuple[str, str]] = {
        S.QUEUED: (_("Nothing is queued"), _("Every e-mail was handed over.")),
        S.DEAD: (_("Every e-mail was delivered"), _("There is nothing to do here.")),
        S.SENT: (_("Nothing was sent yet"), _("Delivered e-mails are listed here.")),
    }
    return words.get(asked.only("state"))


def file_columns() -> list[FileColumn]:
    """Return the columns of the file."""
    columns: list[tuple[str, Callable[[OutboundEmail], Any]]] = [
        (_("Subject"), lambda email: email.subject),
        (_("To"), lambda email: email.to_address),
        (_("About"), lambda email: email.about_label),
        (_("State"), lambda email: email.get_state_display()),
        (_("Cause"), lambda email: email.last_error if email.is_dead else ""),
        (_("Written"), lambda email: local_day(email.created_at)),
        (_("Sent"), lambda email: local_day(email.sent_at) if email.sent_at else None),
    ]
    return [FileColumn(label, value, 32) for label, value in columns]
