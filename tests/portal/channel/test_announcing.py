"""Prices are announced before they hold (CHAN-43)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from portal.accounts.models import Membership, User
from portal.catalog.models import Price, RatePlan
from portal.channel.announcing import announce, tell_prices
from portal.channel.models import AnnouncedTo, PriceAnnouncement
from portal.core.errors import RuleError
from portal.notices.models import Notice
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests.admin_helpers import LATER, text
from tests.conftest import HostClient, SignIn
from tests.factories import product

DAY = date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _staff_world(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Channel sales on the public host."""
    return sign_in(staff)


@pytest.fixture
def announced(nordlys: Partner, staff: User) -> PriceAnnouncement:
    """Seats cost more from the new year on, told to Nordlys alone."""
    Price._default_manager.create(
        product=product("FLX-PRO"),
        rate_plan=RatePlan._default_manager.get(name="Standard"),
        currency="SEK",
        valid_from=DAY,
        one_off=Decimal(0),
        monthly=Decimal("135.00"),
    )
    return announce(
        title="Seats",
        text="Seats cost six kronor more.",
        valid_from=DAY,
        partners=[nordlys],
        by=staff,
        at=LATER,
    )


def test_people_are_told_once(
    announced: PriceAnnouncement, nordlys: Partner, anna: Membership, mikael: Membership
) -> None:
    """CHAN-43: whoever sees prices is notified, administrators by mail; no second time."""
    assert tell_prices(at=LATER) == 1
    assert tell_prices(at=LATER) == 0
    mails = OutboundEmail.objects.for_partner(nordlys).filter(template="channel/email/prices")
    assert [mail.to_address for mail in mails] == [anna.user.email]
    told = Notice.objects.filter(verb="prices_announced")
    assert told.filter(membership=anna).count() == 1
    assert not told.filter(membership=mikael).exists()


def test_partner_reads_what_changes(
    announced: PriceAnnouncement, anna: Membership, lena: Membership, sign_in: SignIn
) -> None:
    """CHAN-43: before and after, in its currency; another partner knows nothing of it."""
    tell_prices(at=LATER)
    url = f"/orders/prices/{announced.pk}/"
    page = text(sign_in(anna).get(url))
    assert "129.00" in page
    assert "135.00" in page
    assert "Seats" in text(sign_in(anna).get("/orders/prices/"))
    assert sign_in(lena).get(url).status_code == 404


def test_announcement_comes_before_the_day(nordlys: Partner, staff: User) -> None:
    """CHAN-43: not on the day itself, and not to nobody."""
    told: dict[str, Any] = {"title": "x", "text": "x", "by": staff, "at": LATER}
    with pytest.raises(RuleError, match="before they hold"):
        announce(valid_from=LATER.date(), partners=[nordlys], **told)
    with pytest.raises(RuleError, match="at least one partner"):
        announce(valid_from=DAY, partners=[], **told)


def test_staff_announce_from_the_admin(
    client: HostClient, nordlys: Partner, brueckner: Partner
) -> None:
    """CHAN-43: to the partners chosen, and the page says who was told."""
    url = "/admin/channel/priceannouncement/add/"
    data = {"title": "Trunks", "text": "New prices.", "valid_from": "2027-01-01"}
    assert "Choose at least one partner." in text(client.post(url, data))
    answer = client.post(url, {**data, "partners": [str(brueckner.pk)]}, follow=True)
    assert "1 partner is told." in text(answer)
    rows = AnnouncedTo.objects.across_partners()
    assert [row.partner for row in rows] == [brueckner]
    with in_partner(brueckner):
        assert tell_prices(at=LATER) <= 1
    assert "waits" not in text(client.get(answer.redirect_chain[-1][0]))


def inline(price: Price | None, **values: str) -> dict[str, str]:
    """Return the posted row of a price in the page of a product."""
    fields = {
        "id": str(price.pk) if price else "",
        "rate_plan": str(price.rate_plan_id) if price else "",
        "currency": price.currency if price else "SEK",
        "valid_from": str(price.valid_from) if price else "",
        "one_off": str(price.one_off) if price else "0",
        "monthly": str(price.monthly) if price else "0",
        **values,
    }
    return {f"prices-0-{name}": value for name, value in fields.items()}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"monthly": "1.00"}, "This price holds already."),
        ({"DELETE": "on"}, "A price that holds can&#x27;t be deleted."),
        ({"valid_from": "2030-01-01"}, "This price holds already."),
    ],
)
def test_price_that_holds_is_never_changed(
    values: dict[str, str], said: str, client: HostClient
) -> None:
    """CHAN-43: neither the amount nor the day, and it is not deleted."""
    seat = product("FLX-PRO")
    price = seat.prices.filter(currency="SEK").order_by("pk")[0]
    page = f"/admin/catalog/product/{seat.pk}/change/"
    data = {
        **{name: str(getattr(seat, name) or "") for name in ("sku", "part", "name")},
        "family": seat.family_id,
        "minimum": "1",
        "maximum": "1000",
        "position": "1",
        "orderable": "on",
        "chargeable": "on",
        "rental": "on",
        "prices-TOTAL_FORMS": "1",
        "prices-INITIAL_FORMS": "1",
        "prices-0-product": str(seat.pk),
        **inline(price, **values),
    }
    assert said in text(client.post(page, data))
    before = (price.monthly, price.valid_from)
    price.refresh_from_db()
    assert (price.monthly, price.valid_from) == before
