"""Which models of the register write their changes into the log by themselves."""

from __future__ import annotations

from auditlog.registry import auditlog

from customers.models import (
    Contact,
    Customer,
    CustomerDomain,
    CustomField,
    PartnerSettings,
    Site,
)


def register() -> None:
    """Called once when the app is ready."""
    quiet = [
        "name_key",
        "sort_key",
        "number_key",
        "number_sort",
        "version",
        "changed_at",
        "created_at",
    ]
    # What has a verb of its own is not said twice.
    quiet += ["partner_id", "credit_committed", "is_active", "type", "rate_plan"]
    # Sealed; that it was set or looked at has a verb (D19).
    quiet += ["personal_number_encrypted"]
    # customers.services.custom writes one line for each field of it.
    quiet += ["custom_values"]
    for model in (Customer, Contact, CustomerDomain, Site, PartnerSettings, CustomField):
        auditlog.register(model, exclude_fields=quiet)
