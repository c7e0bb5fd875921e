"""The cookie that replaces the secret of an e-mailed link, for one host and one object only."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

# How long a reader may take before the e-mailed link has to be opened again.
COOKIE_SECONDS = 12 * 3600


def _name(kind: str, pk: UUID) -> str:
    prefix = "__Host-" if settings.SECURE else ""
    return f"{prefix}{kind}-{pk.hex[:12]}"


def let_in(response: HttpResponse, kind: str, pk: UUID) -> HttpResponse:
    """Set the cookie of an object of this kind: "approval", "report"."""
    response.set_cookie(
        _name(kind, pk),
        signing.dumps(str(pk), salt=f"link.{kind}"),
        max_age=COOKIE_SECONDS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def is_let_in(request: HttpRequest, kind: str, pk: UUID) -> bool:
    """Return whether the cookie of the object's link is valid."""
    raw = request.COOKIES.get(_name(kind, pk), "")
    try:
        held = signing.loads(raw, salt=f"link.{kind}", max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        return False
    return bool(held == str(pk))


def private(response: HttpResponse) -> HttpResponse:
    """Forbid caching, and pass on no referrer.

    A redirect holds the secret and sends no referrer at all; a page holds none, and must send its
    own origin, or its form could not be posted.
    """
    redirects = response.status_code in (301, 302)
    response["Referrer-Policy"] = "no-referrer" if redirects else "same-origin"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
