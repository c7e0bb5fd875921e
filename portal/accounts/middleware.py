"""Middleware that sets the person, their membership, their language and their time zone."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from structlog.contextvars import bind_contextvars

from portal.accounts.access import PersonRequest
from portal.accounts.choosing import place_of
from portal.accounts.kept_forms import note_person
from portal.core.actor import acting

GetResponse = Callable[[HttpRequest], HttpResponse]
GetPersonResponse = Callable[[PersonRequest], HttpResponse]


class LanguageMiddleware:
    """Middleware for the language of anonymous visitors: cookie, browser, then partner.

    PersonMiddleware sets the person's own language afterwards.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        partner = getattr(request, "partner", None)
        if chosen not in dict(settings.LANGUAGES):
            asked = bool(request.META.get("HTTP_ACCEPT_LANGUAGE"))
            chosen = (
                partner.language
                if partner is not None and not asked
                else translation.get_language_from_request(request)
            )
        timezone.activate(partner.tz if partner else timezone.get_default_timezone())
        try:
            with translation.override(chosen):
                request.LANGUAGE_CODE = translation.get_language() or "en"
                response = self.get_response(request)
                response.setdefault("Content-Language", request.LANGUAGE_CODE)
                return response
        finally:
            timezone.deactivate()


class PersonMiddleware:
    """Middleware that sets ``request.membership`` and the actor of the change log.

    ``request.membership`` is None for anonymous visitors and staff, and for somebody with several
    places who has not chosen one yet. Every page needs the person, so
    ``request.user`` is the user itself and not Django's lazy object, which costs at each access.
    """

    def __init__(self, get_response: GetPersonResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PersonRequest) -> HttpResponse:
        user = request.user = get_user(request)
        places = getattr(user, "places", ())
        membership = place_of(request, places, at=timezone.now()) if places else None
        request.membership = membership
        if not user.is_authenticated:
            return self.get_response(request)
        bind_contextvars(user_id=str(user.pk))
        with acting(user):
            if user.language == request.LANGUAGE_CODE:
                response = self.get_response(request)
            else:
                request.LANGUAGE_CODE = user.language
                with translation.override(user.language):
                    response = self.get_response(request)
        if membership is not None:
            note_person(request, response)
        return response


class StaffSecondFactorMiddleware:
    """Middleware that makes staff set up a second factor first, in production."""

    free = ("/accounts/", "/static/", "/language/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            settings.STAFF_SECOND_FACTOR
            and user.is_authenticated
            and getattr(request, "partner", None) is None
            and not request.path.startswith(self.free)
            and not is_mfa_enabled(user)
        ):
            return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)
