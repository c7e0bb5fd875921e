"""Values as technicians write them: addresses, networks, ranges. Each raises ValidationError."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Clean = Callable[[str], str]
_MAC = re.compile(r"\A[0-9A-F]{12}\Z")
_RANGE = re.compile(
    r"\A(\+?\d{1,15})(?:\s*(?:-|\u2010|\u2011|\u2013|\.\.|to|bis|till)\s*(\+?\d{1,15}))?\Z"
)
_LABEL = re.compile(r"\A(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
MOST_RANGES = 200


def ip_address(text: str) -> str:
    """Return an IPv4 or IPv6 address in its usual form."""
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError as error:
        raise ValidationError(_("Enter an IP address like 192.0.2.10.")) from error


def address_in_network(text: str) -> str:
    """Return an address with its network, like 192.0.2.10/24; it must be a host's."""
    message = _("Enter an address with its network, like 192.0.2.10/24.")
    if "/" not in text:
        raise ValidationError(message)
    try:
        found = ipaddress.ip_interface(text.strip())
    except ValueError as error:
        raise ValidationError(message) from error
    net = found.network
    if net.num_addresses > 2 and found.ip in (net.network_address, net.broadcast_address):
        raise ValidationError(
            _("%(ip)s is the first or last address of its network; no device can have it.")
            % {"ip": found.ip}
        )
    return f"{found.ip}/{net.prefixlen}"


def is_inside(address: str, network: str) -> bool:
    """Return whether an address is in the network of another one, written with its network."""
    return ipaddress.ip_address(address) in ipaddress.ip_interface(network).network


def host_name(text: str) -> str:
    """Return a host name in lower-case IDNA, or an IP address."""
    typed = text.strip().rstrip(".").casefold()
    try:
        return str(ipaddress.ip_address(typed))
    except ValueError:
        pass
    try:
        name = idna.encode(typed, uts46=True).decode() if not typed.isascii() else typed
    except idna.IDNAError:
        name = ""
    labels = name.split(".")
    if not name or len(name) > 253 or not all(map(_LABEL.match, labels)) or labels[-1].isdigit():
        raise ValidationError(_("Enter a host name like pbx.example.com, or an IP address."))
    return name


def mac_address(text: str) -> str:
    """Return a MAC address as AA:BB:CC:DD:EE:FF, from any of the usual ways to write one."""
    digits = re.sub(r"[\s:.\-]", "", text).upper()
    if not _MAC.match(digits):
        raise ValidationError(_("Enter a MAC address like 00:1A:2B:3C:4D:5E."))
    if int(digits[:2], 16) & 1 or digits == "0" * 12:
        raise ValidationError(_("This MAC address can't belong to a device."))
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def number_ranges(text: str) -> str:
    """Return number ranges as 100-199, 300, in order.

    Raise ValidationError for one that is reversed, of two lengths, or overlaps another.
    """
    found: list[tuple[int, int, str, str]] = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        match = _RANGE.match(part)
        if match is None:
            raise ValidationError(
                _("“%(part)s” is no range of numbers. Write it like 100-199.") % {"part": part[:40]}
            )
        first, last = match[1], match[2] or match[1]
        if len(first) != len(last):
            raise ValidationError(
                _("%(part)s: both numbers need as many digits.") % {"part": part[:40]}
            )
        if int(first) > int(last):
            raise ValidationError(
                _("%(part)s runs backwards. Write the lower number first.") % {"part": part[:40]}
            )
        found.append((int(first), int(last), first, last))
    if len(found) > MOST_RANGES:
        raise ValidationError(_("At most %(n)s ranges.") % {"n": MOST_RANGES})
    return _in_order(found)


def _in_order(found: list[tuple[int, int, str, str]]) -> str:
    found.sort(key=lambda each: (len(each[2]), each[0]))
    written = [first if first == last else f"{first}-{last}" for _a, _b, first, last in found]
    for at in range(1, len(found)):
        before, after = found[at - 1], found[at]
        if len(before[2]) == len(after[2]) and after[0] <= before[1]:
            raise ValidationError(
                _("%(one)s and %(other)s overlap.") % {"one": written[at - 1], "other": written[at]}
            )
    return ", ".join(written)
