"""Middleware of a partner's admin: asks why, and logs each access (ISO-16, CHAN-33)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone

from portal.accounts.models import User
from portal.channel.visits import (
    FIELD,
    TYPED,
    ReasonForm,
    begin_visit,
    note_access,
    reason_of,
    recent_reasons,
    without_question,
)
from portal.core.admin_sites import partner_site
from portal.core.staff_rights import StaffGroup, may
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner

GetResponse = Callable[[HttpRequest], HttpResponse]
# Pages that show nothing of the partner.
FREE = frozenset({"jsi18n", "logout", "login", "password_change", "password_change_done"})


class StaffAccessMiddleware:
    """Middleware that records who saw or changed what below ``/admin/p/<partner>/``, and why.

    Without a reason the page asks for it first, and shows nothing of the partner. What a POST
    brought is kept in that page and goes on with the reason, so that nothing typed is lost.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        partner = getattr(request, "admin_partner", None)
        asked = request.__dict__.get("is_asked_why", False)
        if isinstance(partner, Partner) and isinstance(request.user, User) and not asked:
            now = timezone.now()
            with in_public():
                note_access(
                    request,
                    partner,
                    request.user,
                    status=response.status_code,
                    reason=reason_of(request, partner, at=now),
                    at=now,
                )
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: Sequence[object],
        kwargs: Mapping[str, object],
    ) -> HttpResponse | None:
        """Ask for the reason of a visit, unless it is known; runs after the check of CSRF."""
        partner = getattr(request, "admin_partner", None)
        user = request.user
        match = request.resolver_match
        if (
            not isinstance(partner, Partner)
            or not isinstance(user, User)
            or not may(user, StaffGroup.READ)
            or (match is not None and match.url_name in FREE)
        ):
            return None
        now = timezone.now()
        known = reason_of(request, partner, at=now)
        answered = request.method == "POST" and FIELD in request.POST
        if known and not answered:
            return None
        form = ReasonForm(request.POST if answered else None)
        request.__dict__["is_asked_why"] = True
        if not (answered and form.is_valid()):
            return _question(request, user, form)
        begin_visit(request, partner, form.cleaned_data[FIELD], at=now)
        if TYPED not in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        request.__dict__["is_asked_why"] = False
        request.POST = QueryDict(without_question(request.POST).urlencode())
        return None


def _question(request: HttpRequest, user: User, form: ReasonForm) -> HttpResponse:
    """Show the page that asks why, with what was posted in hidden fields."""
    posted = without_question(request.POST)
    kept = [
        (name, value)
        for name, values in posted.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    request.current_app = partner_site.name
    with in_public():
        reasons = recent_reasons(user)
    context = {
        **partner_site.each_context(request),
        "title": request.__dict__["admin_partner"].name,
        "form": form,
        "kept": kept,
        "is_typed": request.method == "POST" and (bool(kept) or TYPED in request.POST),
        "reasons": reasons,
        "is_asking": True,
    }
    status = 200 if request.method != "POST" or FIELD in request.POST else 409
    return TemplateResponse(request, "admin/reason.html", context, status=status)
