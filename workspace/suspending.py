"""Suspending a partner and opening it again (CHAN-21)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import Session, User
from portal.core.errors import WrongState
from portal.outbox.services import go_on_after_suspension
from portal.tenancy.context import in_public
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.models import Partner
from portal.tenancy.queueing import enqueue
from workspace.erasing import open_erasure
from workspace.events import Kind, log_event


class SuspendedAlready(WrongState):
    """Refuse to suspend a partner twice (SM-ANY)."""

    def __init__(self, partner: Partner) -> None:
        super().__init__(_("%(partner)s is suspended already.") % {"partner": partner.name})


class NotSuspended(WrongState):
    """Refuse to open a partner that is open (SM-ANY)."""

    def __init__(self, partner: Partner) -> None:
        super().__init__(_("%(partner)s is active.") % {"partner": partner.name})


class ErasureWaits(WrongState):
    """Refuse to open a partner that is to be erased (CHAN-25)."""

    def __init__(self, partner: Partner) -> None:
        super().__init__(
            _("%(partner)s is to be erased. Cancel its erasure first.") % {"partner": partner.name}
        )


def _locked(partner: Partner) -> Partner:
    found: Partner = Partner._default_manager.select_for_update().get(pk=partner.pk)
    return found


def suspend_partner(partner: Partner, *, reason: str, by: User | None, at: datetime) -> None:
    """Suspend a partner: its people's sessions end, its hosts say so, mails and tasks wait.

    Nothing is deleted (CHAN-21). Raise SuspendedAlready.
    """
    with in_public(), transaction.atomic():
        locked = _locked(partner)
        if not locked.is_active:
            raise SuspendedAlready(locked)
        locked.is_active = False
        locked.save(update_fields=["is_active"])
        Session.objects.filter(partner=locked).delete()
        log_event(locked, Kind.SUSPENDED, by=by, reason=reason, at=at)
    forget_hosts()


def reopen_partner(partner: Partner, *, reason: str, by: User | None, at: datetime) -> None:
    """Open a suspended partner again: what waited goes on (CHAN-21). Raise NotSuspended."""
    with in_public(), transaction.atomic():
        locked = _locked(partner)
        if locked.is_active:
            raise NotSuspended(locked)
        if open_erasure(locked) is not None:
            raise ErasureWaits(locked)
        locked.is_active = True
        locked.save(update_fields=["is_active"])
        # Whoever signed in before every process knew of the suspension.
        Session.objects.filter(partner=locked).delete()
        go_on_after_suspension(locked, at=at)
        log_event(locked, Kind.REOPENED, by=by, reason=reason, at=at)
        enqueue("tenancy.go_on", partner=None)
    forget_hosts()
