"""The addresses of a customer's systems."""

from django.urls import path

from customers.onboarding.views import ending

app_name = "systems"
urlpatterns = [
    path(
        "<uuid:customer_id>/systems/<uuid:system_id>/handover.pdf",
        ending.handover,
        name="handover",
    ),
]
