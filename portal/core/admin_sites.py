"""The admin sites of channel sales: one for the public host, one for a partner's objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from portal.core.desk import desk
from portal.core.staff_rights import StaffGroup, may

# The apps whose lists stand below all others, by how far.
LAST = {"outbox": 1, "tenancy": 2, "accounts": 3, "catalog": 4}

FramePart = Callable[[HttpRequest], dict[str, object]]
_frame: list[FramePart] = []


def add_to_frame(part: FramePart) -> FramePart:
    """Register a function whose result each page of the admin has in its context."""
    _frame.append(part)
    return part


class KontorAdminSite(admin.AdminSite):
    """An admin site with sign-in through allauth (limits, second factor); staff only."""

    site_header = _("Kontor · Channel Sales")
    site_title = _("Kontor")
    index_title = _("Channel Sales")
    site_url = None
    enable_nav_sidebar = True
    has_desk = True

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add what the apps put into the frame of every page."""
        context = super().each_context(request)
        for part in _frame:
            context |= part(request)
        return context

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the lists by app: those of the daily work first, the catalogue last."""
        found = super().get_app_list(request, app_label)
        return sorted(found, key=lambda app: LAST.get(app["app_label"], 0))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show what waits, then all lists (CHAN-35); without a right to read, neither."""
        shown = desk(request) if self.has_desk and may(request.user, StaffGroup.READ) else {}
        return super().index(request, {**shown, **(extra_context or {})})

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Look up choices, by reading only: Django's view answers OPTIONS, too."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return super().autocomplete_view(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the portal's sign-in page, or on to the target if already signed in."""
        index = reverse("admin:index", current_app=self.name)
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
            wanted = index
        if self.has_permission(request):
            return HttpResponseRedirect(wanted)
        return redirect_to_login(wanted, "/accounts/login/")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the portal's own page, which also sends the notice."""
        return HttpResponseRedirect("/accounts/password/change/")


class PartnerAdminSite(KontorAdminSite):
    """The admin site of one partner's objects, below ``/admin/p/<partner>/``."""

    has_desk = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the partner to every page, so that nobody acts for the wrong one."""
        context = super().each_context(request)
        partner = getattr(request, "admin_partner", None)
        context["site_header"] = (
            f"{partner} · {_('Channel Sales')}" if partner else self.site_header
        )
        context["admin_partner"] = partner
        return context


partner_site = PartnerAdminSite(name="admin")
