from django.urls import path

from workspace.customer_portal.views import company, confirmations, home, orders, users

app_name = "my"
_confirmation = "confirmations/<uuid:confirmation_id>/"
urlpatterns = [
    path("", home.home, name="home"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/<uuid:order_id>/", orders.order_page, name="order"),
    path("services/", company.services_page, name="services"),
    path("contacts/", company.contacts_page, name="contacts"),
    path("confirmations/", confirmations.confirmation_list, name="confirmations"),
    path(_confirmation, confirmations.confirmation_page, name="confirmation"),
    path(_confirmation + "pdf/", confirmations.confirmation_pdf, name="confirmation_pdf"),
    path("users/", users.user_list, name="users"),
    path("users/invite/", users.invite, name="user_invite"),
    path("users/<uuid:member_id>/", users.change, name="user"),
    path("users/<uuid:member_id>/invite/", users.invite_again, name="user_invite_again"),
    path("users/<uuid:member_id>/end/", users.end, name="user_end"),
]
