"""Which models of orders write their changes into the log by themselves."""

from __future__ import annotations

from auditlog.registry import auditlog

from orders.models import Service


def register() -> None:
    """Called once when the app is ready. What happens to orders are verbs, written by services."""
    auditlog.register(Service, exclude_fields=["created_at", "partner_id"])
