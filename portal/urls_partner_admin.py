"""The addresses below ``/admin/p/<partner>/``: the admin of that partner's objects."""

from django.urls import path

from portal.admin import partner_site

urlpatterns = [path("", partner_site.urls)]

handler403 = "portal.http.forbidden"
handler404 = "portal.http.not_found"
handler500 = "portal.http.server_error"
