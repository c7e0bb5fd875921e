"""winmail.dat: the text that Outlook puts into its own container, TNEF (OUT-34)."""

from __future__ import annotations

import struct

from portal.outbox.mail.decoding import decoded

SIGNATURE = 0x223E9F78
BODY = 0x0002800C
MOST = 10_000


def text_of_winmail(content: bytes) -> str:
    """Return the plain text of a TNEF container; empty if it has none or is broken."""
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != SIGNATURE:
        return ""
    place = 6
    for _number in range(MOST):
        # Level, name, length; then the value and a check sum of two bytes.
        if place + 9 > len(content):
            return ""
        _level, name, length = struct.unpack_from("<BII", content, place)
        place += 9
        if name == BODY:
            return decoded(content[place : place + length].rstrip(b"\x00"))
        place += length + 2
    return ""
