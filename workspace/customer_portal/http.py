"""Requests whose address names something of the person's own company."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from customers.http import OwnCompanyRequest, load_own_company
from orders.models import Order
from portal.accounts.models import Membership
from quotes.models import Confirmation
from workspace.customer_portal.queries import confirmations_of, orders_of

MANAGES_USERS = ("add_customeruser", "change_customeruser_rights", "delete_customeruser")


class OwnOrderRequest(OwnCompanyRequest):
    """A request whose address names an order of the own company."""

    order: Order


def load_own_order(request: OwnOrderRequest, kwargs: dict[str, Any]) -> None:
    """Load the order of the address; raise Http404 for another company's and for drafts."""
    load_own_company(request, kwargs)
    mine = orders_of(request.customer, request.membership).select_related("site")
    request.order = get_object_or_404(mine, pk=kwargs.pop("order_id"))


class OwnConfirmationRequest(OwnCompanyRequest):
    """A request whose address names a confirmation of the own company."""

    confirmation: Confirmation


def load_own_confirmation(request: OwnConfirmationRequest, kwargs: dict[str, Any]) -> None:
    """Load the confirmation of the address; raise Http404 for another company's."""
    load_own_company(request, kwargs)
    mine = confirmations_of(request.customer).select_related("accepted_by")
    request.confirmation = get_object_or_404(mine, pk=kwargs.pop("confirmation_id"))


class OwnUserRequest(OwnCompanyRequest):
    """A request whose address names a user of the own company."""

    member: Membership


def load_own_user(request: OwnUserRequest, kwargs: dict[str, Any]) -> None:
    """Load a user of the own company; raise Http404 for another company's (ONB-10)."""
    load_own_company(request, kwargs)
    places = Membership.objects.users_of(request.partner, request.customer.pk)
    found = places.select_related("user", "role", "partner").filter(pk=kwargs.pop("member_id"))
    member = found.exclude(state=Membership.State.ENDED).first()
    if member is None:
        raise Http404
    request.member = member


def manages_users(request: OwnCompanyRequest) -> bool:
    """Return whether the person may do anything about the users of their company."""
    return any(request.membership.may(right) for right in MANAGES_USERS)
