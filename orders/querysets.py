"""Queries on what runs, which need nothing of orders."""

from __future__ import annotations

from typing import Any

from django.db import models

from customers.models import Customer
from portal.accounts.models import Membership


class ServiceQuerySet(models.QuerySet[Any]):
    """Queries on services."""

    def visible_to(self, person: Membership) -> ServiceQuerySet:
        """Return the services of visible customers, if the person has the right to see orders."""
        if not person.may("view_order"):
            return self.none()
        if person.may("view_customer") and person.customer_id is None:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(person))

    def running(self) -> ServiceQuerySet:
        return self.filter(ended_on__isnull=True)
