"""What is sent to a customer to confirm: frozen when it is sent (CON-09 to CON-23)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer
from portal.accounts.models import Membership
from portal.catalog.models import TermsVersion
from portal.tenancy.models import TenantModel
from quotes.models.quote import Quote

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    """Queries on confirmations."""

    def open(self) -> ConfirmationQuerySet:
        return self.filter(state=Confirmation.State.SENT)

    def past(self, at: datetime) -> ConfirmationQuerySet:
        """Return the open ones whose time has passed."""
        return self.open().filter(expires_at__lte=at)


class Confirmation(TenantModel):
    """One question to a customer, with exactly what was asked."""

    class State(models.TextChoices):
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    quote = models.ForeignKey(Quote, models.PROTECT, related_name="confirmations")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(_("revision"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SENT)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    # The addressee's data at the time of sending.
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    addressee_name = models.CharField(_("addressee"), max_length=170)
    addressee_email = models.EmailField(_("address"), max_length=320)
    terms = models.ForeignKey(TermsVersion, models.PROTECT, related_name="+")
    terms_sha256 = models.CharField(max_length=64)
    # Everything the customer sees but the terms' text; without commercials (CON-02).
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    sent_by = models.ForeignKey(Membership, models.DO_NOTHING, related_name="+")
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))
    # CON-11: it may have been a mail filter.
    opened_at = models.DateTimeField(_("link opened"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+"
    )
    declined_by = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_name = models.CharField(_("decided by"), max_length=170, blank=True)
    decline_reason = models.TextField(_("reason"), blank=True)

    objects = ConfirmationQuerySet.as_manager()

    links: RelatedManager[ConfirmationLink]

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        constraints = [
            models.UniqueConstraint(
                fields=["quote"], condition=Q(state="sent"), name="confirmation_one_open"
            ),
            models.UniqueConstraint(
                fields=["quote"], condition=Q(state="accepted"), name="confirmation_one_accepted"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | Q(decided_at__isnull=False, accepted_by__isnull=False),
                name="confirmation_accepted_by",
            ),
        ]
        indexes = [
            models.Index(fields=["quote", "-sent_at"], name="confirmation_by_quote"),
            models.Index(fields=["expires_at"], condition=Q(state="sent"), name="confirmation_due"),
        ]

    def __str__(self) -> str:
        return f"{self.quote.number}-{self.revision}"

    def is_over(self, at: datetime) -> bool:
        """Return whether its time has passed, recorded already or not (D7)."""
        return self.state == self.State.EXPIRED or (
            self.state == self.State.SENT and self.expires_at <= at
        )

    @property
    def is_open(self) -> bool:
        return self.state == self.State.SENT

    @property
    def present_address(self) -> str:
        """Return the addressee's address of today; the one that was asked if they were erased."""
        return self.addressee_email if self.contact.erased_at else self.contact.email

    @property
    def address_changed(self) -> bool:
        """Return whether the addressee has another address now, was erased (CON-31) or has left."""
        contact = self.contact
        gone = contact.erased_at is not None or contact.left_at is not None
        return gone or contact.email.casefold() != self.addressee_email.casefold()

    @property
    def accepter_differs(self) -> bool:
        """Return whether somebody else accepted than the one who was asked."""
        return self.accepted_by_id is not None and self.accepted_by_id != self.contact_id

    @property
    def decliner_differs(self) -> bool:
        """Return whether somebody else declined than the one who was asked (CON-50)."""
        return self.declined_by_id is not None and self.declined_by_id != self.contact_id


class ConfirmationLink(TenantModel):
    """One e-mailed link to a confirmation.

    Reminders and "Send again" add further ones; the earlier ones still work. Only the hash of the
    secret is stored (CON-10).
    """

    confirmation = models.ForeignKey(Confirmation, models.PROTECT, related_name="links")
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("link of a confirmation")
        verbose_name_plural = _("links of confirmations")

    def __str__(self) -> str:
        return str(self.created_at)
