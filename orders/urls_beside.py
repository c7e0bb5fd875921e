"""Addresses beside those of orders: the price list, announcements, the export for accounting."""

from django.urls import path

from orders.views import accounting, again, announcements, offering, services, templates

_template = "templates/<uuid:template_id>/"

urlpatterns = [
    path("accounting/", accounting.export, name="accounting"),
    path("prices/", offering.price_list, name="prices"),
    path("prices/<uuid:announcement_id>/", announcements.announcement, name="announcement"),
    path("services/", services.service_list, name="services"),
    path("services/export/", services.export, name="service_export"),
    path("templates/", templates.template_list, name="templates"),
    path(_template + "order/", again.from_template, name="template_order"),
    path(_template + "rename/", templates.rename, name="template_rename"),
    path(_template + "delete/", templates.delete, name="template_delete"),
]
