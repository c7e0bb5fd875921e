"""What support registers with the apps below: called once, when all apps are ready."""

from __future__ import annotations

from support import messages


def register() -> None:
    """Register the messages of support."""
    messages.register()
