"""What quotes register with the apps below: called once, when all apps are ready."""

from __future__ import annotations

from orders.groups import show_group
from quotes import customer_sections, messages
from quotes.overview import pending_approval


def register() -> None:
    """Register the messages, sections and groups of quotes."""
    messages.register()
    customer_sections.register()
    show_group(pending_approval)
