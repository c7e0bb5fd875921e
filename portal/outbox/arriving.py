"""At which of our addresses a message arrived, and whose that is (OUT-33)."""

from __future__ import annotations

import re
from email.message import Message

from django.conf import settings

from portal.outbox.models import ReplyAddress
from portal.tenancy.models import Partner

_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
_ADDRESS = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")


def arrived_at(recipient: str, message: Message) -> str:
    """Return at which address a message arrived: as the mail server says, else as its headers do.

    Some servers take away what stands behind the plus sign.
    """
    if _tag(recipient) or is_ours(recipient, settings.BOUNCE_ADDRESS):
        return recipient
    named = _recipient(message)
    return named if _tag(named) or not recipient else recipient


def _recipient(message: Message) -> str:
    """Return at which of our addresses a message arrived, as its headers tell."""
    first = ""
    for name in _ENVELOPE:
        values = (str(value) for key, value in message.raw_items() if key.lower() == name.lower())
        # Many thousand recipients may stand there, of which one is ours.
        for address in _ADDRESS.findall(" ".join(values)):
            first = first or address
            if _tag(address) is not None or is_ours(address, settings.BOUNCE_ADDRESS):
                return str(address)
    return first


def is_ours(address: str, ours: str) -> bool:
    """Return whether an address is ours, with whatever behind the plus sign."""
    name, _at, domain = ours.lower().rpartition("@")
    local, _at, host = address.lower().rpartition("@")
    return bool(ours) and host == domain and local.partition("+")[0] == name


def _tag(address: str) -> str | None:
    """Return what stands behind the plus sign of an address of ours; None for any other address."""
    if not is_ours(address, settings.REPLY_ADDRESS):
        return None
    return address.lower().rpartition("@")[0].partition("+")[2]


def inbound_address(partner: Partner) -> str:
    """Return where a partner's customers may write to; empty where the portal takes no mail."""
    if not settings.REPLY_ADDRESS:
        return ""
    name, _at, domain = settings.REPLY_ADDRESS.rpartition("@")
    return f"{name}+{partner.slug}@{domain}"


def owner(recipient: str) -> tuple[ReplyAddress | None, Partner | None]:
    """Return the reply address and the partner that a recipient's address belongs to."""
    tag = _tag(recipient)
    if not tag:
        return None, None
    rows = ReplyAddress.objects.across_partners().select_related("partner")
    address = rows.filter(token=tag[:32]).first()
    if address is not None:
        return address, address.partner
    return None, Partner._default_manager.filter(slug=tag[:63]).first()
