"""Messages of notifications: one for each verb, registered by its app."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.notices.models import Notice


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """The message of a verb, and its icon.

    ``text`` has placeholders for the notification's details, which ``present`` prepares.
    """

    text: Promise
    icon: str = "bell"
    present: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    # What people choose by, how they want to be told: one of KINDS.
    kind: str = "customers"
    # An e-mail of its own tells the same.
    has_mail: bool = False


KINDS: dict[str, Promise] = {
    "customers": _("Customers and people"),
    "orders": _("Orders"),
    "reports": _("Problem reports"),
    "emails": _("E-mails that did not arrive"),
}
_messages: dict[str, NoticeMessage] = {}


def register_notices(messages: Mapping[str, NoticeMessage]) -> None:
    """Add an app's messages by verb. Raise ValueError for a verb that is registered already."""
    for verb, message in messages.items():
        if _messages.setdefault(verb, message) is not message:
            raise ValueError(f"two messages for {verb}")


def registered_verbs() -> frozenset[str]:
    """Return the verbs that have a message."""
    return frozenset(_messages)


def text_of(notice: Notice) -> str:
    """Return the notification's text in the reader's language."""
    message = _messages.get(notice.verb)
    if message is None:
        return notice.verb
    try:
        details = notice.details if message.present is None else message.present(notice.details)
        return str(message.text) % details
    except (KeyError, ValueError, TypeError):
        return str(message.text)


def icon_of(notice: Notice) -> str:
    """Return the name of the icon beside the text."""
    return _messages[notice.verb].icon if notice.verb in _messages else "bell"


def kind_of(verb: str) -> str:
    """Return the kind that a verb belongs to."""
    return _messages[verb].kind if verb in _messages else "customers"


def has_mail(verb: str) -> bool:
    """Return whether an e-mail of its own tells the same."""
    return verb in _messages and _messages[verb].has_mail
