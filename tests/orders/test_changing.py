"""A change says from what to what; conflicts show early (ORD-51, ORD-61)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from orders.models import Order, Service
from orders.services.checks import ServiceBusy
from orders.services.placing import submit_order
from orders.services.service_lines import BoughtOnce, save_service_lines
from portal.accounts.models import Membership, User
from portal.outbox.models import OutboundEmail
from tests.admin_helpers import LATER, bring_to, order_url, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_contact, make_draft_on, make_running, product
from tests.orders.test_ending import main_of
from tests.orders.test_wizard import form_token_of


@pytest.fixture(autouse=True)
def _today(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def service(havsbris: Customer, anna: Membership) -> Service:
    """Five seats of Havsbris."""
    return make_running(havsbris, by=anna, at=NOW, quantity=5)


@pytest.fixture
def draft(service: Service, anna: Membership) -> Order:
    """The draft of a change from five seats to eight."""
    return make_draft_on(service, "change", 8, by=anna, at=NOW)


@pytest.fixture
def client(anna: Membership, sign_in: SignIn) -> HostClient:
    return sign_in(anna)


def post_step(client: HostClient, order: Order, data: dict[str, str]) -> Any:
    url = f"/orders/{order.pk}/products/"
    token = form_token_of(client, url)
    return client.post(
        url, {"form_token": token, "users-TOTAL_FORMS": "0", "users-INITIAL_FORMS": "0", **data}
    )


def test_old_and_new_are_shown_everywhere(
    draft: Order, service: Service, anna: Membership, client: HostClient, staff: User, sign_in: Any
) -> None:
    """ORD-51: form, review, order's page, mails and admin; afterwards too."""
    draft.contact = make_contact(draft.customer, at=NOW)
    draft.save()
    step = main_of(text(client.get(f"/orders/{draft.pk}/products/")))
    assert "Difference a month" in step and "+387.00" in step
    for state in ("review", "submitted", "completed"):
        if state == "review":
            page = main_of(text(client.get(f"/orders/{draft.pk}/review/")))
            assert "Place change for" in page and "Change date" in page
        else:
            if state == "submitted":
                submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
            else:
                bring_to(Order.objects.get(pk=draft.pk), state)
                service.refresh_from_db()
                assert service.quantity == 8
            page = main_of(text(client.get(f"/orders/{draft.pk}/")))
            assert f"Change {draft.number} for Havsbris Konsult AB, 10042" in page
            act = main_of(text(sign_in(staff).get(order_url(draft))))
            assert "5 → 8" in act and "+387.00" in act
        assert "5 → 8" in page and "+387.00" in page and "1,032.00" in page
    mails = OutboundEmail.objects.across_partners().filter(about_id=draft.pk)
    for mail in mails.exclude(template="orders/email/progress"):
        assert "Product FLX-PRO: 5 → 8" in mail.text and "5 → 8" in mail.html
        assert ("+387.00" in mail.text) == (mail.to_address == anna.user.email)
        made = mail.template == "orders/email/customer_news"
        assert ("Changed 23 Nov 2026" if made else "from 7 Dec 2026 on") in mail.text
    done = mails.get(subject__contains="is complete")
    assert done.subject == f"Change {draft.number} for Havsbris Konsult AB, 10042 is complete"
    assert "Product FLX-PRO: 5 → 8: Changed 23 Nov 2026" in done.text


def test_zero_leads_to_ending(
    draft: Order, service: Service, anna: Membership, client: HostClient
) -> None:
    """ORD-51: with a button that begins the termination; the other changes are kept."""
    other = make_running(service.customer, by=anna, at=NOW, sku="FLX-HOME", quantity=2)
    key, second = f"s_{service.pk}", f"s_{other.pk}"
    answer = text(post_step(client, draft, {key: "0", second: "3"}))
    assert "Product FLX-PRO: 0 ends it." in answer and 'name="then" value="end"' in answer
    done = post_step(client, draft, {key: "0", second: "3", "then": "end"})
    ending = Order.objects.get(kind="terminate")
    assert done.headers["Location"] == f"/orders/{ending.pk}/review/"
    assert [line.service_id for line in ending.lines.all()] == [service.pk]
    assert [(line.service_id, line.quantity) for line in draft.lines.all()] == [(other.pk, 3)]
    page = text(client.get(done.headers["Location"]))
    assert f"The other changes are kept in draft {draft.number}." in page
    # Nothing of the change is left: its draft goes.
    assert post_step(client, draft, {key: "5", second: "0", "then": "end"}).status_code == 302
    assert not Order.objects.filter(pk=draft.pk).exists()


def test_what_was_bought_once_is_neither_changed_nor_ended(
    havsbris: Customer, anna: Membership, client: HostClient
) -> None:
    """ORD-51: not offered, and refused."""
    seats = make_running(havsbris, by=anna, at=NOW)
    order = make_draft_on(seats, "terminate", 0, by=anna, at=NOW)
    bought = Service.objects.create(
        customer=havsbris,
        product=product("FLX-D30"),
        product_name="Product FLX-D30",
        family="flex",
        quantity=1,
        currency="SEK",
        one_off=1,
        monthly=0,
        started_on=NOW.date(),
        created_at=NOW,
    )
    for kind, total in (("change", 2), ("terminate", 0)):
        with pytest.raises(BoughtOnce):
            make_draft_on(bought, kind, total, by=anna, at=NOW)
    assert f"s_{bought.pk}" not in text(client.get(f"/orders/{order.pk}/products/"))
    address = f"/orders/for/{havsbris.pk}/flex/change/"
    customer = f"/customers/{havsbris.pk}/"
    assert address in text(client.get(customer))
    seats.ended_on = NOW.date()
    seats.save()
    page = text(client.get(customer))
    assert "Bought once" in page and address not in page
    before = Order.objects.count()
    client.post(address)
    assert Order.objects.count() == before


def test_users_of_added_seats_are_named(draft: Order, service: Service, client: HostClient) -> None:
    """ORD-51: one for each seat that is added, or none."""
    key = f"s_{service.pk}"
    user = {
        "users-TOTAL_FORMS": "2",
        "users-0-name": "Ada",
        "users-0-email": "ada@havsbris.example",
    }
    user["users-0-seat"] = "FLX-PRO"
    answer = text(post_step(client, draft, {key: "7", **user}))
    assert "1 named, 2 added." in answer and 'value="ada@havsbris.example"' in answer
    more = {"users-1-name": "Bo", "users-1-email": "bo@havsbris.example", "users-1-seat": "FLX-PRO"}
    rows = text(post_step(client, draft, {key: "7", **user, **more, "then": "rows"}))
    assert 'value="bo@havsbris.example"' in rows and "users-6-name" in rows
    assert post_step(client, draft, {key: "7", **user, **more}).status_code == 302
    assert "Bo, bo@havsbris.example" in text(client.get(f"/orders/{draft.pk}/review/"))
    assert 'value="ada@havsbris.example"' in text(client.get(f"/orders/{draft.pk}/products/"))


def test_other_products_lead_to_a_new_order(draft: Order, client: HostClient) -> None:
    """ORD-51."""
    page = text(client.get(f"/orders/{draft.pk}/products/"))
    address = f"/orders/new/flex/?customer={draft.customer_id}"
    assert address in page
    assert f'value="{draft.customer_id}"' in text(client.get(address))


@pytest.mark.parametrize("kind", ["change", "terminate"])
def test_what_changed_meanwhile_is_shown_first(
    kind: str, service: Service, anna: Membership, client: HostClient
) -> None:
    """ORD-51: agreed was from five; it is placed once the six were seen."""
    order = make_draft_on(service, kind, 8 if kind == "change" else 0, by=anna, at=NOW)
    url = f"/orders/{order.pk}/review/"
    data = {"form_token": form_token_of(client, url), "start_date": "2026-12-07"}
    Service.objects.update(quantity=6)
    answer = client.post(url, {**data, "ends": "2026-12-07"})
    assert answer.status_code == 409
    assert "What is active has changed since the draft was saved." in text(answer)
    shown = main_of(text(answer))
    assert ("6 → 8" if kind == "change" else "7 Dec 2026: 6 × Product FLX-PRO") in shown
    assert not re.search(r'name="ends"[^>]*checked', text(answer))
    data["form_token"] = form_token_of(client, url)
    assert client.post(url, {**data, "ends": "2026-12-07"}).status_code == 302


def test_an_open_change_keeps_its_service(
    draft: Order, service: Service, anna: Membership, client: HostClient
) -> None:
    """ORD-61: in the step of the next order, with number and link; and refused when crafted."""
    placed = submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
    client.post(f"/orders/for/{service.customer_id}/flex/terminate/")
    order = Order.objects.get(kind="terminate")
    page = text(client.get(f"/orders/{order.pk}/products/"))
    assert f's_{service.pk}"' not in page and "Next: review" not in main_of(page)
    assert f'href="/orders/{placed.pk}/">{placed.number}</a>' in page
    with pytest.raises(ServiceBusy, match=f"is being changed by order {placed.number}"):
        save_service_lines(order.pk, version=order.version, totals={service.pk: 0}, at=NOW)


def test_the_refusal_at_the_last_button_names_the_other_order(
    draft: Order, service: Service, anna: Membership, client: HostClient
) -> None:
    """ORD-61: two drafts; a draft of somebody else is shown, and keeps nothing."""
    other = make_draft_on(service, "terminate", 0, by=anna, at=NOW)
    step = text(client.get(f"/orders/{other.pk}/products/"))
    assert f'href="/orders/{draft.pk}/">{draft.number}</a>' in step and f"s_{service.pk}" in step
    placed = submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
    url = f"/orders/{other.pk}/review/"
    data = {"form_token": form_token_of(client, url), "start_date": "2026-12-07"}
    answer = text(client.post(url, {**data, "ends": "2026-12-07"}))
    assert f"is being changed by order {placed.number}." in answer
    assert re.search(rf'href="/orders/{placed.pk}/">\s*Open order {placed.number}', answer)
