from django.urls import path

from customers import views

app_name = "customers"
_one = "<uuid:customer_id>/"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("new/", views.create, name="create"),
    path("ask-name/", views.ask_name, name="ask_name"),
    path("settings/", views.settings_form, name="settings"),
    path(_one + "edit/", views.change, name="change"),
    path(_one + "deactivate/", views.deactivate, name="deactivate"),
    path(_one + "reactivate/", views.reactivate, name="reactivate"),
    path(_one + "delete/", views.delete, name="delete"),
    path(_one + "contacts/new/", views.contact_form, name="contact_add"),
    path(_one + "contacts/<uuid:contact_id>/", views.contact_form, name="contact"),
    path(_one + "contacts/<uuid:contact_id>/delete/", views.contact_delete, name="contact_delete"),
    path(_one + "sites/new/", views.site_form, name="site_add"),
    path(_one + "sites/<uuid:site_id>/", views.site_form, name="site"),
]
