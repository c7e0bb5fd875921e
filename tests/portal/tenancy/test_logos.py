"""The partner's logo: what is taken, and where it is shown (OUT-30)."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from customers.models import Customer
from portal.accounts.models import Membership, User
from portal.outbox.issuing import queue_document, render_due
from portal.outbox.models import Document
from portal.tenancy.context import in_public
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.logos import BadLogo, logo_of, redrawn, set_logo
from portal.tenancy.models import Partner
from quotes.documents import PRICED
from tests import factories
from tests.admin_helpers import LATER
from tests.conftest import NOW, HostClient, SignIn
from tests.quotes.conftest import mails


def picture(width: int = 300, height: int = 100, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#8a2be2").save(out, kind)
    return out.getvalue()


@pytest.fixture
def branded(nordlys: Partner) -> Partner:
    set_logo(nordlys, picture(), at=NOW)
    forget_hosts()
    return nordlys


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 200,
        picture(kind="GIF"),
        picture(5000, 900),
        b"\xff\xd8\xff" + b"x" * 2_000_000,
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    """OUT-30: rubbish, other kinds, too many pixels, too many bytes."""
    with pytest.raises(BadLogo) as refusal:
        redrawn(content)
    assert refusal.value.field == "logo"


def test_a_logo_is_drawn_again(nordlys: Partner) -> None:
    """OUT-30: it fits the box, and nothing that was hidden in the file is kept."""
    set_logo(nordlys, picture(1400, 700, "JPEG") + b"<script>hidden</script>", at=NOW)
    kept = logo_of(nordlys)
    assert kept is not None and kept.startswith(b"\x89PNG") and b"hidden" not in kept
    assert Image.open(io.BytesIO(kept)).size == (288, 144)
    assert (nordlys.logo_sha, nordlys.logo_width) == (hashlib.sha256(kept).hexdigest(), 72)
    set_logo(nordlys, None, at=NOW)
    assert logo_of(nordlys) is None and nordlys.logo_url == ""


def test_it_is_served_on_its_own_host_only(branded: Partner, brueckner: Partner) -> None:
    """OUT-30, ISO-03."""
    path = f"/logo/{branded.logo_sha}.png"
    response: Any = HostClient("nordlys.localhost").get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert "immutable" in response["Cache-Control"]
    assert HostClient("brueckner.localhost").get(path).status_code == 404
    assert HostClient("nordlys.localhost").get(f"/logo/{'0' * 64}.png").status_code == 404


def test_sign_in_and_e_mails_show_it(
    branded: Partner, havsbris: Customer, jonas: Membership
) -> None:
    """OUT-30: with the partner's name as its text."""
    page = HostClient("nordlys.localhost").get("/accounts/login/").content.decode()
    assert f'src="/logo/{branded.logo_sha}.png" alt="Nordlys Telekom AB"' in page
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    factories.make_confirmation(quote, by=jonas, at=NOW)
    (email,) = mails(branded, "confirmation")
    assert branded.logo_url in email.html
    assert 'alt="Nordlys Telekom AB"' in email.html


@pytest.mark.documents
def test_documents_show_it(branded: Partner, havsbris: Customer, jonas: Membership) -> None:
    """OUT-30: the file is larger by a picture."""

    def pages(key: str) -> bytes:
        quote = factories.make_quote(havsbris, by=jonas, at=NOW)
        queue_document(kind=PRICED, key=key, about=quote, file_name="q.pdf", language="en", at=NOW)
        render_due(at=NOW)
        made = Document.objects.for_partner(branded).get(key=key)
        return bytes(made.content or b"")

    assert b"/Subtype /Image" in pages("with")
    set_logo(branded, None, at=NOW)
    assert b"/Subtype /Image" not in pages("without")


def test_channel_sales_uploads_and_removes_it(
    nordlys: Partner, staff: User, sign_in: SignIn, settings: Any
) -> None:
    """OUT-30: refused at its field; kept when nothing is chosen."""
    settings.STAFF_SECOND_FACTOR = False
    client, url = sign_in(staff), f"/admin/tenancy/partner/{nordlys.pk}/change/"
    with in_public():
        host = nordlys.domains.get()
    data = {
        "country": "SE",
        "language": "sv",
        "time_zone": "Europe/Stockholm",
        "notification_email": "new@nordlys.example",
        "brand_colour": "#000000",
        "domains-TOTAL_FORMS": "1",
        "domains-INITIAL_FORMS": "1",
        "domains-MIN_NUM_FORMS": "1",
        "domains-MAX_NUM_FORMS": "1000",
        "domains-0-id": host.pk,
        "domains-0-tenant": nordlys.pk,
        "domains-0-domain": host.domain,
        "domains-0-is_primary": "on",
    }
    with time_machine.travel(LATER, tick=False):
        wrong = client.post(url, {**data, "logo": SimpleUploadedFile("a.png", b"no picture")})
        assert "This is not a PNG or JPEG picture." in wrong.content.decode()
        client.post(url, {**data, "logo": SimpleUploadedFile("a.png", picture())})
        assert Partner.objects.get(pk=nordlys.pk).logo_sha
        client.post(url, data)
        assert Partner.objects.get(pk=nordlys.pk).logo_sha
        client.post(url, {**data, "remove_logo": "on"})
        assert not Partner.objects.get(pk=nordlys.pk).logo_sha
