"""The address where a document is verified, as text and as a QR code (CON-53)."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode
from django.urls import reverse

from portal.tenancy.context import require_partner

QUIET = 4


@dataclass(frozen=True)
class VerifyCode:
    """The page's address, and the code as the path of a picture of ``size`` times ``size``."""

    address: str
    path: str
    size: int


def verify_address() -> str:
    """Return the address of the public page that compares a file with what was issued."""
    return require_partner().url(reverse("confirm:verify", urlconf="portal.urls"))


def verify_code() -> VerifyCode:
    """Return address and code of the page for documents of this partner."""
    address = verify_address()
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET)
    code.add_data(address)
    code.make(fit=True)
    matrix = code.get_matrix()
    path = "".join(
        f"M{x},{y}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return VerifyCode(address, path, len(matrix))
