from django.urls import path

from customers.views import contact_data as personal_data
from customers.views import deactivation as customer_end
from customers.views import page as customer_page
from workspace.views import home
from workspace.views import offboarding as leaving_page

app_name = "home"
_one = "customers/<uuid:customer_id>/"
_contact = "contacts/<uuid:contact_id>/data/"
urlpatterns = [
    path("", home.dashboard, name="dashboard"),
    path("search/", home.search, name="search"),
    path("search/suggest/", home.suggest, name="suggest"),
    path("switch/", home.switch, name="switch"),
    path("leave/", home.leave_customer, name="leave"),
    path("customers/<uuid:customer_id>/", customer_page.customer_page, name="customer"),
    path("customers/<uuid:customer_id>/type/", customer_page.change_type, name="customer_type"),
    path("customers/<uuid:customer_id>/plan/", customer_page.change_plan, name="customer_plan"),
    path(_one + "deactivate/", customer_end.deactivate, name="deactivate"),
    path(_one + "delete/", customer_end.delete, name="delete"),
    path(_one + _contact, personal_data.contact_data, name="contact_data"),
    path(_one + _contact + "json/", personal_data.contact_json, name="contact_json"),
    path(_one + _contact + "erase/", personal_data.contact_erase, name="contact_erase"),
    path("people/<uuid:member_id>/end/", leaving_page.end, name="end"),
    path("own-company/", home.make_own_company, name="own_company"),
]
