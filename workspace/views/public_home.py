"""The home page of the public host."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect


def public_home(request: HttpRequest) -> HttpResponse:
    """Redirect to the admin: the public host has no pages of its own."""
    return HttpResponseRedirect("/admin/")


public_home.policy = "public"  # type: ignore[attr-defined]
