"""Addresses of assignments, access, absences, customers' users and the change log."""

from django.urls import path

from customers.views import assigning, log, people, users

_one = "<uuid:customer_id>/"
urlpatterns = [
    path("assign/", assigning.assign, name="assign"),
    path("away/", people.away, name="away"),
    path("away/back/", people.back, name="back"),
    path("away/<uuid:member_id>/", people.away_of, name="away_of"),
    path("away/<uuid:member_id>/back/", people.back_of, name="back_of"),
    path("settings/log/", log.settings_log, name="settings_log"),
    path(_one + "assign/", assigning.assign_one, name="assign_one"),
    path(_one + "access/", people.access, name="access"),
    path(_one + "access/<uuid:member_id>/", people.grant, name="grant"),
    path(_one + "users/invite/", users.invite, name="user_invite"),
    path(_one + "users/<uuid:member_id>/", users.change, name="user"),
    path(_one + "users/<uuid:member_id>/invite/", users.invite_again, name="user_invite_again"),
    path(_one + "users/<uuid:member_id>/end/", users.end, name="user_end"),
    path(_one + "log/", log.customer_log, name="log"),
]
