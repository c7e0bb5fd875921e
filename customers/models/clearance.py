"""The clearance of customers for product families."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.catalog.models import Family
from portal.tenancy.models import TenantModel


class ClearanceQuerySet(models.QuerySet["FamilyClearance"]):
    """Queries for clearances."""

    def valid(self, family: str) -> models.QuerySet[FamilyClearance, Any]:
        """Return the ids of the customers that are cleared for a family."""
        return self.filter(family=family, revoked_at__isnull=True).values("customer_id")


class FamilyClearance(TenantModel):
    """A clearance of a customer for a family by channel sales (ORD-14).

    Revoking it only stops new orders.
    """

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="clearances")
    family = models.CharField(_("family"), max_length=20, choices=Family.choices)
    granted_at = models.DateTimeField(_("granted"))
    granted_by = models.CharField(_("granted by"), max_length=150)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "family"],
                condition=Q(revoked_at__isnull=True),
                name="clearance_one_valid",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.family}"
