"""Where a request came from, as far as its browser says."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest


def came_from(request: HttpRequest) -> str:
    """Return the path and query of the page of this host that a link or form stood on.

    Empty where it is unknown, or was another host's. It never leads to another host itself.
    """
    try:
        referrer = urlsplit(request.META.get("HTTP_REFERER", ""))
        if referrer.netloc != request.get_host():
            return ""
    except (ValueError, DisallowedHost):
        return ""
    path = str(referrer.path).lstrip("/\\")
    return f"/{path}?{referrer.query}" if referrer.query else f"/{path}"


def try_again(request: HttpRequest) -> str:
    """Return the address that "Try again" loads: of a form the page that it stands on, whose own
    address may take nothing but the form (AVAIL-04); empty for the address that was asked for."""
    return came_from(request) if request.method == "POST" else ""
