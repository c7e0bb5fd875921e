"""The home page of the public host."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from portal.accounts.access import public_page


@public_page
def public_home(request: HttpRequest) -> HttpResponse:
    """Redirect to the admin: the public host has no pages of its own."""
    return HttpResponseRedirect("/admin/")
