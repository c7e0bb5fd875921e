"""What registrations put into the register's pages; called once when the app is ready."""

from customers import related_data
from customers.registrations.related_data import RegistrationsOfCustomer


def register() -> None:
    """Register what registrations hold about a customer."""
    related_data.register(RegistrationsOfCustomer())
