"""Addresses beside those of the register itself: registrations, onboarding, systems."""

from django.urls import include, path

urlpatterns = [
    path("registrations/", include("customers.registrations.urls")),
    path("onboarding/", include("customers.onboarding.urls")),
    path("customers/", include("customers.onboarding.urls_systems")),
]
