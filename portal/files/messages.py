"""The change log's messages about files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.history.messages import Message, register_messages

HISTORY: dict[str, Message] = {
    "file_added": Message(_("File added."), "is-ok"),
    "file_deleted": Message(_("File deleted."), "is-bad"),
}


def register() -> None:
    """Register the messages; called once when the app is ready."""
    register_messages(HISTORY)
