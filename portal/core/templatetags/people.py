"""Filters about people and what they use."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()

BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@register.filter
def initials(name: str) -> str:
    """Return the initials of a person: "Ida Lindqvist" is IL."""
    words = [word for word in str(name or "").replace("@", " ").split() if word[0].isalnum()]
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in ends).upper() or "?"


@register.filter
def browser(user_agent: str) -> str:
    """Return browser and system as people call them: "Firefox, Windows"."""
    text = str(user_agent or "")
    found = [
        next((name for mark, name in names.items() if mark in text), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in found if name) or text[:40] or _("Unknown")
