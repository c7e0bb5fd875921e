"""Middleware that finds the partner of a request's host name."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse
from django.urls import set_script_prefix
from django.utils import timezone
from structlog.contextvars import bind_contextvars

from portal.core.http import plain_not_found, suspended
from portal.tenancy.connection import connection
from portal.tenancy.hosts import partner_of_host
from portal.tenancy.models import Partner
from portal.tenancy.requests import HostRequest

GetResponse = Callable[[HostRequest], HttpResponse]


class PartnerMiddleware:
    """Middleware that sets the partner for the whole request.

    An unknown host gets a 404 (ISO-11), a suspended partner's the page that says so (CHAN-21).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HostRequest) -> HttpResponse:
        connection.set_schema_to_public()
        try:
            host = request.get_host().rsplit(":", 1)[0].lower()
        except DisallowedHost:
            return plain_not_found(request)
        request.partner = request.tenant = None
        if host == settings.DOMAIN:
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            return self.get_response(request)
        partner = partner_of_host(host)
        if partner is None:
            return plain_not_found(request)
        if not partner.is_active:
            return suspended(request)
        request.partner = request.tenant = partner
        bind_contextvars(partner=partner.slug)
        connection.set_tenant(partner)
        try:
            return self.get_response(request)
        finally:
            connection.set_schema_to_public()


class AdminPartnerMiddleware:
    """Middleware for ``/admin/p/<partner>/...`` on the public host: one partner's admin.

    The partner is set before the admin runs, for the whole request. The part of the address up to
    the partner becomes the script prefix, so that every link of the admin stays below it.
    """

    prefix = "/admin/p/"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HostRequest) -> HttpResponse:
        if request.partner is not None or not request.path_info.startswith(self.prefix):
            return self.get_response(request)
        user = getattr(request, "user", None)
        if not getattr(user, "is_staff", False):
            # Also for a partner that does not exist: who may not look is not told which do.
            return redirect_to_login(request.get_full_path(), settings.LOGOUT_REDIRECT_URL)
        slug, _, rest = request.path_info[len(self.prefix) :].partition("/")
        partner = Partner.objects.filter(slug=slug).first()
        if partner is None:
            return plain_not_found(request)
        request.path_info = "/" + rest
        set_script_prefix(f"{self.prefix}{slug}/")
        request.admin_partner = partner
        bind_contextvars(partner=partner.slug)
        request.urlconf = settings.PARTNER_ADMIN_URLCONF
        connection.set_tenant(partner)
        timezone.activate(partner.tz)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()
            connection.set_schema_to_public()
            set_script_prefix("/")
