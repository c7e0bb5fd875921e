"""Notifications in words: a message for each verb, which its app registers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from portal.notices.models import Notice


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """What a verb says, and its icon. ``text`` has places for the notice's details, in the form
    that ``present`` gives them."""

    text: Promise
    icon: str = "bell"
    present: Callable[[dict[str, Any]], dict[str, Any]] | None = None


_messages: dict[str, NoticeMessage] = {}


def register_notices(messages: Mapping[str, NoticeMessage]) -> None:
    """Add an app's messages by verb. Raises ValueError for a verb that another app has."""
    for verb, message in messages.items():
        if _messages.setdefault(verb, message) is not message:
            raise ValueError(f"two messages for {verb}")


def registered_verbs() -> frozenset[str]:
    """Return the verbs that have a message."""
    return frozenset(_messages)


def text_of(notice: Notice) -> str:
    """Return the notification in the language of whoever reads it."""
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
