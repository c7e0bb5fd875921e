"""Erasing a partner after a waiting time (CHAN-25)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import Membership, User
from portal.core.errors import RuleError, WrongState
from portal.tenancy.backups.removing import (
    drop_schema,
    forget_in_admin_log,
    remove_partner,
    remove_people,
)
from portal.tenancy.backups.tables import owned, tables_of
from portal.tenancy.backups.writing import count_rows
from portal.tenancy.context import in_public
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.models import Partner, PartnerErasure
from workspace.events import Kind, log_event

log = logging.getLogger(__name__)


class NotErasable(WrongState):
    """Refuse to erase a partner that is open, or whose erasure waits already (CHAN-25)."""


class WrongName(RuleError):
    """Refuse an erasure without the partner's exact name (CHAN-25)."""

    def __init__(self, partner: Partner) -> None:
        super().__init__(
            _("Type the name as it is: %(name)s") % {"name": partner.name}, field="name"
        )


class TooLate(WrongState):
    """Refuse to cancel what was cancelled or is done (CHAN-25)."""

    def __init__(self) -> None:
        super().__init__(_("This erasure is over. It cannot be cancelled any more."))


def open_erasure(partner: Partner) -> PartnerErasure | None:
    """Return the erasure that waits for its time."""
    rows = PartnerErasure.objects.filter(partner_id=partner.pk, cancelled_at=None, done_at=None)
    return rows.first()


def ask_for_erasure(
    partner: Partner, *, name: str, reason: str, by: User, at: datetime
) -> PartnerErasure:
    """Let a suspended partner be erased when the waiting time is over (ERASURE_DAYS).

    ``name`` is what was typed to be sure. Raise WrongName, or NotErasable for a partner that is
    open or waits for it already.
    """
    with in_public(), transaction.atomic():
        locked = Partner._default_manager.select_for_update().get(pk=partner.pk)
        if locked.is_active:
            raise NotErasable(
                _("%(partner)s is active. Suspend it first.") % {"partner": locked.name}
            )
        if open_erasure(locked) is not None:
            raise NotErasable(
                _("The erasure of %(partner)s waits already.") % {"partner": locked.name}
            )
        if " ".join(name.split()) != locked.name:
            raise WrongName(locked)
        erasure = PartnerErasure.objects.create(
            partner_id=locked.pk,
            partner_name=locked.name,
            slug=locked.slug,
            schema_name=locked.schema_name,
            reason=" ".join(reason.split())[:500],
            user=by,
            asked_at=at,
            due_at=at + timedelta(days=settings.ERASURE_DAYS),
        )
        log_event(locked, Kind.ERASURE_ASKED, by=by, reason=reason, at=at)
    return erasure


@transaction.atomic
def cancel_erasure(erasure: PartnerErasure, *, reason: str, by: User, at: datetime) -> None:
    """Leave the partner as it is, suspended. Raise TooLate."""
    current = PartnerErasure.objects.select_for_update().get(pk=erasure.pk)
    if not current.is_open:
        raise TooLate
    current.cancelled_at = at
    current.save(update_fields=["cancelled_at"])
    partner = Partner._default_manager.get(pk=current.partner_id)
    log_event(partner, Kind.ERASURE_CANCELLED, by=by, reason=reason, at=at)


def erase_due(*, at: datetime) -> int:
    """Erase what is due, and return how many partners are gone.

    The schema first, then the rest: every page waits while the first runs, so it is short. What is
    killed in between goes on with the next call.
    """
    with in_public():
        due = PartnerErasure.objects.filter(due_at__lte=at, cancelled_at=None, done_at=None)
        done = 0
        for erasure_id in list(due.order_by("due_at").values_list("pk", flat=True)):
            try:
                done += _drop(erasure_id, at=at) and _remove(erasure_id, at=at)
            except OperationalError:
                log.warning("erasure %s waits for the next sweep", erasure_id, exc_info=True)
    if done:
        forget_hosts()
    return done


def _locked(erasure_id: UUID) -> tuple[PartnerErasure, Partner] | None:
    rows = PartnerErasure.objects.select_for_update(skip_locked=True)
    erasure = rows.filter(pk=erasure_id, cancelled_at=None, done_at=None).first()
    if erasure is None:
        return None
    partner = Partner._default_manager.select_for_update().filter(pk=erasure.partner_id).first()
    # Nobody erases a partner that people work in, whatever the row says.
    if partner is None or partner.is_active:
        log.error("erasure %s is not done: the partner is open or missing", erasure.pk)
        return None
    return erasure, partner


@transaction.atomic
def _drop(erasure_id: UUID, *, at: datetime) -> bool:
    found = _locked(erasure_id)
    if found is None:
        return False
    erasure, partner = found
    if erasure.begun_at is None:
        tables = [*owned(partner).values(), *tables_of(partner.schema_name).values()]
        erasure.counts = {name: n for name, n in count_rows(tables).items() if n}
        erasure.begun_at = at
        erasure.save(update_fields=["counts", "begun_at"])
        forget_in_admin_log(tables)
        drop_schema(partner.schema_name)
    return True


@transaction.atomic
def _remove(erasure_id: UUID, *, at: datetime) -> int:
    found = _locked(erasure_id)
    if found is None:
        return 0
    erasure, partner = found
    places = Membership.objects.for_partner(partner)
    people = [str(pk) for pk in places.values_list("user_id", flat=True)]
    remove_partner(partner, with_log=True)
    gone = remove_people(people)
    erasure.done_at = at
    erasure.counts = {**erasure.counts, "accounts_user": gone}
    erasure.save(update_fields=["done_at", "counts"])
    log_event(partner, Kind.ERASED, by=None, reason=erasure.reason, at=at)
    return 1
