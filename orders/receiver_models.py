"""Who is told of an order: of the partner its assignees, of the customer copies (ORD-62)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer
from portal.accounts.models import Membership
from portal.tenancy.models import TenantModel


class OrderCopy(TenantModel):
    """Another contact that gets what the customer is told of an order."""

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="copies")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="order_copies")

    class Meta:
        verbose_name = _("copy of an order's confirmation")
        verbose_name_plural = _("copies of orders' confirmations")
        constraints = [models.UniqueConstraint(fields=["order", "contact"], name="order_copy_once")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.contact_id}"


class OrderAssignee(TenantModel):
    """A person an order is assigned to.

    Copied from the customer's assignments when the order is begun, and kept when they change later
    (REG-17, REG-22).
    """

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="assignees")
    membership = models.ForeignKey(Membership, models.DO_NOTHING, related_name="+")

    class Meta:
        verbose_name = _("assignee")
        verbose_name_plural = _("assignees")
        constraints = [
            models.UniqueConstraint(fields=["membership", "order"], name="assignee_once")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.membership_id}"
