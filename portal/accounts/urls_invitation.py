from django.urls import path

from portal.accounts.views import people as views
from portal.accounts.views.places import choose_place

urlpatterns = [
    path("place/", choose_place, name="choose_place"),
    path("invitation/", views.accept_invitation, name="accept_invitation"),
    path("invitation/<str:secret>/", views.invitation_link, name="invitation_link"),
    # With what a mail program took into the link (OUT-20).
    path("invitation/<path:secret>", views.invitation_link, name="invitation_link_spoilt"),
]
