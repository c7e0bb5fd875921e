"""Logging of each access of staff to a partner's object (ISO-16)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.channel.models import StaffAccess
from portal.tenancy.context import in_public

GetResponse = Callable[[HttpRequest], HttpResponse]


class StaffAccessMiddleware:
    """Middleware that records who saw or changed what below ``/admin/p/<partner>/``."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        partner = getattr(request, "admin_partner", None)
        if partner is not None and request.user.is_authenticated:
            with in_public():
                StaffAccess.objects.create(
                    partner=partner,
                    user=request.user,
                    at=timezone.now(),
                    method=request.method or "",
                    path=request.path[:300],
                    status=response.status_code,
                )
        return response
