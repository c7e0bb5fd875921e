"""Middleware that sets the person, their membership, their language and their time zone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import get_user, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from structlog.contextvars import bind_contextvars

from portal.accounts.access import PersonRequest
from portal.accounts.choosing import place_of
from portal.accounts.kept_forms import keep_form, note_person, take_kept
from portal.core.actor import acting
from portal.core.admin_sites import partner_site

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
        timezone.activate(partner.tz if partner else ZoneInfo(settings.VENDOR_TIME_ZONE))
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
        is_staff_here = getattr(request, "partner", None) is None and request.user.is_authenticated
        if membership is not None or is_staff_here:
            note_person(request, response)
        return response


class StaffIdleMiddleware:
    """Middleware that signs staff out after a time without a request (CHAN-32).

    A form that they send afterwards is kept over the sign-in and offered to be sent (USE-10).
    """

    key = "staff_seen"
    # How often the time of the last request is written.
    every = 30

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: Sequence[object],
        kwargs: Mapping[str, object],
    ) -> HttpResponse | None:
        """Sign out who was away for too long; note the others as here."""
        if (
            getattr(request, "partner", None) is not None
            or not request.user.is_authenticated
            or not settings.STAFF_IDLE_MINUTES
        ):
            return None
        now = time.time()
        seen = float(request.session.get(self.key, now - self.every - 1))
        if now - seen > settings.STAFF_IDLE_MINUTES * 60:
            return self._sign_out(request)
        if now - seen > self.every:
            request.session[self.key] = now
        if request.method == "GET" and (typed := take_kept(request)) is not None:
            return self._offer(request, typed)
        return None

    def _sign_out(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        if request.method != "POST":
            messages.info(request, _("You were away for a while and have been signed out."))
        return redirect_to_login(keep_form(request), "/accounts/login/")

    def _offer(self, request: HttpRequest, typed: QueryDict) -> HttpResponse:
        """Show what was sent after the session had ended: nothing of it was done yet."""
        partner = getattr(request, "admin_partner", None)
        site = admin.site if partner is None else partner_site
        context = {
            **site.each_context(request),
            "title": _("You had been signed out"),
            "kept": [(name, value) for name, all_ in typed.lists() for value in all_],
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/kept.html", context)


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
