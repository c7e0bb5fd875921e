"""Drafts that wait for the registration of their customer (CHAN-04)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from customers.models import CustomerRegistration
from orders.models import Order
from orders.services.drafts import start_draft
from portal.tenancy.models import Partner


class WaitingDrafts:
    """What registrations know of drafts; see ``customers.registrations.orders``."""

    def keep(self, registration: CustomerRegistration, *, at: datetime) -> UUID | None:
        """Return the draft that the registration was sent from, or an empty one made for it.

        A draft of another customer or family is never taken: the address named it, nobody else. A
        person who has left, or may no longer order, gets none.
        """
        customer, person = registration.customer, registration.created_by
        if customer is None or not person.may("add_order"):
            return None
        drafts = Order.objects.drafts().filter(customer=customer, family=registration.family)
        asked = registration.order_id
        if asked is not None and drafts.filter(kind=Order.Kind.NEW, pk=asked).exists():
            return asked
        if customer.is_own_company:
            return None  # Its order begins with the tick of step 1 (ORD-05).
        made = start_draft(
            customer=customer,
            family=registration.family,
            by=person,
            at=at,
            own_confirmed=True,
            waits=True,
        )
        return made.pk

    def url(self, order_id: UUID) -> str:
        """Return the path of the draft's products; empty once it is placed or gone."""
        if not Order.objects.drafts().filter(pk=order_id).exists():
            return ""
        return Partner.path("orders:products", order_id)
