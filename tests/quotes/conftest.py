"""What tests of quotes share: the link of a confirmation, and a reader without a login."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import decrypt
from portal.tenancy.models import Partner
from quotes.models import Confirmation
from tests.conftest import HostClient

LinkOf = Callable[[Confirmation], str]


def mails(partner: Partner, template: str) -> list[OutboundEmail]:
    """Return the messages of one kind, in the order they were queued."""
    found = OutboundEmail.objects.for_partner(partner).filter(template=f"quotes/email/{template}")
    return list(found.order_by("created_at", "to_address"))


def secret_link(email: OutboundEmail) -> str:
    """Return the link that only the e-mail holds."""
    return decrypt(email.secrets_encrypted)["link"]


def path_of(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


@pytest.fixture
def reader(db: None) -> HostClient:
    """Return a client without a login, on the partner's host."""
    return HostClient("nordlys.localhost")


def review_url(confirmation: Confirmation) -> str:
    return f"/confirm/review/{confirmation.pk}/"


def let_in(client: HostClient, partner: Partner, confirmation: Confirmation) -> str:
    """Open the mailed link; return the address of the page behind it."""
    email = mails(partner, "confirmation")[-1]
    response: Any = client.get(path_of(secret_link(email)))
    assert response.status_code == 302
    return str(response.url)
