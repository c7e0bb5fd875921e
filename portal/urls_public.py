"""The addresses on the public host: channel sales' admin and its sign-in."""

from django.contrib import admin
from django.urls import include, path

from workspace.views.health import deep
from workspace.views.language import set_language
from workspace.views.public_home import public_home

urlpatterns = [
    path("", public_home, name="public_home"),
    path("admin/", admin.site.urls),
    path("healthz/deep", deep, name="health_deep"),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("portal.accounts.urls_sign_in")),
]

handler400 = "portal.core.http.bad_request"
handler403 = "portal.core.http.forbidden"
handler404 = "portal.core.http.not_found"
handler500 = "portal.core.http.server_error"
