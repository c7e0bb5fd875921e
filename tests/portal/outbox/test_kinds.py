"""Kinds of e-mail are said in words, in the admin and in the partner's list (CHAN-36)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project

from portal.accounts.models import Membership, User
from portal.outbox.kinds import kind_in_words, name_kinds, named_kinds
from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner
from tests.conftest import HostClient, SignIn

Queue = Callable[..., OutboundEmail]
LIST = "/admin/outbox/outboundemail/"
TEMPLATES = Path(project.BASE_DIR) / "templates"


@pytest.fixture
def client(sign_in: SignIn, staff: User, settings: Any) -> HostClient:
    """Channel sales on the public host."""
    settings.STAFF_SECOND_FACTOR = False
    settings.VENDOR_TIME_ZONE = "Europe/Stockholm"
    return sign_in(staff)


def test_every_e_mail_has_words() -> None:
    """CHAN-36: each template of an e-mail is named, and nothing else is."""
    subjects = TEMPLATES.rglob("*/email/*.subject.txt")
    found = {str(path.relative_to(TEMPLATES)).removesuffix(".subject.txt") for path in subjects}
    assert len(found) >= 30
    assert {kind for kind, _words in named_kinds() if "/" in kind} == found
    words = [words for _kind, words in named_kinds()]
    assert len(words) == len(set(words))


def test_what_is_gone_keeps_a_name() -> None:
    """CHAN-36: old messages of a template that was removed; a second name is a mistake."""
    assert kind_in_words("gone/email/old_news") == "old news"
    with pytest.raises(ValueError, match="two names"):
        name_kinds({"orders/email/placed": "x"})  # type: ignore[dict-item]


def test_list_and_filter_say_the_kind(client: HostClient, queue: Queue, nordlys: Partner) -> None:
    """CHAN-36: no name of a file is shown, and the filter finds by words."""
    email = queue()
    OutboundEmail.objects.for_partner(nordlys).filter(pk=email.pk).update(
        template="orders/email/progress"
    )
    for url in (LIST, f"{LIST}{email.pk}/change/"):
        page = client.get(url).content.decode()
        assert "Progress of an order" in page
        assert ">orders/email/progress" not in page
    found = client.get(f"{LIST}?template=orders/email/progress").context["cl"].result_list
    assert [row.pk for row in found] == [email.pk]
    assert not client.get(f"{LIST}?template=orders/email/placed").context["cl"].result_list


def test_the_partners_list_says_it_too(
    queue: Queue, nordlys: Partner, anna: Membership, sign_in: SignIn
) -> None:
    """CHAN-36: on the message's page."""
    email = queue()
    OutboundEmail.objects.for_partner(nordlys).filter(pk=email.pk).update(
        template="orders/email/progress"
    )
    page = sign_in(anna).get(f"/outbox/{email.pk}/").content.decode()
    assert "Progress of an order" in page


def test_dates_are_written_as_in_the_portal(
    client: HostClient, queue: Queue, nordlys: Partner, staff: User
) -> None:
    """CHAN-36: by the vendor's clock, not in UTC, also where Django writes them itself."""
    email = queue()
    at = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    OutboundEmail.objects.for_partner(nordlys).filter(pk=email.pk).update(created_at=at)
    assert "23 Nov 2026 23:30" in client.get(LIST).content.decode()
    assert "23 Nov 2026 23:30" in client.get(f"{LIST}{email.pk}/change/").content.decode()
