"""The pages of allauth that the portal has, below ``/accounts/``.

Sign-up and changing one's own address are left out. An invitation finds a person by the address, so
whoever could enter an unverified one would receive the place that somebody else is invited to.
"""

from allauth.account import views
from django.urls import include, path, re_path

from portal.accounts.even_answers import takes_as_long
from portal.accounts.views.people import password_link_spoilt

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", takes_as_long(views.password_reset), name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # With what a mail program took into the link (OUT-20).
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<token>[0-9a-z]+-[0-9a-f]{32})"
        r"(?P<stuck>(?!/$)[^0-9A-Za-z].*)$",
        password_link_spoilt,
        name="password_link_spoilt",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
