"""Addresses beside those of orders: the price list, announcements, the export for accounting."""

from django.urls import path

from orders.views import accounting, announcements, offering

urlpatterns = [
    path("accounting/", accounting.export, name="accounting"),
    path("prices/", offering.price_list, name="prices"),
    path("prices/<uuid:announcement_id>/", announcements.announcement, name="announcement"),
]
