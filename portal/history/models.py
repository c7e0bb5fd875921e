"""The change log of a partner: append-only, readable, one table for everything."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from auditlog.models import AbstractLogEntry, LogEntryManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.actor import current_actor, current_moment
from portal.tenancy.guard import checked_instance, current_partner_id


class EntryManager(LogEntryManager):
    """Manager that adds the actor and the customer to each entry."""

    def log_create(self, instance: Any, force_log: bool = False, **kwargs: Any) -> Any:
        """Write auditlog's entry for a change of fields, with the customer it is about."""
        owner = getattr(instance, "customer_of_log", None)
        if callable(owner):
            kwargs.setdefault("customer_id", owner())
        return super().log_create(instance, force_log=force_log, **kwargs)

    def create(self, **kwargs: Any) -> Entry:
        """Insert an entry with the actor and their current name."""
        actor = kwargs.pop("actor", None) or current_actor()
        if actor is not None:
            kwargs.setdefault("actor", actor)
            kwargs.setdefault("actor_name", actor.name)
            kwargs.setdefault("by_staff", actor.is_staff)
        moment = current_moment()
        if moment is not None:
            kwargs["timestamp"] = moment
        entry: Entry = super().create(**kwargs)
        return entry


class Entry(AbstractLogEntry):
    """A change or an event: who, when, which object, and the changed fields or a verb."""

    partner_id = models.UUIDField(default=current_partner_id, editable=False)
    verb = models.CharField(max_length=40, blank=True)
    actor_name = models.CharField(max_length=150, blank=True)
    by_staff = models.BooleanField(default=False)
    # The customer that the object belongs to, so that its page can show everything about it.
    customer_id = models.UUIDField(null=True, blank=True, db_index=True)

    objects: ClassVar[EntryManager] = EntryManager()

    class Meta(AbstractLogEntry.Meta):
        abstract = False
        ordering: ClassVar[list[str]] = []
        verbose_name = _("change log entry")
        verbose_name_plural = _("change log")

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Self:
        """Build the row; raise TenantLeak if it belongs to another partner.

        Repeats TenantModel.from_db, from which this model can't derive.
        """
        row: Self = super().from_db(db, field_names, values, **kwargs)
        return checked_instance(row)
