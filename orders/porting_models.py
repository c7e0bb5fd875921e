"""The blocks of numbers that an order brings along from another provider (ORD-58)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from portal.tenancy.models import TenantModel


class PortedBlock(TenantModel):
    """One block of a placed order, with how far its porting is."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")
        PORTED = "ported", _("Ported")

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="ported_blocks")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    # International digits, such as 46265550100 to 46265550119.
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    text = models.CharField(_("numbers"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    on = models.DateField(_("date"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("block of numbers")
        verbose_name_plural = _("blocks of numbers")
        constraints = [
            models.UniqueConstraint(fields=["order", "first"], name="ported_block_once"),
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="ported_block_order"),
        ]
        indexes = [models.Index(fields=["last", "first"], name="ported_block_numbers")]

    def __str__(self) -> str:
        return self.text
