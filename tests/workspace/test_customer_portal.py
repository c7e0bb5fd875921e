"""The customers' own portal: what a customer's people see, and what they never do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from customers import portal_parts
from customers.models import Customer
from customers.portal_parts import Card, Item, Page
from customers.services import assign
from orders.models import Order, Service
from orders.services.fulfilment import Delivery, accept_order, complete_order, provision_order
from portal.accounts.models import Membership
from portal.accounts.rights import Preset
from portal.accounts.services import save_role
from quotes.models import Confirmation
from quotes.services.answering import Reader, accept_confirmation, document_of
from support.models import SupportSettings
from tests import factories
from tests.conftest import NOW, SignIn

SECRET = "Only for our own people"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def complete(order: Order) -> Order:
    accept_order(order.pk, at=NOW)
    provision_order(order.pk, at=NOW)
    given = Delivery(vendor_reference="VENDOR-77", identifiers="+46 8 555 01 00")
    return complete_order(
        order.pk,
        delivered_on=NOW.date(),
        vendor_reference="VENDOR-77",
        deliveries={line.pk: given for line in order.lines.all()},
        at=NOW,
    )


def accepted(quote: Any, asked: Confirmation) -> Confirmation:
    accept_confirmation(
        asked.pk,
        contact_id=asked.contact_id,
        seen=asked.snapshot_sha256,
        reader=Reader("203.0.113.5", "Firefox"),
        at=NOW,
    )
    asked.refresh_from_db()
    return asked


def pages_of(person: Membership, sign_in: SignIn, *addresses: str) -> str:
    client = sign_in(person)
    texts = []
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        texts.append(answer.content.decode())
    return "\n".join(texts)


def test_sign_in_leads_to_the_own_portal(karin: Membership, sign_in: SignIn) -> None:
    """REG-26: ``/`` leads there; the frame has the partner's name and the company's."""
    client = sign_in(karin)
    assert client.get("/")["Location"] == "/my/"
    page = client.get("/my/").content.decode()
    assert "Nordlys Telekom AB</title>" in page and "Havsbris Konsult AB" in page
    assert 'href="/brand.css"' in page and "Kontor" not in page


def test_home_shows_what_is_open(
    karin: Membership, havsbris: Customer, anna: Membership, mikael: Membership, sign_in: SignIn
) -> None:
    """REG-26: orders under way, confirmations that wait, and who is responsible by name only."""
    empty = sign_in(karin).get("/my/").content.decode()
    assert "No order is under way." in empty and "Nothing is waiting." in empty
    assert "Nobody in particular" in empty
    assign(havsbris, mikael, at=NOW)
    order = factories.make_order(havsbris, by=anna, at=NOW)
    done = complete(factories.make_order(havsbris, by=anna, at=NOW))
    quote = factories.make_quote(havsbris, by=anna, at=NOW, title="New headsets")
    factories.make_confirmation(quote, by=anna, at=NOW)
    page = sign_in(karin).get("/my/").content.decode()
    assert order.number in page and done.number not in page
    assert "New headsets" in page and "Annika Sandell" in page
    assert "Mikael Test" in page and mikael.user.email not in page


def test_orders_are_listed_searched_and_paged(
    per: Membership, havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """REG-26: by state, by number and reference; drafts are the partner's own."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    done = complete(factories.make_order(havsbris, by=anna, at=NOW))
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    client = sign_in(per)

    def listed(query: str) -> set[str]:
        page = client.get(f"/my/orders/{query}").content.decode()
        return {each.number for each in (order, done, draft) if each.number in page}

    both = {order.number, done.number}
    for query, expected in (
        ("", both),
        ("?state=open", {order.number}),
        ("?state=done", {done.number}),
        ("?state=closed", set()),
        ("?state=nonsense", set()),
        (f"?q={order.number[-4:]}", {order.number}),
        ("?q=office+move", both),
        ("?q=%25", set()),
        ("?q=!!", set()),
        ("?page=99&sort=-x", both),
    ):
        assert listed(query) == expected, query
    assert "No order found" in client.get("/my/orders/?q=nothing").content.decode()
    assert client.get(f"/my/orders/{draft.pk}/").status_code == 404


def test_returned_order_is_not_shown(
    per: Membership, havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """REG-46: what channel sales sent back is the partner's to mend."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    Order.objects.filter(pk=order.pk).update(state=Order.State.DRAFT, state_reason=SECRET)
    assert sign_in(per).get(f"/my/orders/{order.pk}/").status_code == 404


@pytest.mark.parametrize("allowed", [False, True])
def test_prices_are_shown_only_where_the_setting_says_so(
    allowed: bool,
    per: Membership,
    havsbris: Customer,
    anna: Membership,
    sign_in: SignIn,
) -> None:
    """REG-46: neither on orders nor on services, unless the partner's settings allow it."""
    if allowed:
        SupportSettings.objects.create(customers_see_prices=True)
    order = complete(
        factories.make_order(havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 2, "FLX-D30": 1})
    )
    page = pages_of(per, sign_in, f"/my/orders/{order.pk}/", "/my/services/", "/my/orders/")
    for price in ("129.00", "258.00", "1,295.00"):
        assert (price in page) == allowed, price
    assert ("SEK" in page) == allowed
    assert "+46 8 555 01 00" in page and "23 Nov 2026" in page


def test_internals_are_on_no_page(
    karin: Membership, havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """REG-46: notes, credit, reasons and the vendor's references."""
    Customer.objects.filter(pk=havsbris.pk).update(notes=SECRET, credit_limit="98765.00")
    order = factories.make_order(havsbris, by=anna, at=NOW)
    Order.objects.filter(pk=order.pk).update(state_reason=SECRET, vendor_reference="VENDOR-77")
    done = complete(factories.make_order(havsbris, by=anna, at=NOW))
    quote = factories.make_quote(havsbris, by=anna, at=NOW, notes=SECRET, discount="13.5")
    asked = factories.make_confirmation(quote, by=anna, at=NOW)
    page = pages_of(
        karin,
        sign_in,
        "/my/",
        "/my/orders/",
        f"/my/orders/{order.pk}/",
        f"/my/orders/{done.pk}/",
        "/my/services/",
        "/my/confirmations/",
        f"/my/confirmations/{asked.pk}/",
        "/my/contacts/",
        "/my/users/",
    )
    for word in (SECRET, "98,765", "VENDOR-77", "Credit", "13.5", "Channel Sales"):
        assert word not in page, word


def test_confirmations_are_read_and_not_answered(
    per: Membership, havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """REG-26, CON-11: state, date and who answered; only the mailed link answers."""
    quote = factories.make_quote(havsbris, by=anna, at=NOW, title="New headsets")
    asked = factories.make_confirmation(quote, by=anna, at=NOW)
    address = f"/my/confirmations/{asked.pk}/"
    client = sign_in(per)
    page = client.get(address).content.decode()
    assert "only by the link in the" in page and "Annika Sandell" in page and "Anna Test" in page
    assert "<form" not in page[page.index('id="main"') :]
    assert client.post(address).status_code == 405
    assert client.get(f"{address}pdf/").status_code == 404
    accepted(quote, asked)
    page = client.get(address).content.decode()
    assert "Accepted" in page and "Answered by" in page and "only by the link" not in page
    assert "Accepted" in client.get("/my/confirmations/").content.decode()
    document = document_of(asked)
    assert document is not None
    document.content, document.state = b"%PDF-1.7 signed", "ready"
    document.ready_at, document.sha256 = NOW, "0" * 64
    document.save()
    pdf = client.get(f"{address}pdf/")
    assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
    assert pdf.content == b"%PDF-1.7 signed"


def test_confirmation_whose_time_has_passed_is_over(
    per: Membership, havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """D7: recorded or not; it is no longer among what waits."""
    quote = factories.make_quote(havsbris, by=anna, at=NOW, title="New headsets")
    asked = factories.make_confirmation(quote, by=anna, at=NOW)
    Confirmation.objects.filter(pk=asked.pk).update(expires_at=NOW - timedelta(days=1))
    client = sign_in(per)
    assert "Expired" in client.get(f"/my/confirmations/{asked.pk}/").content.decode()
    assert "Nothing is waiting." in client.get("/my/").content.decode()


def test_erased_contacts_are_not_listed(
    per: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-26, D19: contacts are read here."""
    contact = factories.make_contact(havsbris, at=NOW)
    assert contact.email in sign_in(per).get("/my/contacts/").content.decode().replace("<wbr>", "")
    havsbris.contacts.update(erased_at=NOW)
    assert "No contacts yet." in sign_in(per).get("/my/contacts/").content.decode()


def test_another_customers_objects_do_not_exist(
    karin: Membership,
    ulla: Membership,
    havsbris: Customer,
    bjorkvik: Customer,
    anna: Membership,
    sign_in: SignIn,
) -> None:
    """REG-26, ISO-13: every one a 404, like what never existed."""
    order = factories.make_order(bjorkvik, by=anna, at=NOW)
    quote = factories.make_quote(bjorkvik, by=anna, at=NOW)
    asked = factories.make_confirmation(quote, by=anna, at=NOW, email="a@bjorkvik.example")
    addresses = (
        f"/my/orders/{order.pk}/",
        f"/my/confirmations/{asked.pk}/",
        f"/my/confirmations/{asked.pk}/pdf/",
        f"/my/users/{ulla.pk}/",
        f"/my/users/{ulla.pk}/end/",
    )
    client, other = sign_in(karin), sign_in(ulla)
    assert [client.get(each).status_code for each in addresses] == [404] * 5
    assert [other.get(each).status_code for each in addresses] == [200, 200, 404, 200, 200]
    for page in ("/my/", "/my/orders/", "/my/confirmations/", "/my/services/", "/my/users/"):
        assert "Björkvik" not in client.get(page).content.decode(), page


def test_policies_keep_the_two_portals_apart(
    karin: Membership, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ISO-23: with all rights of both, the other portal does not exist."""
    role = karin.role
    role.rights = [*role.rights, "manage_people", "view_customer", "change_settings"]
    role.save()
    client = sign_in(karin)
    for page in ("/customers/", f"/customers/{havsbris.pk}/", "/orders/", "/people/", "/search/"):
        answer = client.get(page)
        assert answer.status_code == 404, page
        text = answer.content.decode()
        assert 'class="k-branded"' in text and "/my/orders/" in text
        assert 'role="search"' not in text
    ours = sign_in(anna)
    assert ours.get("/my/").status_code == 404
    assert ours.get("/my/users/").status_code == 404


def test_errors_stand_in_the_own_frame(
    per: Membership, havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ANS-01, ANS-02: 404 and 403 with the own menu; the 403 names the right."""
    client = sign_in(per)
    answer = client.get("/my/users/invite/")
    text = answer.content.decode()
    assert answer.status_code == 403 and "Create customer users" in text
    assert 'class="k-branded"' in text and 'href="/my/users/"' not in text
    gone = client.get("/my/nowhere/").content.decode()
    assert 'class="k-branded"' in gone and 'aria-current="page"' not in gone
    save_role(per.role, name="", rights=[])
    for page in ("/my/orders/", "/my/services/", "/my/confirmations/"):
        assert client.get(page).status_code == 403, page
    home = client.get("/my/").content.decode()
    assert "/my/orders/" not in home and "/my/confirmations/" not in home


def test_other_apps_add_entries_and_cards(
    karin: Membership,
    per: Membership,
    havsbris: Customer,
    anna: Membership,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    tmp_path: Path,
) -> None:
    """REG-26: by the registry that apps below use; each builder decides who sees its part."""
    monkeypatch.setattr(portal_parts, "_items", [*portal_parts._items])
    monkeypatch.setattr(portal_parts, "_cards", {page: [] for page in Page})

    def entry(person: Membership) -> Item | None:
        if not person.may("add_report"):
            return None
        return Item("Wishes", "/my/wishes/", "message", 3, "waiting for you")

    def card(request: Any, about: Any) -> Card | None:
        words = {"title": "Reports", "text": str(about or "all")}
        return Card("card.html", words)

    (tmp_path / "card.html").write_text("{{ card.title }}: {{ card.text }}")
    first, *others = settings.TEMPLATES
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], tmp_path]}, *others]
    portal_parts.add_item(entry, position=50)
    for page in Page:
        portal_parts.add_card(page, card, position=10)
        portal_parts.add_card(page, card, position=10)
    order = factories.make_order(havsbris, by=anna, at=NOW)
    client = sign_in(karin)
    home = client.get("/my/").content.decode()
    assert home.index("Confirmations") < home.index("Wishes") < home.index("Contacts")
    assert "waiting for you" in home
    assert "Wishes" not in sign_in(per).get("/my/").content.decode()
    for address in ("/my/", "/my/services/", "/my/contacts/", f"/my/orders/{order.pk}/"):
        text = client.get(address).content.decode()
        assert text.count("Reports: ") == 1, address
    assert f"Reports: {order.number}" in client.get(f"/my/orders/{order.pk}/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_the_same_whatever_the_rows(
    rows: int,
    karin: Membership,
    havsbris: Customer,
    anna: Membership,
    sign_in: SignIn,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """G1, G2: session, person, company, and what the page lists, without other apps' parts."""
    own = [each for each in portal_parts._items if each[1].__module__.startswith("workspace.")]
    monkeypatch.setattr(portal_parts, "_items", own)
    monkeypatch.setattr(portal_parts, "_cards", {page: [] for page in Page})
    for number in range(rows):
        complete(factories.make_order(havsbris, by=anna, at=NOW))
        factories.make_order(havsbris, by=anna, at=NOW)
        quote = factories.make_quote(havsbris, by=anna, at=NOW)
        factories.make_confirmation(quote, by=anna, at=NOW)
        factories.make_customer_user(havsbris, f"user{number}", Preset.CUSTOMER_USER, at=NOW)
    assert Service.objects.filter(customer=havsbris).count() == rows
    client = sign_in(karin)
    client.get("/my/")
    for url, more in (
        ("/my/", 3),  # orders, confirmations, who is responsible
        ("/my/orders/", 2),
        ("/my/services/", 2),
        ("/my/confirmations/", 2),
        ("/my/contacts/", 1),
        ("/my/users/", 1),
    ):
        with django_assert_num_queries(3 + more, info=url):
            assert client.get(url).status_code == 200, url


def test_menu_marks_the_present_page(karin: Membership, sign_in: SignIn) -> None:
    """USE-04: also on a page below an entry."""
    page = sign_in(karin).get("/my/users/invite/").content.decode()
    menu = page[page.index('id="menu"') : page.index("</nav>")]
    assert menu.count('aria-current="page"') == 1
    assert '<a href="/my/users/" aria-current="page">' in menu
