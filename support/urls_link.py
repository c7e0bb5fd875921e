"""The pages that the link of a report's e-mail opens."""

from django.urls import path

from support.views import by_link

app_name = "support_link"
urlpatterns = [
    path("seen/<uuid:recipient_id>/", by_link.page, name="page"),
    path("<str:secret>/", by_link.open_link, name="open"),
    # A link of which nothing is left.
    path("", by_link.open_link, {"secret": ""}, name="open_nothing"),
    # With what a mail program took into the link (OUT-20).
    path("<path:secret>", by_link.open_link, name="open_spoilt"),
]
