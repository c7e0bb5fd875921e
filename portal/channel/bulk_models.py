"""Acts of channel sales on several orders at once: a row for the act, a row for each order."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.managers import PartnerOwnedManager
from portal.tenancy.models import Partner


class BulkAct(models.Model):
    """One act on several orders, of one or more partners (CHAN-11)."""

    class Act(models.TextChoices):
        ACCEPT = "accept", _("Accept")
        PROVISION = "provision", _("Start provisioning")
        RETURN = "return", _("Return for changes")
        REJECT = "reject", _("Reject")

    # Made with the page that asks, so that the same page sent twice is one act.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.CharField(_("act"), max_length=10, choices=Act.choices)
    reason = models.TextField(_("reason"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="bulk_acts",
        verbose_name=_("started by"),
    )
    # The results are written in the language of who started it.
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    created_at = models.DateTimeField(_("started"))

    class Meta:
        verbose_name = _("act on several orders")
        verbose_name_plural = _("acts on several orders")
        indexes = [models.Index(fields=["-created_at"], name="bulk_act_by_date")]

    def __str__(self) -> str:
        return str(self.get_act_display())


class BulkActItem(models.Model):
    """One order of an act on several: what was seen of it, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.ForeignKey(BulkAct, models.CASCADE, related_name="items")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="bulk_act_items")
    position = models.PositiveIntegerField()
    # Not a foreign key: public never points into a partner's schema.
    order_id = models.UUIDField()
    number = models.CharField(_("order"), max_length=20)
    customer = models.CharField(_("customer"), max_length=250)
    version = models.PositiveIntegerField()
    seen = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    result = models.TextField(_("result"), blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    moved_at = models.DateTimeField()
    finished_at = models.DateTimeField(_("finished"), null=True)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("order of an act on several")
        verbose_name_plural = _("orders of acts on several")
        constraints = [
            models.UniqueConstraint(fields=["act", "order_id"], name="bulk_order_once"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", finished_at=None)
                | (~models.Q(state="waiting") & models.Q(finished_at__isnull=False)),
                name="bulk_item_finished_when",
            ),
        ]
        indexes = [
            models.Index(fields=["act", "position"], name="bulk_item_of_act"),
            models.Index(
                fields=["moved_at"], condition=models.Q(state="waiting"), name="bulk_item_waiting"
            ),
        ]

    def __str__(self) -> str:
        return self.number
