from django.urls import path

from portal.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.people, name="people"),
    path("invite/", views.invite, name="invite"),
    path("me/", views.account, name="account"),
    path("<uuid:member_id>/", views.person, name="person"),
    path("<uuid:member_id>/invite/", views.invite_again, name="invite_again"),
    path("<uuid:member_id>/end/", views.end, name="end"),
]
