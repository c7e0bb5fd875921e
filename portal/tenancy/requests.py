"""Requests as the middlewares leave them, so that types know what was put on them."""

from __future__ import annotations

from django.http import HttpRequest

from portal.tenancy.models import Partner


class HostRequest(HttpRequest):
    """A request of which PartnerMiddleware has read the host."""

    # None on the public host. django-tenants reads ``tenant``.
    partner: Partner | None
    tenant: Partner | None
    # Set by AdminPartnerMiddleware below /admin/p/<partner>/.
    admin_partner: Partner
