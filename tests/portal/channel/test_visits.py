"""Staff say why they open a partner, once per visit; each access is logged with it (CHAN-33)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils.translation import gettext, override

from customers.models import Customer
from orders.models import Order
from orders.seen import seen_of
from portal.accounts.models import Membership, User
from portal.channel.models import StaffAccess
from portal.channel.visits import KEY
from portal.core.staff_rights import StaffGroup
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner
from tests.admin_helpers import customer_url, member_of_staff, order_url, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_order

LATER = NOW + timedelta(hours=3)


@pytest.fixture(autouse=True)
def _staff_world(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    settings.STAFF_IDLE_MINUTES = 0
    with time_machine.travel(LATER, tick=False):
        yield


def forget(client: HostClient) -> HostClient:
    """Return the client without any reason given."""
    with in_public():
        session = client.session
        session[KEY] = {}
        session.save()
    return client


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Channel sales, who have not said yet why they are here."""
    return forget(sign_in(staff))


@pytest.fixture
def order(havsbris: Customer, jonas: Membership) -> Order:
    """An order that was placed."""
    return make_order(havsbris, by=jonas, at=NOW)


def test_the_page_asks_once_and_goes_on(client: HostClient, order: Order, nordlys: Partner) -> None:
    """CHAN-33: nothing of the partner's objects is shown before; then the address asked for."""
    url = f"{order_url(order)}?from=list"
    asked = text(client.get(url))
    assert "Why do you open this partner?" in asked
    assert order.number not in asked
    empty = client.post(url, {"visit_reason": "   "})
    assert empty.status_code == 200
    assert "Say why. The partner can read it." in text(empty)
    answered = client.post(url, {"visit_reason": "Ticket 4711"})
    assert (answered.status_code, answered["Location"]) == (302, url)
    page = text(client.get(url))
    assert order.number in page
    assert "Reason: Ticket 4711" in page
    # The question showed nothing, and is no access.
    seen = StaffAccess.objects.for_partner(nordlys).get()
    assert (seen.reason, seen.user.email) == ("Ticket 4711", "staff@kontor.example")
    assert (seen.object_label, seen.page) == (str(order), "orders_order_change")
    assert not seen.changed


def test_each_partner_has_its_own_reason_for_eight_hours(
    client: HostClient, nordlys: Partner, brueckner: Partner
) -> None:
    """CHAN-33: another partner is asked for again, and so is the same one on the next day."""
    client.post("/admin/p/nordlys/", {"visit_reason": "Ticket 4711"})
    assert "Why do you open" not in text(client.get("/admin/p/nordlys/"))
    assert "Why do you open" in text(client.get("/admin/p/brueckner/"))
    with time_machine.travel(LATER + timedelta(hours=7, minutes=59), tick=False):
        assert "Why do you open" not in text(client.get("/admin/p/nordlys/"))
    with time_machine.travel(LATER + timedelta(hours=8), tick=False):
        again = text(client.get("/admin/p/nordlys/"))
    assert "Why do you open" in again
    # What was said before is offered.
    assert '<option value="Ticket 4711">' in again


def test_what_was_typed_goes_on_with_the_reason(client: HostClient, order: Order) -> None:
    """CHAN-33: a form sent after eight hours is done once the reason is there, and not before."""
    url = order_url(order, "do/reject/")
    made_for = {"seen": seen_of(order).sealed()}
    kept = client.post(url, {"reason": 'No "power" <here>', **made_for})
    assert kept.status_code == 409
    assert 'value="No &quot;power&quot; &lt;here&gt;"' in text(kept)
    order.refresh_from_db()
    assert order.state == "submitted"
    fields = {"reason": "No power", "visit_typed": "1", **made_for}
    assert client.post(url, {**fields, "visit_reason": ""}).status_code == 200
    done = client.post(url, {**fields, "visit_reason": "Ticket 4711"})
    assert (done.status_code, done["Location"]) == (302, order_url(order))
    order.refresh_from_db()
    assert (order.state, order.state_reason) == ("rejected", "No power")


def test_the_answer_is_checked_for_forgery(staff: User, sign_in: SignIn, nordlys: Partner) -> None:
    """CHAN-33: another site can't give a reason in somebody's place."""
    client = forget(sign_in(staff))
    client.handler.enforce_csrf_checks = True
    assert client.post("/admin/p/nordlys/", {"visit_reason": "x"}).status_code == 403


def test_every_page_names_the_partner_in_words_and_colour(
    client: HostClient, havsbris: Customer, nordlys: Partner
) -> None:
    """CHAN-33: the front page, lists, objects, forms, and the question itself."""
    urls = ["/admin/p/nordlys/", "/admin/p/nordlys/orders/order/", customer_url(havsbris)]
    urls += ["/admin/p/nordlys/customers/customer/add/"]
    asked = text(client.get(urls[0]))
    client.post(urls[0], {"visit_reason": "Ticket 4711"})
    for page in (asked, *(text(client.get(url)) for url in urls)):
        assert "You are in the admin of" in page
        assert "Nordlys Telekom AB</strong>" in page
        assert f'fill="{nordlys.brand_colour}"' in page


def test_a_change_is_logged_as_one(client: HostClient, order: Order, nordlys: Partner) -> None:
    """CHAN-33: the page of the question and a form with errors change nothing."""
    client.post("/admin/p/nordlys/", {"visit_reason": "Ticket 4711"})
    made_for = seen_of(order).sealed()
    client.get(order_url(order, "do/reject/"))
    client.post(order_url(order, "do/reject/"), {"reason": "", "seen": made_for})
    client.post(order_url(order, "do/accept/"), {"seen": made_for})
    rows = StaffAccess.objects.for_partner(nordlys).filter(page="orders_order_action")
    assert sorted(rows.values_list("action", "method", "changed")) == [
        ("accept", "POST", True),
        ("reject", "GET", False),
        ("reject", "POST", False),
    ]
    assert not StaffAccess.objects.for_partner(nordlys).filter(page="index", changed=True).exists()


def test_who_may_read_nothing_is_not_asked(sign_in: SignIn, order: Order) -> None:
    """CHAN-31, CHAN-33: they are refused instead."""
    client = forget(sign_in(member_of_staff()))
    assert client.get(order_url(order)).status_code == 403
    reader = forget(sign_in(member_of_staff(StaffGroup.READ, email="maja@kontor.example")))
    assert "Why do you open" in text(reader.get(order_url(order)))


def test_the_partner_reads_it_as_sentences(
    client: HostClient, order: Order, sign_in: SignIn, anna: Membership, havsbris: Customer
) -> None:
    """CHAN-34: who looked at what, when, why and whether it was changed; no address is shown."""
    client.post("/admin/p/nordlys/", {"visit_reason": "Ticket 4711"})
    client.get("/admin/p/nordlys/")
    client.get("/admin/p/nordlys/orders/order/")
    client.get(order_url(order))
    made_for = seen_of(order).sealed()
    client.get(order_url(order, "do/reject/"))
    client.post(order_url(order, "do/accept/"), {"seen": made_for})
    client.post(order_url(order, "do/accept/"), {"seen": made_for})
    page = text(sign_in(anna).get("/customers/settings/access/"))
    for words in (
        "Looked at the list of orders",
        f"Looked at order {order}",
        f"Opened “Reject”: order {order}",
        f"Accept: order {order}",
        f"Was refused: order {order}",
        "Looked at the front page",
        "Something was changed",
        "Ticket 4711",
        "Sam Whitlock",
    ):
        assert words in page, words
    assert "/admin/p/" not in page
    assert page.count("Something was changed") == 1


def test_the_list_is_filtered_by_day_and_person(
    client: HostClient, order: Order, sign_in: SignIn, anna: Membership, staff: User
) -> None:
    """CHAN-34: a day that makes no sense is an error at its field, and an empty result says so."""
    client.post("/admin/p/nordlys/", {"visit_reason": "Ticket 4711"})
    client.get(order_url(order))
    mine = sign_in(anna)
    url = "/customers/settings/access/"
    today = LATER.date().isoformat()
    assert str(order) in text(mine.get(f"{url}?day={today}&person={staff.pk}"))
    nothing = text(mine.get(f"{url}?day=2020-01-01"))
    assert str(order) not in nothing and "Nobody of Channel Sales was here then" in nothing
    bad = mine.get(f"{url}?day=yesterday&person={anna.user.pk}")
    assert bad.status_code == 200
    assert "invalid-feedback" in text(bad) or "Enter a valid date" in text(bad)


def test_only_administrators_of_this_partner_read_it(
    client: HostClient,
    order: Order,
    sign_in: SignIn,
    jonas: Membership,
    lena: Membership,
) -> None:
    """CHAN-34: it takes the right to change settings, and never shows another partner's."""
    client.post("/admin/p/nordlys/", {"visit_reason": "Ticket 4711"})
    assert sign_in(jonas).get("/customers/settings/access/").status_code == 403
    page = text(sign_in(lena).get("/customers/settings/access/"))
    with override("de"):
        nobody = gettext("Nobody of Channel Sales was here yet")
    assert "Ticket 4711" not in page and nobody in page
