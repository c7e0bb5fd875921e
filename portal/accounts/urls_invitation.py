from django.urls import path

from portal.accounts.views import people as views

urlpatterns = [
    path("invitation/", views.accept_invitation, name="accept_invitation"),
    path("invitation/<str:secret>/", views.invitation_link, name="invitation_link"),
]
