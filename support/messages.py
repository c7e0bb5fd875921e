"""The change log's messages and the notifications about support."""

from __future__ import annotations

from portal.history.messages import Message, register_messages

HISTORY: dict[str, Message] = {}


def register() -> None:
    """Register the messages; called once when the app is ready."""
    register_messages(HISTORY)
