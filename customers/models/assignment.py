"""Who is responsible for a customer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.tenancy.models import TenantModel


class Assignment(TenantModel):
    """A person of the partner responsible for a customer (REG-17); the source of D12."""

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
