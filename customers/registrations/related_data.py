"""What registrations hold about a customer."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Customer, CustomerRegistration
from customers.related_data import Effect, RelatedData


class RegistrationsOfCustomer(RelatedData):
    """Registrations that are not decided."""

    def on_deactivation(self, customer: Customer) -> list[Effect]:
        """Return the open registrations: they can't be approved while it is inactive."""
        count = CustomerRegistration.objects.open().filter(customer=customer).count()
        text = _("Can't be approved while the customer is inactive.")
        return [Effect(_("Open registrations"), count, text)]
