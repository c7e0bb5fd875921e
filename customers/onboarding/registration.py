"""What onboarding puts into the register's pages; called once when the app is ready."""

from customers import related_data
from customers.onboarding import section
from customers.onboarding.related_data import OnboardingsOfCustomer


def register() -> None:
    """Register the section of systems, and what onboardings hold about people."""
    section.register()
    related_data.register(OnboardingsOfCustomer())
