"""What the customers' portal registers: called once, when all apps are ready."""

from __future__ import annotations

from workspace.customer_portal import menu


def register() -> None:
    """Register the menu."""
    menu.register()
