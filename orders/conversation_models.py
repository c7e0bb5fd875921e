"""What partner and channel sales say about an order (CHAN-14)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from portal.accounts.models import Membership
from portal.tenancy.models import TenantModel


class OrderMessage(TenantModel):
    """One thing said about an order, by a person of one side; never shown to the customer."""

    class Side(models.TextChoices):
        PARTNER = "partner", _("Partner")
        VENDOR = "vendor", _("Channel Sales")

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="messages")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=Side.choices)
    text = models.TextField(_("text"), max_length=10_000)
    # None: a member of channel sales, who has no place at the partner.
    author = models.ForeignKey(Membership, models.DO_NOTHING, null=True, related_name="+")
    author_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(fields=["order", "created_at"], name="message_of_order")]

    def __str__(self) -> str:
        return self.text[:60]
