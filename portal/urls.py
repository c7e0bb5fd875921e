"""The addresses on a partner's host."""

from django.conf import settings
from django.urls import include, path

from workspace.views.brand import brand_css, logo
from workspace.views.language import set_language

urlpatterns = [
    path("", include("workspace.urls")),
    path("customers/", include("customers.urls")),
    path("customers/", include("orders.urls_customer")),
    path("", include("customers.urls_beside")),
    path("orders/", include("orders.urls")),
    path("quotes/", include("quotes.urls")),
    path("confirm/", include("quotes.urls_confirm")),
    path("reports/", include("support.urls")),
    path("report/", include("support.urls_link")),
    path("my/", include("support.urls_customer")),
    path("service-reports/", include("support.urls_service")),
    path("my/service-reports/", include("support.urls_my_service")),
    path("people/", include("portal.accounts.urls")),
    path("my/", include("workspace.customer_portal.urls")),
    path("outbox/", include("portal.outbox.urls")),
    path("notices/", include("portal.notices.urls")),
    path("brand.css", brand_css, name="brand_css"),
    path("logo/<slug:sha>.png", logo, name="logo"),
    path("language/", set_language, name="set_language"),
    path("", include("portal.accounts.urls_invitation")),
    path("accounts/", include("portal.accounts.urls_sign_in")),
]
if settings.EMBEDDED or settings.TESTING:
    urlpatterns.append(path("", include("dev.urls")))

handler400 = "portal.core.http.bad_request"
handler403 = "portal.core.http.forbidden"
handler404 = "portal.core.http.not_found"
handler429 = "portal.core.limits.refused"  # asked for by allauth, on every host
handler500 = "portal.core.http.server_error"
