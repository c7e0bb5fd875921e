"""Which models of orders write their changes into the log by themselves."""

from __future__ import annotations

from auditlog.registry import auditlog

from orders.models import Order, Service


def register() -> None:
    """Called once when the app is ready. State changes are verbs, written by the services."""
    quiet = ["version", "changed_at", "created_at", "partner_id", "state", "submitted_at"]
    quiet += ["submitted_by", "exposure", "one_off", "monthly", "details"]
    auditlog.register(Order, include_fields=["reference", "po_number", "start_date", "contact"])
    auditlog.register(Service, exclude_fields=quiet)
