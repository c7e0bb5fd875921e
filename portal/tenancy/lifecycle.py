"""Rows about a partner as a whole: what channel sales did with it, and what waits meanwhile."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.managers import PartnerOwnedManager


class PartnerEvent(models.Model):
    """What was done with a partner, by whom, when and why. Append-only; it outlives the partner."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Created")
        SUSPENDED = "suspended", _("Suspended")
        REOPENED = "reopened", _("Reopened")
        EXPORTED = "exported", _("Export asked for")
        DOWNLOADED = "downloaded", _("Export downloaded")
        ERASURE_ASKED = "erasure asked", _("Erasure asked for")
        ERASURE_CANCELLED = "erasure cancelled", _("Erasure cancelled")
        ERASED = "erased", _("Erased")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Not a foreign key: what became of an erased partner can be read afterwards.
    partner_id = models.UUIDField()
    partner_name = models.CharField(_("partner"), max_length=200)
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    # None: by itself, or by a command.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="partner_events",
        verbose_name=_("who"),
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("event of a partner")
        verbose_name_plural = _("events of partners")
        indexes = [models.Index(fields=["partner_id", "-at"], name="partner_event_at")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.partner_name}"


class WaitingTask(models.Model):
    """A task of a suspended partner, called when it is active again (CHAN-21)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("tenancy.Partner", models.CASCADE, related_name="waiting_tasks")
    name = models.CharField(max_length=100)
    arguments = models.JSONField()
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "name", "arguments"], name="waiting_task_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
