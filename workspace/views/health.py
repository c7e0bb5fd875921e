"""The health page for monitoring: figures with thresholds, on the public host."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.accounts.access import public_page
from portal.logs import address_of
from portal.tenancy.health import watch
from workspace.health import report


def _may_look(request: HttpRequest) -> bool:
    """Return whether it is this machine that asks, or whoever holds HEALTH_TOKEN."""
    token = settings.HEALTH_TOKEN
    given = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    if token:
        return hmac.compare_digest(given.encode(), token.encode())
    address = address_of(request, proxies=settings.ALLAUTH_TRUSTED_PROXY_COUNT)
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


@public_page
@require_safe
def deep(request: HttpRequest) -> JsonResponse:
    """Show the figures as JSON; 503 if the database does not answer or one is beyond its limit."""
    if not _may_look(request):
        raise Http404
    if not watch.answers():
        return JsonResponse({"status": "no database", "figures": []}, status=503)
    found = report(timezone.now())
    return JsonResponse(found, status=200 if found["status"] == "ok" else 503)
