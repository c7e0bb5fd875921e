"""What comes in by mail: the addresses that answers go to, and each message until it is handled."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.managers import PartnerOwnedManager
from portal.tenancy.models import Partner

# Without letters that look alike; 26 of them are 128 bits.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_reply_token() -> str:
    """Return the random part of an address that answers go to."""
    return "".join(secrets.choice(_LETTERS) for _i in range(26))


class ReplyAddress(models.Model):
    """The address that one recipient's answers about one object come to.

    The token stands in the local part of the address, so whoever writes there was written to.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="reply_addresses")
    token = models.CharField(max_length=32, unique=True, default=new_reply_token)
    # What the answers are about. Not a foreign key: public never points into a partner's schema.
    about_type = models.CharField(max_length=60)
    about_id = models.UUIDField()
    customer_id = models.UUIDField(null=True, blank=True)
    recipient = models.EmailField(_("recipient"), max_length=320)
    # The membership of a recipient with a place here; their answers count as theirs.
    membership_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("reply address")
        verbose_name_plural = _("reply addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "about_id", "recipient"], name="replyaddress_once"
            )
        ]

    def __str__(self) -> str:
        return self.recipient


class InboundEmail(models.Model):
    """One message that came in; its raw bytes stay until it is handled."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a person")
        HANDLED = "handled", _("Handled")
        # An auto-reply, a bounce or a loop: kept, and never answered.
        AUTOMATIC = "automatic", _("Automatic message")
        DISMISSED = "dismissed", _("Dismissed")

    class Reason(models.TextChoices):
        """Why a person has to look at it."""

        UNKNOWN_ADDRESS = "unknown_address", _("The address it was sent to is not known.")
        UNKNOWN_SENDER = "unknown_sender", _("The sender is not known.")
        OTHER_SENDER = "other_sender", _("The answer came from another address.")
        GONE = "gone", _("What it answers cannot be answered any more.")
        UNREADABLE = "unreadable", _("The message could not be read.")
        NO_RIGHT = "no_right", _("The sender may not answer for the partner.")
        TOO_MANY = "too_many", _("Many messages came from this sender within an hour.")
        EMPTY = "empty", _("No new text was found in it.")
        FAILED = "failed", _("Taking it over failed.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None: not even the partner is known; channel sales sees it.
    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inbound_emails",
        verbose_name=_("partner"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices, blank=True)
    # SHA-256 of the raw bytes and the recipient: the same message delivered twice is one row.
    digest = models.CharField(max_length=64, unique=True)
    raw = models.BinaryField(null=True, editable=False)
    size = models.PositiveIntegerField(_("size"))
    recipient = models.CharField(_("to"), max_length=320, blank=True)
    from_address = models.CharField(_("from"), max_length=320, blank=True)
    from_name = models.CharField(_("sender's name"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=500, blank=True)
    text = models.TextField(_("text"), blank=True)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True, blank=True)
    about_label = models.CharField(_("about"), max_length=200, blank=True)
    customer_id = models.UUIDField(null=True, blank=True)
    received_at = models.DateTimeField(_("received"))
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)
    handled_by = models.CharField(_("handled by"), max_length=150, blank=True)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("received e-mail")
        verbose_name_plural = _("received e-mails")
        indexes = [
            models.Index(fields=["partner", "state", "-received_at"], name="inbound_by_state"),
            models.Index(fields=["-received_at"], name="inbound_by_date"),
        ]

    def __str__(self) -> str:
        return self.subject or self.from_address
