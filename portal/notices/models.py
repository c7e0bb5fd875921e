"""Notifications: a verb and its details, shown in the reader's language."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.tenancy.models import TenantModel


class NoticeSettings(TenantModel):
    """How a person wants to be told: per kind in the portal and by mail, and a daily digest."""

    membership = models.OneToOneField(Membership, models.DO_NOTHING, related_name="+")
    # Kinds as portal.notices.messages registers them.
    hidden = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    mailed = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    daily_digest = models.BooleanField(_("a digest by e-mail every morning"), default=False)
    digest_sent_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("settings of notifications")
        verbose_name_plural = _("settings of notifications")

    def __str__(self) -> str:
        return "settings"


class Notice(TenantModel):
    """A notification for one person of the partner."""

    membership = models.ForeignKey(Membership, models.DO_NOTHING, related_name="+")
    verb = models.CharField(max_length=40)
    details = models.JSONField(default=dict)
    # A path on the partner's host; empty if there is no page to open.
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["membership", "-created_at"], name="notice_of_person"),
            models.Index(
                fields=["membership"], condition=Q(read_at__isnull=True), name="notice_unread"
            ),
        ]

    def __str__(self) -> str:
        return self.verb
