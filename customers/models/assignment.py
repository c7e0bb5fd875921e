"""Who is responsible for a customer, and who may change her."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from portal.accounts.models import Membership
from portal.tenancy.models import TenantModel


class Assignment(TenantModel):
    """A person of the partner responsible for a customer (REG-17); the source of D12."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="assignments")
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


def is_assigned(customer_id: UUID, person: Membership) -> bool:
    """Whether this person is assigned to the customer."""
    return Assignment.objects.filter(customer_id=customer_id, membership_id=person.pk).exists()


def may_change(customer: Customer, person: Membership) -> bool:
    """Whether this person may change the customer: all, or only the assigned (REG-24)."""
    return person.may("change_customer") or (
        person.may("change_assigned_customer") and is_assigned(customer.pk, person)
    )
