"""Requests whose address names an order, and the signed values in its forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core import signing
from django.http import Http404, QueryDict

from customers.models import Customer
from orders.models import Order, OrderTemplate
from orders.services.drafts import StaleOrder
from portal.accounts.access import PartnerRequest
from portal.core.form_tokens import token_version
from portal.history.queries import first_act

SALT = "orders.form"


class OrderRequest(PartnerRequest):
    """A request whose address names an order that the person may see."""

    order: Order


def load_order(request: OrderRequest, kwargs: dict[str, Any]) -> None:
    """Load the order of the address for ``needs``; raise Http404 also if it is not visible."""
    order_id: UUID = kwargs.pop("order_id")
    order = (
        Order.objects.visible_to(request.membership)
        .select_related("customer__rate_plan", "contact", "site", "submitted_by__user")
        .filter(pk=order_id)
        .first()
    )
    if order is None:
        raise Http404
    request.order = order


class TemplateRequest(PartnerRequest):
    """A request whose address names an order template."""

    template: OrderTemplate


def load_template(request: TemplateRequest, kwargs: dict[str, Any]) -> None:
    """Load the template of the address for ``needs``; raise Http404 if there is none (ORD-55)."""
    template_id: UUID = kwargs.pop("template_id")
    found = OrderTemplate.objects.select_related("created_by__user").filter(pk=template_id)
    template = found.first()
    if template is None:
        raise Http404
    request.template = template


def deleted_draft(request: OrderRequest, order_id: UUID) -> Order | None:
    """Return a deleted draft, not stored, if the posted form was made for it (ORD-36).

    Return None unless the form's token says that it was, and the person may see its customer: who
    never could see the order learns nothing.
    """
    begun = first_act(order_id, "order_started")
    if begun is None or begun.customer_id is None or request.method != "POST":
        return None
    customer = (
        Customer.objects.visible_to(request.membership)
        .select_related("rate_plan")
        .filter(pk=begun.customer_id)
        .first()
    )
    if customer is None:
        return None
    details = begun.additional_data or {}
    order = Order(
        id=order_id,
        number=begun.object_repr,
        customer=customer,
        family=details["family"],
        kind=details.get("order_kind", Order.Kind.NEW),
        currency=request.partner.currency,
    )
    posted = request.POST.get("form_token", "")
    return order if token_version(order, posted) is not None else None


def load_form_of_order(request: OrderRequest, kwargs: dict[str, Any]) -> None:
    """Load like load_order, and a draft that was deleted while its form was filled (ORD-36)."""
    order_id: UUID = kwargs["order_id"]
    try:
        load_order(request, kwargs)
    except Http404:
        gone = deleted_draft(request, order_id)
        if gone is None:
            raise
        request.order = gone


def require_version(order: Order, posted: QueryDict) -> int:
    """Return the version of the order that a form was made for.

    Raise StaleOrder if its token is missing, forged or of another order or customer.
    """
    version = token_version(order, posted.get("form_token", ""))
    if version is None:
        raise StaleOrder
    return version


def agreement(active_id: UUID, target_id: UUID) -> str:
    """Return a signed note that the person was asked about this pair of customers (ORD-26).

    The question was whether to order for ``target_id`` while working for ``active_id``.
    """
    return signing.dumps({"a": str(active_id), "t": str(target_id)}, salt=SALT + ".agreed")


def agreed(posted: str, active_id: UUID, target_id: UUID) -> bool:
    """Return whether this question was asked and confirmed within the last hour (ORD-26)."""
    try:
        data = signing.loads(posted, salt=SALT + ".agreed", max_age=3600)
    except signing.BadSignature:
        return False
    return bool(data == {"a": str(active_id), "t": str(target_id)})
