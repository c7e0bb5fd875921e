"""Which models of orders have their changes logged by auditlog."""

from __future__ import annotations

from auditlog.registry import auditlog

from orders.models import Service


def register() -> None:
    """Register the models; called once when the app is ready. Services log the transitions."""
    auditlog.register(Service, exclude_fields=["created_at", "partner_id"])
