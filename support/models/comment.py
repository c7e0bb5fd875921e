"""What is said about a problem report: answers, internal notes, and talk with the vendor."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from portal.accounts.models import Membership
from portal.tenancy.models import TenantModel
from support.models.report import ProblemReport


class CommentQuerySet(models.QuerySet["Comment"]):
    """Queries on what was said."""

    def public(self) -> CommentQuerySet:
        """Return what the customer may read: never notes, never talk with the vendor."""
        return self.filter(audience=Comment.Audience.EVERYBODY)


class Comment(TenantModel):
    """One thing said about a report, by a person of one side."""

    class Audience(models.TextChoices):
        EVERYBODY = "all", _("Answer")
        PARTNER = "internal", _("Internal note")
        VENDOR = "vendor", _("To and from Channel Sales")

    class Side(models.TextChoices):
        PARTNER = "partner", _("Partner")
        CUSTOMER = "customer", _("Customer")
        VENDOR = "vendor", _("Channel Sales")

    report = models.ForeignKey(ProblemReport, models.CASCADE, related_name="comments")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    audience = models.CharField(_("who reads it"), max_length=8, choices=Audience.choices)
    side = models.CharField(max_length=8, choices=Side.choices)
    text = models.TextField(_("text"), max_length=20_000)
    # What an e-mail quoted below or above the answer; shown on request.
    quoted = models.TextField(blank=True)
    author = models.ForeignKey(Membership, models.DO_NOTHING, null=True, related_name="+")
    author_name = models.CharField(max_length=150)
    author_email = models.EmailField(max_length=320, blank=True)
    # The e-mail it came from (portal.outbox.InboundEmail), if it came by mail.
    inbound_id = models.UUIDField(null=True, blank=True, unique=True)
    created_at = models.DateTimeField(_("written"))

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=["report", "created_at"], name="comment_of_report")]

    def __str__(self) -> str:
        return self.text[:60]
