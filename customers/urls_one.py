"""Addresses of one customer: its page, deactivation, deletion, a contact's personal data."""

from django.urls import path

from customers.views import contact_data, deactivate_and_delete, page

_one = "<uuid:customer_id>/"
_contact = _one + "contacts/<uuid:contact_id>/data/"
urlpatterns = [
    path(_one, page.customer_page, name="customer"),
    path(_one + "deactivate/", deactivate_and_delete.deactivate, name="deactivate"),
    path(_one + "delete/", deactivate_and_delete.delete, name="delete"),
    path(_contact, contact_data.contact_data, name="contact_data"),
    path(_contact + "json/", contact_data.contact_json, name="contact_json"),
    path(_contact + "erase/", contact_data.contact_erase, name="contact_erase"),
]
