"""Models of the register whose changes are logged automatically (REG-15)."""

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
    """Register the models; called once when the app is ready."""
    quiet = ["name_key", "sort_key", "number_key", "number_sort", "find_key", "look_key"]
    quiet += ["version", "changed_at", "created_at"]
    # These changes have a message of their own and are not logged twice.
    quiet += ["partner_id", "credit_committed", "is_active", "type", "rate_plan"]
    # Encrypted; setting and showing it have messages of their own (D19).
    quiet += ["personal_number_encrypted"]
    # customers.services.custom logs each field by its label.
    quiet += ["custom_values"]
    for model in (Customer, Contact, CustomerDomain, Site, PartnerSettings, CustomField):
        auditlog.register(model, exclude_fields=quiet)
