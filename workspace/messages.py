"""Messages of the change log and of notifications about people who leave."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.history.messages import Message, register_messages
from portal.notices.messages import NoticeMessage, register_notices

HISTORY: dict[str, Message] = {
    "person_handed_over": Message(
        _(
            "Work handed over to %(successor)s: %(customers)s customers, %(drafts)s drafts, "
            "%(orders)s orders."
        )
    ),
}

NOTICES: dict[str, NoticeMessage] = {
    "handed_over": NoticeMessage(
        _(
            "%(person)s left. You took over %(customers)s customers, %(drafts)s drafts and "
            "%(orders)s orders."
        ),
        "users",
    ),
}


def register() -> None:
    """Register the messages; called once when the app is ready."""
    register_messages(HISTORY)
    register_notices(NOTICES)
