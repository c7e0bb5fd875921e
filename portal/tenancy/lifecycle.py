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


class Job(models.Model):
    """Something long that the worker does for channel sales, one at a time for each row.

    The row is written first; whoever takes it counts as an attempt, and beat calls again what was
    left lying.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    cause = models.TextField(_("cause"), blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="%(class)ss",
        verbose_name=_("who"),
    )
    created_at = models.DateTimeField(_("asked for"))
    moved_at = models.DateTimeField(_("last step"))

    class Meta:
        abstract = True

    @property
    def is_under_way(self) -> bool:
        """Return whether the worker has it before it."""
        return self.state in (self.State.WAITING, self.State.MAKING)


class PartnerCreation(Job):
    """A partner that is being made (CHAN-20). Until it is ready there is no partner at all."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.CharField(_("short name"), max_length=40)
    # What was typed, until the partner is made.
    data = models.JSONField(default=dict)
    cause_field = models.CharField(max_length=40, blank=True)
    made_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("new partner")
        verbose_name_plural = _("new partners")
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=models.Q(state__in=["waiting", "making"]),
                name="partner_creation_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PartnerExport(Job):
    """Everything of a partner as a file for people, kept for some days (CHAN-24)."""

    partner = models.ForeignKey(
        "tenancy.Partner", models.CASCADE, related_name="exports", verbose_name=_("partner")
    )
    reason = models.CharField(_("reason"), max_length=500)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(_("deleted on"))

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("export of a partner")
        verbose_name_plural = _("exports of partners")
        constraints = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=models.Q(state__in=["waiting", "making"]),
                name="partner_export_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.partner)


class PartnerExportChunk(models.Model):
    """A piece of an export, so that no process holds all of it."""

    export = models.ForeignKey(PartnerExport, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="export_chunk_once")
        ]

    def __str__(self) -> str:
        return str(self.number)


class PartnerErasure(models.Model):
    """The erasure of a partner: asked for, waited for, cancelled or done (CHAN-25).

    It outlives the partner, so it names it by value.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner_id = models.UUIDField()
    partner_name = models.CharField(_("partner"), max_length=200)
    slug = models.CharField(_("short name"), max_length=40)
    schema_name = models.CharField(max_length=63)
    reason = models.CharField(_("reason"), max_length=500)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="erasures_asked_for",
        verbose_name=_("who"),
    )
    asked_at = models.DateTimeField(_("asked for"))
    due_at = models.DateTimeField(_("due"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    # When the schema went; what is left of it in the public schema goes next.
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(_("done"), null=True)
    # How many rows of each table there were.
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("erasure of a partner")
        verbose_name_plural = _("erasures of partners")
        constraints = [
            models.UniqueConstraint(
                fields=["partner_id"],
                condition=models.Q(cancelled_at=None, done_at=None),
                name="partner_erasure_once",
            )
        ]

    def __str__(self) -> str:
        return self.partner_name

    @property
    def is_open(self) -> bool:
        """Return whether it can still be cancelled."""
        return self.cancelled_at is None and self.begun_at is None and self.done_at is None

    @property
    def rows(self) -> int:
        """Return how many rows went."""
        return sum(self.counts.values())
