"""What staff are told of, what each person chose, and what they have read (CHAN-30)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.tenancy.managers import PartnerOwnedManager
from portal.tenancy.models import Partner


class StaffEvent(models.TextChoices):
    """What staff are told of."""

    ORDER = "order", _("New orders")
    CANCEL = "cancel", _("Requests to cancel an order")
    REGISTRATION = "registration", _("Registrations of customers")
    REPORT = "report", _("Escalated problem reports")
    NAME = "name", _("Questions about a customer's name")
    EVIDENCE = "evidence", _("Evidence that does not match")


# One notice as a sentence, in the reader's language.
SENTENCES: dict[str, Promise] = {
    StaffEvent.ORDER: _("New order %(label)s"),
    StaffEvent.CANCEL: _("Cancel asked for: order %(label)s"),
    StaffEvent.REGISTRATION: _("Registration of %(label)s"),
    StaffEvent.REPORT: _("Escalated: %(label)s"),
    StaffEvent.NAME: _("Question about the name “%(label)s”"),
    StaffEvent.EVIDENCE: _("Evidence does not match: %(label)s"),
}


def every_kind() -> list[str]:
    """Return all kinds: what somebody is told of who has not chosen."""
    return list(StaffEvent.values)


class StaffNotice(models.Model):
    """Something that happened at a partner and that staff are told of; the same for all readers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="staff_notices", verbose_name=_("partner")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=StaffEvent.choices)
    label = models.CharField(_("what it is about"), max_length=250)
    # A path on the public host.
    path = models.CharField(max_length=300)
    # What happened, so that it is told once.
    key = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField(_("when"))
    # When the e-mails of who wants them at once were queued.
    mailed_at = models.DateTimeField(null=True)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["-at"], name="staff_notice_at"),
            models.Index(
                fields=["at"], name="staff_notice_unmailed", condition=models.Q(mailed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return str(SENTENCES.get(self.kind, "%(label)s")) % {"label": self.label}


class StaffSubscription(models.Model):
    """What a member of staff wants to be told of; who has none is told of all, without mail."""

    class Mail(models.TextChoices):
        NEVER = "never", _("No e-mail")
        AT_ONCE = "once", _("An e-mail at once")
        DAILY = "daily", _("One e-mail every morning")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    kinds = ArrayField(
        models.CharField(max_length=20, choices=StaffEvent.choices), default=every_kind, blank=True
    )
    # Of which partners, unless of all.
    all_partners = models.BooleanField(default=True)
    partners = models.ManyToManyField(Partner, related_name="+", blank=True)
    mail = models.CharField(max_length=5, choices=Mail.choices, default=Mail.NEVER)
    # What is older counts as read; what is newer has a row of its own once it was opened.
    marked_read_at = models.DateTimeField(null=True)
    # Up to when the daily e-mail has told.
    digest_sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("what I am told")
        verbose_name_plural = _("what I am told")

    def __str__(self) -> str:
        return str(self.user)


class StaffNoticeRead(models.Model):
    """A notice that a member of staff opened."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(StaffNotice, models.CASCADE, related_name="reads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "notice"], name="staff_notice_read_once")
        ]

    def __str__(self) -> str:
        return str(self.notice_id)
