"""Which models of the register write their changes into the log by themselves."""

from __future__ import annotations

from auditlog.registry import auditlog

from customers.models import (
    Contact,
    Customer,
    CustomerDomain,
    FamilyClearance,
    PartnerSettings,
    Site,
)


def register() -> None:
    """Called once when the app is ready."""
    quiet = ["name_key", "sort_key", "number_key", "version", "changed_at", "created_at"]
    quiet += ["partner_id", "credit_committed"]
    for model in (Customer, Contact, CustomerDomain, Site, FamilyClearance, PartnerSettings):
        auditlog.register(model, exclude_fields=quiet)
