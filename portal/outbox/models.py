"""The outbox: a row for each e-mail, written in the transaction of the act that causes it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.managers import PartnerOwnedManager
from portal.tenancy.models import Partner


class OutboundEmail(models.Model):
    """One message to one address, as it was rendered when it was queued.

    There is no state for "being sent": whoever sends holds the lock of the row. Secrets (links
    that let somebody in) are not part of the stored text, which has a mark in their place; they
    lie encrypted in ``secrets_encrypted`` until the message is SENT or DEAD.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for its document")
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Not delivered")
        BOUNCED = "bounced", _("Bounced")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None: from the vendor itself, to its own staff.
    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,  # The indexes below start with it.
        related_name="emails",
        verbose_name=_("partner"),
    )
    key = models.CharField(_("key"), max_length=200)
    template = models.CharField(_("kind"), max_length=100)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)

    to_address = models.EmailField(_("to"), max_length=320)
    from_address = models.EmailField(_("from"), max_length=320)
    from_name = models.CharField(_("sender's name"), max_length=200)
    reply_to = models.EmailField(_("answers go to"), max_length=320, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"))
    message_id = models.CharField(_("Message-ID"), max_length=400)
    has_secrets = models.BooleanField(default=False, editable=False)
    secrets_encrypted = models.BinaryField(null=True, editable=False)

    # What the message is about, so that the object's page can show it. No key: public never
    # points into a partner's schema.
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True, blank=True)
    about_label = models.CharField(_("about"), max_length=200, blank=True)
    customer_id = models.UUIDField(null=True, blank=True)

    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next attempt"))
    last_error = models.TextField(_("cause"), blank=True)
    last_status = models.PositiveSmallIntegerField(_("code of the mail server"), null=True)
    created_at = models.DateTimeField(_("created"))
    # The 72 hours count from here: "Send again" starts them anew.
    queued_at = models.DateTimeField(_("queued"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    dead_at = models.DateTimeField(_("given up"), null=True)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "key"], nulls_distinct=False, name="email_once_per_key"
            ),
            models.UniqueConstraint(fields=["message_id"], name="email_message_id"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "queued"])
                | models.Q(secrets_encrypted=None),
                name="email_secrets_erased",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=models.Q(state="queued"), name="email_due"
            ),
            models.Index(fields=["partner", "-created_at"], name="email_by_partner"),
            models.Index(fields=["partner", "state", "-created_at"], name="email_by_state"),
            models.Index(fields=["-created_at"], name="email_by_date"),
            models.Index(
                fields=["partner", "about_id", "-created_at"],
                condition=models.Q(about_id__isnull=False),
                name="email_by_object",
            ),
            models.Index(
                fields=["partner", "customer_id", "-created_at"],
                condition=models.Q(customer_id__isnull=False),
                name="email_by_customer",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_dead(self) -> bool:
        """Whether it was given up and a person has to act."""
        return self.state == self.State.DEAD
