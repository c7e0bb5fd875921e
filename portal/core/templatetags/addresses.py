"""Where e-mail addresses and numbers break on narrow pages."""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def breakable(address: object) -> SafeString:
    """Return an address that breaks before its @ and its dots, never in mid-word (USE-22)."""
    parts = re.split(r"(?=[@.])", str(address))
    return format_html_join(SafeString("<wbr>"), "{}", ((part,) for part in parts))


@register.filter
def unbroken(number: object) -> SafeString:
    """Return the number of a report or quote, which never breaks at its hyphen (USE-22)."""
    return format_html('<span class="k-nowrap">{}</span>', number)
