from django.urls import include, path

from customers.views import parts, register

app_name = "customers"
_one = "<uuid:customer_id>/"
urlpatterns = [
    path("", include("customers.urls_listing")),
    path("new/", register.create, name="create"),
    path("ask-name/", register.ask_name, name="ask_name"),
    path("settings/", register.settings_form, name="settings"),
    path(_one + "edit/", register.change, name="change"),
    path(_one + "deactivate/", register.deactivate, name="deactivate"),
    path(_one + "reactivate/", register.reactivate, name="reactivate"),
    path(_one + "delete/", register.delete, name="delete"),
    path(_one + "contacts/new/", parts.contact_form, name="contact_add"),
    path(_one + "contacts/<uuid:contact_id>/", parts.contact_form, name="contact"),
    path(_one + "contacts/<uuid:contact_id>/delete/", parts.contact_delete, name="contact_delete"),
    path(_one + "sites/new/", parts.site_form, name="site_add"),
    path(_one + "sites/<uuid:site_id>/", parts.site_form, name="site"),
]
