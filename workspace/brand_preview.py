"""A partner's brand before it is saved: the head of a page, and an e-mail (CHAN-23)."""

from __future__ import annotations

import base64

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.core.colours import css_of
from portal.outbox.rendering import render
from portal.tenancy.logos import as_png, logo_of
from portal.tenancy.models import Partner


def previews(partner: Partner, logo: bytes | None, *, without_logo: bool) -> dict[str, str]:
    """Return both as HTML for frames, of an unsaved partner; ``logo`` is what was uploaded.

    Pictures are in the HTML itself, since there is no address of what is not saved.
    """
    picture = None if without_logo else logo_of(partner)
    if logo is not None:
        picture, partner.logo_width = as_png(logo)
    partner.logo_sha = "0" * 64 if picture else ""
    source = f"data:image/png;base64,{base64.b64encode(picture).decode()}" if picture else ""
    with override(partner.language):
        context = {
            "name": "Kim",
            "left": "Alex",
            "summary": [(_("Customers"), _("Example Ltd"))],
        }
        mail = render(
            "workspace/email/handed_over", context, language=partner.language, partner=partner
        )
        # The form has checked the colour.
        colours = format_html("<style>{}</style>", css_of(partner.brand_colour))
        head = render_to_string(
            "admin/partners/preview_head.html",
            {"partner": partner, "colours": colours, "picture": source},
        )
    html = mail.html.replace(partner.logo_url, source) if source else mail.html
    return {"mail": html, "head": head}
