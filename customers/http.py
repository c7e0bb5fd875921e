"""Requests whose address contains a customer, and those of a customer's own people."""

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


class OwnCompanyRequest(PartnerRequest):
    """A request of one of a customer's people, in the customers' own portal."""

    customer: Customer


def load_own_company(request: OwnCompanyRequest, kwargs: dict[str, Any]) -> None:
    """Set ``request.customer`` to the person's own company, for ``customer_page`` (REG-26)."""
    assert request.membership.customer_id is not None
    visible = Customer.objects.visible_to(request.membership)
    request.customer = visible.get(pk=request.membership.customer_id)
