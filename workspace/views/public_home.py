"""The public host."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from portal.accounts.access import public_page


@public_page
def public_home(request: HttpRequest) -> HttpResponse:
    """The public host has no page of its own: staff go on to the admin."""
    return HttpResponseRedirect("/admin/")
