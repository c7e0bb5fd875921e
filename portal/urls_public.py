"""The addresses on the public host: channel sales' admin and its sign-in."""

from django.contrib import admin
from django.urls import include, path

from portal.http import public_home
from portal.language import set_language

urlpatterns = [
    path("", public_home, name="public_home"),
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("portal.accounts.urls_sign_in")),
]

handler400 = "portal.http.bad_request"
handler403 = "portal.http.forbidden"
handler404 = "portal.http.not_found"
handler500 = "portal.http.server_error"
