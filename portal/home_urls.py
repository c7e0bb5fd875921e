from django.urls import path

from portal import customer_page, home

app_name = "home"
urlpatterns = [
    path("", home.dashboard, name="dashboard"),
    path("search/", home.search, name="search"),
    path("search/suggest/", home.suggest, name="suggest"),
    path("switch/", home.switch, name="switch"),
    path("leave/", home.leave_customer, name="leave"),
    path("customers/<uuid:customer_id>/", customer_page.customer_page, name="customer"),
    path("customers/<uuid:customer_id>/type/", customer_page.change_type, name="customer_type"),
    path("customers/<uuid:customer_id>/plan/", customer_page.change_plan, name="customer_plan"),
    path("own-company/", home.make_own_company, name="own_company"),
]
