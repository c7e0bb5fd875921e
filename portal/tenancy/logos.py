"""The partner's logo: read, drawn again as PNG, stored (OUT-30)."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from portal.core.errors import RuleError
from portal.tenancy.models import Partner, PartnerLogo

MOST_BYTES = 1_000_000
MOST_PIXELS = 4_000_000
# Twice the size in which it is shown at most, for sharp screens.
BOX = (560, 144)
# The height in which e-mails show it.
MAIL_HEIGHT, MAIL_WIDTH = 36, 200


class BadLogo(RuleError):
    """Refuse a file that is no picture we can show (OUT-30)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="logo")


def redrawn(content: bytes) -> Image.Image:
    """Return the picture of a PNG or JPEG, drawn again within the box; raise BadLogo.

    Drawing it again leaves behind whatever else the file holds.
    """
    if len(content) > MOST_BYTES:
        raise BadLogo(_("The file is larger than 1 MB."))
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadLogo(_("The picture has too many pixels. Make it smaller."))
            drawn = picture.convert("RGBA")
    except BadLogo:
        raise
    except Exception as error:
        raise BadLogo(_("This is not a PNG or JPEG picture.")) from error
    drawn.thumbnail(BOX, Image.Resampling.LANCZOS)
    return drawn


def as_png(content: bytes) -> tuple[bytes, int]:
    """Return an uploaded picture as it is stored, and its width in e-mails; raise BadLogo."""
    picture, out = redrawn(content), io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    width = round(picture.width * MAIL_HEIGHT / picture.height)
    return out.getvalue(), max(1, min(width, MAIL_WIDTH))


@transaction.atomic
def set_logo(partner: Partner, content: bytes | None, *, at: datetime) -> None:
    """Store a partner's logo, or remove it with None. Raise BadLogo."""
    if content is None:
        PartnerLogo._default_manager.filter(partner=partner).delete()
        partner.logo_sha, partner.logo_width = "", 0
    else:
        made, width = as_png(content)
        PartnerLogo._default_manager.update_or_create(
            partner=partner, defaults={"content": made, "changed_at": at}
        )
        partner.logo_sha = hashlib.sha256(made).hexdigest()
        partner.logo_width = width
    partner.save(update_fields=["logo_sha", "logo_width"])


def logo_of(partner: Partner) -> bytes | None:
    """Return the logo as PNG, or None."""
    if not partner.logo_sha:
        return None
    row = PartnerLogo._default_manager.filter(partner_id=partner.pk).first()
    return bytes(row.content) if row is not None else None
