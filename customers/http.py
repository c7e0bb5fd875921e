"""Requests whose address contains a customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404

from customers.models import Customer
from portal.accounts.access import PartnerRequest


class CustomerRequest(PartnerRequest):
    """A request whose address contains a customer that the person may see."""

    customer: Customer


def load_customer(request: CustomerRequest, kwargs: dict[str, Any]) -> None:
    """Set ``request.customer`` from the address, for ``needs``.

    Raise Http404 if the customer does not exist or the person may not see it.
    """
    customer_id: UUID = kwargs.pop("customer_id")
    customer = (
        Customer.objects.visible_to(request.membership)
        .select_related("rate_plan")
        .filter(pk=customer_id)
        .first()
    )
    if customer is None:
        raise Http404
    request.customer = customer
