"""The outbox: a row for each e-mail and each document, written in its cause's transaction."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.outbox.inbound import InboundEmail, ReplyAddress
from portal.tenancy.managers import PartnerOwnedManager
from portal.tenancy.models import Partner

__all__ = ["Document", "InboundEmail", "OutboundEmail", "ReplyAddress", "SigningKey"]


class Document(models.Model):
    """A PDF that leaves the portal: a row first (D15), rendered once, kept as it was issued."""

    class State(models.TextChoices):
        PENDING = "pending", _("Being made")
        READY = "ready", _("Ready")
        DEAD = "dead", _("Could not be made")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="documents", verbose_name=_("partner")
    )
    key = models.CharField(_("key"), max_length=200)
    kind = models.CharField(_("kind"), max_length=60)
    file_name = models.CharField(_("file name"), max_length=150)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    # What it is about. Not a foreign key: public never points into a partner's schema.
    about_type = models.CharField(max_length=60)
    about_id = models.UUIDField()
    about_label = models.CharField(_("about"), max_length=200)
    customer_id = models.UUIDField(null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    content = models.BinaryField(null=True, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # Set in a transaction of its own before the work: what is found set has ended its process.
    started_at = models.DateTimeField(null=True, editable=False)
    crashes = models.PositiveIntegerField(_("crashes"), default=0, db_default=0, editable=False)
    next_try_at = models.DateTimeField(_("next attempt"))
    last_error = models.TextField(_("cause"), blank=True)
    created_at = models.DateTimeField(_("created"))
    ready_at = models.DateTimeField(_("made"), null=True)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(fields=["partner", "key"], name="document_once_per_key"),
            models.CheckConstraint(
                condition=~models.Q(state="ready")
                | (models.Q(content__isnull=False) & ~models.Q(sha256="")),
                name="document_ready_has_content",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=models.Q(state="pending"), name="document_due"
            ),
            models.Index(fields=["partner", "sha256"], name="document_by_hash"),
            models.Index(fields=["partner", "about_id"], name="document_by_object"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY


class SigningKey(models.Model):
    """A key that signs documents: created on first use; the newest one is used.

    The private half is encrypted with the portal's secret key; the certificate is public.
    """

    id = models.BigAutoField(primary_key=True)
    certificate = models.TextField(_("certificate"))
    private_encrypted = models.BinaryField(editable=False)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        # The table's first name, kept to avoid renaming a table in use.
        db_table = "outbox_sealkey"
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"


class OutboundEmail(models.Model):
    """One message to one address, as it was rendered when it was queued.

    There is no state for "being sent": the sender holds the lock of the row. Secrets (links that
    let somebody in) are not part of the stored text, which has a placeholder in their place; they
    are kept encrypted in ``secrets_encrypted`` until it is SENT, or a person renews them.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for its document")
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Not delivered")
        BOUNCED = "bounced", _("Came back")

    FAILED = (State.DEAD, State.BOUNCED)

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

    # The attachment; the message waits until it is made (WAITING).
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="emails"
    )
    # It left with words that say that the document follows (AVAIL-06).
    without_document = models.BooleanField(default=False, db_default=False, editable=False)

    # What the message is about, so that the object's page can show it. Not a foreign key: public
    # never points into a partner's schema.
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
    # The 72 hours count from here: "Send again" sets it anew.
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
                condition=models.Q(state__in=["waiting", "queued", "dead"])
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
                fields=["dead_at"],
                condition=models.Q(state__in=["dead", "bounced"]),
                name="email_failed",
            ),
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
        """Return whether the message was given up or came back, and a person has to act."""
        return self.state in self.FAILED

    @property
    def needs_a_person(self) -> bool:
        """Return whether nothing goes on by itself: given up, or its document was (AVAIL-06)."""
        return self.is_dead or (self.state == self.State.WAITING and bool(self.last_error))
