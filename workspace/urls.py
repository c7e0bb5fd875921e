from django.urls import path

from workspace.views import accesses, home, offboarding, searching

app_name = "workspace"
urlpatterns = [
    path("", home.dashboard, name="dashboard"),
    path("search/", searching.search, name="search"),
    path("search/suggest/", searching.suggest, name="suggest"),
    path("search/recent/", searching.recent, name="recent"),
    path("switch/", home.switch, name="switch"),
    path("leave/", home.leave_customer, name="leave"),
    path("people/<uuid:member_id>/end/", offboarding.end, name="offboard"),
    path("customers/settings/access/", accesses.access_log, name="accesses"),
    path("own-company/", home.make_own_company, name="own_company"),
]
