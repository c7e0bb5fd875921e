"""The assignment of people to customers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.tenancy.models import TenantModel


class Assignment(TenantModel):
    """The responsibility of one person of the partner for a customer (REG-17, D12)."""

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="assignments")
    membership = models.ForeignKey(Membership, models.DO_NOTHING, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(fields=["membership", "customer"], name="assignment_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.membership_id}"
