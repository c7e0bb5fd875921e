"""Requests whose address names a registration."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404

from customers.models import CustomerRegistration
from portal.accounts.access import PartnerRequest


class RegistrationRequest(PartnerRequest):
    """A request whose address names a registration that the person may see."""

    registration: CustomerRegistration


def load_registration(request: RegistrationRequest, kwargs: dict[str, Any]) -> None:
    """Load the registration of the address for ``needs``; raise Http404 also if not visible."""
    registration_id: UUID = kwargs.pop("registration_id")
    visible = CustomerRegistration.objects.visible_to(request.membership)
    found = visible.select_related("customer", "created_by__user").filter(pk=registration_id)
    registration = found.first()
    if registration is None:
        raise Http404
    request.registration = registration
