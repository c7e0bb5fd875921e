"""The addresses below ``/admin/p/<partner>/``: the admin of that partner's objects."""

from django.urls import path

from portal.core.admin_sites import partner_site

urlpatterns = [path("", partner_site.urls)]

handler403 = "portal.core.http.forbidden"
handler404 = "portal.core.http.not_found"
handler500 = "portal.core.http.server_error"
