"""The admin sites of channel sales: one for the public host, one for a partner's objects."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _


class KontorAdminSite(admin.AdminSite):
    """An admin site with sign-in through allauth (limits, second factor); staff only."""

    site_header = _("Kontor · Channel Sales")
    site_title = _("Kontor")
    index_title = _("Channel Sales")
    site_url = None
    enable_nav_sidebar = True

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The portal's own sign-in page instead of the admin's; whoever is in goes on."""
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
