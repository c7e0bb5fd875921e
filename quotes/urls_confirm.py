"""The customer's pages, which an e-mailed link opens."""

from django.urls import path

from quotes.views import reading

app_name = "confirm"
urlpatterns = [
    path("review/<uuid:confirmation_id>/", reading.page, name="page"),
    path("review/<uuid:confirmation_id>/decline/", reading.decline, name="decline"),
    path("review/<uuid:confirmation_id>/pdf/", reading.pdf, name="pdf"),
    path("review/<uuid:confirmation_id>/text/", reading.paper, name="paper"),
    path("verify/", reading.verify, name="verify"),
    path("<str:secret>/", reading.open_link, name="open"),
    # A link of which nothing is left.
    path("", reading.open_link, {"secret": ""}, name="open_nothing"),
    # With what a mail program took into the link (OUT-20).
    path("<path:secret>", reading.open_link, name="open_spoilt"),
]
