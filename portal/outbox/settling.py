"""What becomes of a received message: taken over, of a machine, or dismissed (OUT-38)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.core.errors import WrongState
from portal.outbox.models import InboundEmail

State, Reason = InboundEmail.State, InboundEmail.Reason


class AlreadySettled(WrongState):
    """Refuse to decide on a message once more (OUT-38)."""

    def __init__(self, row: InboundEmail) -> None:
        words = _("Somebody has taken care of this e-mail already: %(state)s, %(who)s.")
        super().__init__(words % {"state": row.get_state_display(), "who": row.handled_by or "–"})


def note_about(row: InboundEmail, about: models.Model, label: str) -> None:
    """Note what a message is about; saved by the caller."""
    row.about_type, row.about_id = about._meta.label_lower, about.pk
    row.about_label = label[:200]
    row.customer_id = getattr(about, "customer_id", None)


def settle(row: InboundEmail, state: str, *, at: datetime, by: str = "") -> None:
    """Note what became of a locked message; the raw bytes of a handled one are erased."""
    row.state, row.reason = state, ""
    row.handled_at, row.handled_by = at, by[:150]
    if state == State.HANDLED:
        # What it said is at what it is about.
        row.raw, row.text = None, ""
    row.save()


def lock_unsettled(row_id: UUID) -> InboundEmail:
    """Return a message that waits or was taken for a machine's, locked to the transaction's end.

    Raise AlreadySettled for any other.
    """
    rows = InboundEmail.objects.across_partners().select_for_update(of=("self",))
    row = rows.select_related("partner").get(pk=row_id)
    if row.state not in (State.WAITING, State.AUTOMATIC):
        raise AlreadySettled(row)
    return row


@transaction.atomic
def dismiss(row_id: UUID, *, by: str, at: datetime) -> InboundEmail:
    """Say that nothing has to be done about a message; it stays readable for 30 days."""
    row = lock_unsettled(row_id)
    settle(row, State.DISMISSED, at=at, by=by)
    return row
