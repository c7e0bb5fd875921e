from django.urls import path

from portal.accounts.views import people, roles, teams

app_name = "accounts"
urlpatterns = [
    path("", people.people, name="people"),
    path("invite/", people.invite, name="invite"),
    path("me/", people.account, name="account"),
    path("roles/", roles.role_list, name="roles"),
    path("roles/new/", roles.role_add, name="role_add"),
    path("roles/<uuid:role_id>/", roles.role_form, name="role"),
    path("roles/<uuid:role_id>/reset/", roles.role_reset, name="role_reset"),
    path("roles/<uuid:role_id>/delete/", roles.role_delete, name="role_delete"),
    path("teams/", teams.team_list, name="teams"),
    path("teams/<uuid:team_id>/", teams.team_form, name="team"),
    path("teams/<uuid:team_id>/delete/", teams.team_delete, name="team_delete"),
    path("log/", teams.people_log, name="log"),
    path("<uuid:member_id>/", people.person, name="person"),
    path("<uuid:member_id>/invite/", people.invite_again, name="invite_again"),
]
