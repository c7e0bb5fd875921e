"""The partner's pages of quotes: rights, forms that keep their input, sending."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from customers.services import assign, set_domains
from orders.models import Order
from portal.accounts.models import Membership
from portal.outbox.secrets import conceal
from portal.tenancy.models import Partner
from quotes.models import Confirmation, Quote, QuoteSettings
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.markup import markup
from tests.quotes.conftest import mails


@pytest.fixture(autouse=True)
def _at() -> Any:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def client(jonas: Membership, sign_in: SignIn) -> HostClient:
    return sign_in(jonas)


@pytest.fixture
def quote(havsbris: Customer, jonas: Membership) -> Quote:
    return factories.make_quote(havsbris, by=jonas, at=NOW)


def text(response: Any) -> str:
    return str(response.content.decode())


def form_token(client: HostClient, url: str) -> str:
    return str(client.get(url).context["form_token"])


def test_from_customer_to_products_to_page(client: HostClient, havsbris: Customer) -> None:
    page: Any = client.get(f"/quotes/new/?customer={havsbris.pk}")
    assert "Havsbris Konsult AB" in text(page)
    details = {
        "customer": str(havsbris.pk),
        "quote_id": str(page.context["form"].initial["quote_id"]),
        "title": "Phones",
        "valid_until": "2026-12-20",
        "message": "Hello",
        "notes": "inside",
    }
    first: Any = client.post("/quotes/new/", details)
    again: Any = client.post("/quotes/new/", details)
    assert first.status_code == 302
    assert first.url == again.url
    quote = Quote.objects.get()
    assert (quote.customer_id, quote.title, quote.notes) == (havsbris.pk, "Phones", "inside")
    seat = factories.product("FLX-PRO").pk
    data = {
        "form_token": form_token(client, first.url),
        f"q_{seat}": "3",
        f"t_{seat}": "36",
        f"d_{seat}": "2.5",
    }
    response: Any = client.post(first.url, data, follow=True)
    assert "Send customer confirmation" in text(response)
    line = quote.lines.get()
    assert (line.quantity, line.term_months, str(line.discount)) == (3, 36, "2.50")


def test_the_posted_customer_decides(
    client: HostClient, havsbris: Customer, bjorkvik: Customer
) -> None:
    """D2: the active customer only prefills the field."""
    client.post("/switch/", {"customer": str(havsbris.pk)})
    assert client.get("/quotes/new/").context["chosen"] == havsbris
    details = {"customer": str(bjorkvik.pk), "title": "Phones", "valid_until": "2026-12-20"}
    client.post("/quotes/new/", details)
    assert Quote.objects.get().customer_id == bjorkvik.pk
    refused: Any = client.post("/quotes/new/", {**details, "customer": ""})
    assert "Choose the customer this quote is for." in text(refused)
    assert "Phones" in text(refused)


def test_errors_stand_at_their_field_and_keep_what_was_typed(
    client: HostClient, havsbris: Customer
) -> None:
    details = {
        "customer": str(havsbris.pk),
        "title": "Phones",
        "valid_until": "2026-01-01",
        "message": "Only 99 kr each",
    }
    response: Any = client.post("/quotes/new/", details)
    assert response.status_code == 200
    assert "valid today or later" in text(response)
    response = client.post("/quotes/new/", {**details, "valid_until": "2026-12-20"})
    assert "Confirmations go out without prices" in response.context["form"].errors["message"][0]
    assert "Only 99 kr each" in text(response)
    assert not Quote.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("d", "15.01", "The highest discount is 15 %."),
        ("d", "abc", "Enter a percentage."),
        ("q", "-1", "order 1 to 1000."),
        ("q", "x", "Enter a whole number."),
        ("q", "", "Choose at least one product."),
    ],
)
def test_lines_are_checked(
    field: str, value: str, sentence: str, client: HostClient, quote: Quote
) -> None:
    seat = factories.product("FLX-PRO").pk
    url = f"/quotes/{quote.pk}/lines/"
    data = {"form_token": form_token(client, url), f"q_{seat}": "3", f"{field}_{seat}": value}
    response: Any = client.post(url, data)
    assert response.status_code == 200
    assert sentence in text(response)
    assert quote.lines.get(product=seat).quantity == 12


def test_a_stale_tab_is_409(client: HostClient, quote: Quote) -> None:
    """D22."""
    url = f"/quotes/{quote.pk}/edit/"
    old = form_token(client, url)
    details = {"form_token": old, "title": "One", "valid_until": "2026-12-20"}
    assert client.post(url, details).status_code == 302
    stale: Any = client.post(url, {**details, "title": "Two"})
    assert stale.status_code == 409
    assert "Two" in text(stale)
    quote.refresh_from_db()
    assert quote.title == "One"
    assert client.post(url, {**details, "form_token": "forged"}).status_code == 409


def test_a_stale_form_shows_mine_and_theirs_and_overwrites_nothing(
    client: HostClient, quote: Quote
) -> None:
    """SAFE-06, REG-35: nor does one that came back with another error first."""
    url = f"/quotes/{quote.pk}/edit/"
    old = form_token(client, url)
    saved = {"form_token": old, "title": "Theirs", "valid_until": "2026-12-20"}
    assert client.post(url, saved).status_code == 302
    wrong: Any = client.post(url, {**saved, "title": "Mine", "valid_until": ""})
    assert wrong.status_code == 200
    assert f'value="{old}"' in wrong.content.decode()
    stale: Any = client.post(url, {**saved, "title": "Mine"})
    assert stale.status_code == 409
    page = stale.content.decode()
    assert re.search(r"Title</th>\s*<td[^>]*>Mine</td>\s*<td[^>]*>Theirs</td>", page)
    assert "Valid until</th>" not in page
    quote.refresh_from_db()
    assert quote.title == "Theirs"
    again = {**saved, "title": "Mine", "form_token": str(stale.context["form_token"])}
    assert client.post(url, again).status_code == 302
    quote.refresh_from_db()
    assert quote.title == "Mine"


def test_preview_shows_what_is_sent_and_sends_nothing(
    client: HostClient, quote: Quote, nordlys: Partner
) -> None:
    """CON-04 to CON-09."""
    contact = factories.make_domain_contact(quote.customer, at=NOW)
    url = f"/quotes/{quote.pk}/send/"
    data = {"form_token": form_token(client, url), "contact": str(contact.pk), "then": "preview"}
    page: Any = client.post(url, data)
    assert "a link that only the e-mail holds" in text(page)
    assert "These terms apply to every service." in text(page)
    assert "Send confirmation to Havsbris Konsult AB, 10042" in text(page)
    assert not Confirmation.objects.exists()
    assert mails(nordlys, "confirmation") == []
    data = {"form_token": page.context["form_token"], "contact": str(contact.pk), "then": "send"}
    assert client.post(url, data).status_code == 302
    assert Confirmation.objects.get().contact_id == contact.pk
    (email,) = mails(nordlys, "confirmation")
    assert email.subject in text(page)
    frame = re.search(r'<iframe[^>]*src="([^"]*)"[^>]*sandbox=""', text(page))
    assert frame is not None
    assert client.get(frame[1]).status_code == 404  # it is sent already
    # Twice: the quote is sent already, and its page says so.
    assert client.post(url, data).status_code == 302
    assert len(mails(nordlys, "confirmation")) == 1


def test_the_preview_is_the_e_mail_itself(
    client: HostClient, quote: Quote, nordlys: Partner
) -> None:
    """OUT-23: the same HTML and text as sent, but for the link, and nothing in it works."""
    contact = factories.make_domain_contact(quote.customer, at=NOW)
    url = f"/quotes/{quote.pk}/send/"
    data = {"form_token": form_token(client, url), "contact": str(contact.pk), "then": "preview"}
    page: Any = client.post(url, data)
    shown: Any = client.get(f"{url}preview/?contact={contact.pk}")
    assert (
        "sandbox" in shown["Content-Security-Policy"]
        and "default-src 'none'" in shown["Content-Security-Policy"]
    )
    data = {"form_token": page.context["form_token"], "contact": str(contact.pk), "then": "send"}
    client.post(url, data)
    (email,) = mails(nordlys, "confirmation")
    words = "(a link that only the e-mail holds)"
    assert text(shown) == conceal(email.html, email.pk, words, html=True)
    assert page.context["preview"]["text"] == conceal(email.text, email.pk, words)
    other = factories.make_contact(quote.customer, at=NOW, email="x@gmail.com")
    assert client.get(f"{url}preview/?contact={other.pk}").status_code == 404


def test_the_list_of_contacts_and_a_crafted_one(client: HostClient, quote: Quote) -> None:
    """CON-05, CON-06."""
    set_domains(quote.customer, ["havsbris.example"])
    inside = factories.make_contact(quote.customer, at=NOW)
    outside = factories.make_contact(quote.customer, at=NOW, email="a@gmail.com")
    url = f"/quotes/{quote.pk}/send/"
    page = text(client.get(url))
    assert str(inside.pk) in page
    assert str(outside.pk) not in page
    data = {"form_token": form_token(client, url), "then": "send"}
    assert "Choose the contact to send the confirmation to." in text(client.post(url, data))
    crafted = client.post(url, {**data, "contact": str(outside.pk)})
    assert "a@gmail.com is not in havsbris.example." in text(crafted)
    assert not Confirmation.objects.exists()


def test_adding_a_contact_comes_back_with_it_chosen(client: HostClient, quote: Quote) -> None:
    """CON-07."""
    set_domains(quote.customer, ["havsbris.example"])
    data = {"first_name": "Helena", "last_name": "Ros", "email": "helena@havsbris.example"}
    data |= {"role": "decides", "job_title": "CFO", "phone": "+46 26 555 01 00"}
    response: Any = client.post(f"/quotes/{quote.pk}/send/contact/", data)
    contact = quote.customer.contacts.get(first_name="Helena")
    assert (contact.role, contact.job_title, contact.phone.as_e164) == (
        "decides",
        "CFO",
        "+46265550100",
    )
    assert response.url == f"/quotes/{quote.pk}/send/?contact={contact.pk}"
    assert f'value="{contact.pk}" selected' in text(client.get(response.url))


def test_what_is_missing_is_named_with_the_remedy(client: HostClient, quote: Quote) -> None:
    """CON-08."""
    page = text(client.get(f"/quotes/{quote.pk}/send/"))
    assert "Add the customer&#x27;s domain first." in page
    assert f"/customers/{quote.customer_id}/edit/" in page


def test_the_customers_page_shows_agreements(client: HostClient, quote: Quote) -> None:
    """CON-04, CON-24, REG-12."""
    page = text(client.get(f"/customers/{quote.customer_id}/"))
    assert "Agreements" in page
    assert f"/quotes/{quote.pk}/send/" in page
    assert "Send customer confirmation" in page


def test_the_order_list_has_both_groups(
    client: HostClient, quote: Quote, havsbris: Customer, jonas: Membership
) -> None:
    """CON-26."""
    factories.make_confirmation(quote, by=jonas, at=NOW)
    factories.make_order(havsbris, by=jonas, at=NOW)
    groups = client.get("/orders/").context["groups"]
    assert [group.title for group in groups] == ["Pending customer approval", "Submitted"]
    assert client.get("/orders/?state=draft").context["groups"] == []


def test_progress_by_form(
    client: HostClient, quote: Quote, jonas: Membership, settings: Any
) -> None:
    """CON-25: errors at the field; then the drafts."""
    QuoteSettings.objects.update_or_create(singleton=True, defaults={"may_skip_confirmation": True})
    url = f"/quotes/{quote.pk}/progress/"
    assert "has not confirmed this quote" in text(client.get(url))
    refused: Any = client.post(url, {"po_number": "PO-9", "then": "progress"})
    assert "Check the address, then tick this." in text(refused)
    assert "PO-9" in text(refused)
    saved: Any = client.post(url, {"po_number": "PO-9", "then": "save"}, follow=True)
    assert "Nothing is ordered yet." in text(saved)
    assert not Order.objects.exists()
    data = {"po_number": "PO-9", "address_checked": "on", "then": "progress"}
    done: Any = client.post(url, data)
    order = Order.objects.get()
    assert done.url == f"/orders/{order.pk}/products/"
    again: Any = client.post(url, data, follow=True)
    assert f"already progressed to {order.number}" in text(again)
    assert Order.objects.count() == 1


RIGHTS = {
    "view_quote": ("/quotes/", "/quotes/{q}/"),
    "change_quote": ("/quotes/new/", "/quotes/{q}/edit/", "/quotes/{q}/lines/"),
    "send_confirmation": ("/quotes/{q}/send/",),
    "progress_quote": ("/quotes/{q}/progress/",),
}


@pytest.mark.parametrize("right", RIGHTS)
def test_each_right_on_its_own(
    right: str, client: HostClient, quote: Quote, jonas: Membership
) -> None:
    """D11."""
    QuoteSettings.objects.update_or_create(singleton=True, defaults={"may_skip_confirmation": True})
    urls = [url.format(q=quote.pk) for url in RIGHTS[right]]
    assert [client.get(url).status_code for url in urls] == [200] * len(urls)
    role = jonas.role
    role.rights = [each for each in role.rights if each != right]
    role.save()
    hidden = {403, 404} if right == "view_quote" else {403}
    assert {client.get(url).status_code for url in urls} <= hidden


def test_prices_need_the_right(client: HostClient, quote: Quote, jonas: Membership) -> None:
    """D11: view_prices, on page, list, products and documents."""
    urls = [f"/quotes/{quote.pk}/", "/quotes/", f"/quotes/{quote.pk}/lines/"]
    assert all("1,548.00" in text(client.get(url)) for url in urls[:2])
    role = jonas.role
    role.rights = [each for each in role.rights if each != "view_prices"]
    role.save()
    for url in urls:
        page = text(client.get(url))
        assert "1,548.00" not in page
        assert "129.00" not in page
    assert client.post(f"/quotes/{quote.pk}/pdf/").status_code == 403


def test_the_page_sums_up_over_the_term(client: HostClient, quote: Quote) -> None:
    """OUT-28: as the PDF does; not where something monthly has no term."""
    page = markup(client.get(f"/quotes/{quote.pk}/"))
    assert "Over 24 months, without VAT</th>" in page
    assert "42,332.00" in page
    quote.lines.filter(list_monthly__gt=0).update(term_months=0)
    assert "42,332.00" not in markup(client.get(f"/quotes/{quote.pk}/"))


def test_only_assigned_sees_only_those_quotes(
    quote: Quote, mikael: Membership, jonas: Membership, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-25."""
    role = mikael.role
    role.rights = [*role.rights, "view_quote"]
    role.save()
    other = factories.make_quote(bjorkvik, by=jonas, at=NOW)
    assign(quote.customer, mikael, at=NOW)
    client = sign_in(mikael)
    page = text(client.get("/quotes/"))
    assert quote.number in page
    assert other.number not in page
    assert client.get(f"/quotes/{other.pk}/").status_code == 404


def test_settings_are_the_administrators(
    client: HostClient, anna: Membership, sign_in: SignIn
) -> None:
    assert client.get("/quotes/settings/").status_code == 403
    admin = sign_in(anna)
    data = {"max_discount": "20", "valid_days": "14", "default_term": "12"}
    assert admin.post("/quotes/settings/", data).status_code == 302
    stored = QuoteSettings.objects.get()
    assert (stored.max_discount, stored.valid_days, stored.default_term) == (20, 14, 12)
    wrong: Any = admin.post("/quotes/settings/", {**data, "max_discount": "101"})
    assert wrong.status_code == 200
    assert "101" in text(wrong)
