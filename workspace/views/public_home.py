"""The public host."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect


def public_home(request: HttpRequest) -> HttpResponse:
    """The public host has no page of its own: staff go on to the admin."""
    return HttpResponseRedirect("/admin/")


public_home.policy = "public"  # type: ignore[attr-defined]
