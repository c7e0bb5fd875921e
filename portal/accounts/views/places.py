"""The page on which a person with places at several customers says which one it is (REG-45)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from portal.accounts.access import PersonRequest, signed_in
from portal.accounts.choosing import choose
from portal.accounts.models import User
from portal.core.http import get_or_post


class SignedInRequest(PersonRequest):
    """A request of somebody who has places here, whether or not one is chosen."""

    user: User


@signed_in
@get_or_post
def choose_place(request: SignedInRequest) -> HttpResponse:
    """Ask for the company, and go on as its user; nothing to ask leads to the start page."""
    places = request.user.places
    if len(places) == 1 and request.membership is not None:
        return redirect("/")
    error = ""
    if request.method == "POST":
        asked = request.POST.get("place", "")
        place = next((each for each in places if str(each.pk) == asked), None)
        if place is not None:
            choose(request, place, at=timezone.now())
            return HttpResponseRedirect(_after(request))
        error = _("Choose one of these companies.")
    context = {"places": places, "error": error, "next": _after(request)}
    return render(request, "people/choose_place.html", context)


def _after(request: SignedInRequest) -> str:
    """Return the address that was asked for before, if it is on this host."""
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if safe else "/"
