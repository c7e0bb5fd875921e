"""Rules of the register that no other test covers (REG-01, REG-03, REG-07, REG-34).

Other tests post without the right that is needed (REG-24, REG-25).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Assignment, Contact, Customer, Site
from customers.services import assign, deactivate_customer
from orders.services.fulfilment import accept_order, complete_order, provision_order
from portal.accounts.models import Membership
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.customers.test_export import csv_rows
from tests.customers.test_rights import with_rights
from tests.customers.test_views import data


def section(page: str, name: str) -> str:
    """Return one section of a customer's page, by the id of its heading."""
    (found,) = re.findall(rf'<section[^>]*aria-labelledby="{name}".*?</section>', page, re.S)
    return str(found)


def test_page_of_a_customer_has_all_that_belongs_to_it(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-01, REG-12: sites, contacts, orders, quotes and documents, each in its section.

    Nothing of another customer is shown.
    """
    marks: dict[str, dict[str, str]] = {}
    for customer, word in ((havsbris, "Hamnen"), (bjorkvik, "Skogen")):
        factories.make_site(customer, f"{word} site")
        factories.make_contact(customer, at=NOW, last_name=word)
        order = factories.make_order(customer, by=anna, at=NOW)
        quote = factories.make_quote(customer, by=anna, at=NOW, title=f"{word} quote")
        factories.make_file(customer, f"{word}.txt", by=anna, at=NOW)
        marks[word] = {
            "c-sites": f"{word} site",
            "c-contacts": word,
            "c-orders": order.number,
            "c-quotes": quote.number,
            "c-files": f"{word}.txt",
        }
    page = sign_in(anna).get(f"/customers/{havsbris.pk}/").content.decode()
    for name, mark in marks["Hamnen"].items():
        assert mark in section(page, name), name
    assert [mark for mark in marks["Skogen"].values() if mark in page] == []


@pytest.mark.parametrize("kind", ["orders", "quotes"])
def test_ten_of_a_kind_then_show_all(
    kind: str, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-14, REG-12: with ten rows there is no button; with eleven "Show all" shows all."""
    make: Callable[[], Any] = {
        "orders": lambda: factories.make_draft(havsbris, by=anna, at=NOW),
        "quotes": lambda: factories.make_quote(havsbris, by=anna, at=NOW),
    }[kind]
    numbers = [make().number for _n in range(10)]
    client, url = sign_in(anna), f"/customers/{havsbris.pk}/"

    def shown(query: str = "") -> tuple[int, bool]:
        found = section(client.get(url + query).content.decode(), f"c-{kind}")
        return sum(f"{number}<" in found for number in numbers), "Show all (11)" in found

    assert shown() == (10, False)
    numbers.append(make().number)
    assert shown() == (10, True)
    assert shown(f"?all={kind}") == (11, False)


def test_page_without_the_rights_lists_neither_orders_nor_quotes(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-01, REG-12, D11: view_order and view_quote are needed."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    quote = factories.make_quote(havsbris, by=anna, at=NOW, title="A quote")
    assign(havsbris, mikael, at=NOW)
    page = sign_in(mikael).get(f"/customers/{havsbris.pk}/").content.decode()
    assert f"/orders/{order.pk}/" not in page and f"/quotes/{quote.pk}/" not in page
    with_rights(mikael, "view_assigned_customer", "view_order", "view_quote")
    page = sign_in(mikael).get(f"/customers/{havsbris.pk}/").content.decode()
    assert f"/orders/{order.pk}/" in page and f"/quotes/{quote.pk}/" in page


def test_number_is_shown_wherever_the_customer_is(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-03, ORD-18: in list, search, suggestions, page, e-mail and export."""
    client = sign_in(anna)
    factories.make_order(havsbris, by=anna, at=NOW)
    client.post("/customers/columns/", {"columns": ["town"]})
    listed = client.get("/customers/?q=havsbris").content.decode()
    assert "10042, Gävle</span>" in listed and "10017" not in listed
    for url in ("/search/?q=10042", "/search/suggest/?q=10042", f"/customers/{havsbris.pk}/"):
        page = client.get(url).content.decode()
        assert "10042" in page and "Havsbris Konsult AB" in page and "Bygg" not in page, url
    mails = OutboundEmail.objects.for_partner(anna.partner).filter(template__startswith="orders/")
    assert mails.exists()
    assert all("10042" in mail.text and "10042" in mail.html for mail in mails)
    client.post("/customers/columns/", {"columns": ["number"]})
    assert csv_rows(client, q="havsbris")[1] == ["10042", "Havsbris Konsult AB"]


def test_sales_add_and_change_a_customer(
    jonas: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-07, REG-24: with Create and Change; without them 403, and nothing is saved."""
    client, denied = sign_in(jonas), sign_in(mikael)
    new = data(credit_limit="0.00")
    assert denied.post("/customers/new/", new).status_code == 403
    assert not Customer.objects.filter(name="Acme AB").exists()
    assert client.post("/customers/new/", new).status_code == 302
    assert Customer.objects.get(name="Acme AB").billing_email == "acme@acme.example"
    assign(havsbris, mikael, at=NOW)
    with_rights(mikael, "view_assigned_customer")
    url = f"/customers/{havsbris.pk}/edit/"
    changed = data(name=havsbris.name, city="Falun", credit_limit="40000.00", version="1")
    assert sign_in(mikael).post(url, changed).status_code == 403
    havsbris.refresh_from_db()
    assert havsbris.city == "Gävle"
    assert client.post(url, changed).status_code == 302
    havsbris.refresh_from_db()
    assert havsbris.city == "Falun"


@pytest.mark.parametrize("allowed", [True, False])
def test_what_belongs_to_a_customer_needs_the_right_to_change_it(
    allowed: bool, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-24, REG-07, REG-32, REG-16: contacts, sites, files and deactivation, by POST."""
    contact = factories.make_contact(havsbris, at=NOW)
    site = factories.make_site(havsbris)
    gone = factories.make_customer("Vilande AB", "10055", at=NOW)
    deactivate_customer(gone, at=NOW)
    for customer in (havsbris, gone):
        assign(customer, mikael, at=NOW)
    rights = ["view_assigned_customer", *(["change_assigned_customer"] if allowed else [])]
    with_rights(mikael, *rights)
    client, base = sign_in(mikael), f"/customers/{havsbris.pk}/"
    status = 302 if allowed else 403
    person = {"first_name": "Eva", "last_name": "Berg", "email": "eva@havsbris.example"}
    place = {"name": "Depot", "country": "SE"}
    for url, posted in (
        (f"{base}contacts/new/", person),
        (
            f"{base}contacts/{contact.pk}/",
            {**person, "last_name": "Ek", "email": contact.email, "version": "1"},
        ),
        (f"{base}contacts/{contact.pk}/delete/", {}),
        (f"{base}sites/new/", place),
        (f"{base}sites/{site.pk}/", {**place, "name": "Store", "version": "1"}),
        (f"{base}type/", {"type": "residential"}),
        (f"/customers/{gone.pk}/reactivate/", {}),
        (f"{base}deactivate/", {"word": "deactivate"}),
    ):
        assert client.post(url, posted).status_code == status, url
    upload = SimpleUploadedFile("Note.txt", b"A note")
    assert client.post(f"{base}files/new/", {"file": upload}).status_code == status
    assert havsbris.attachments.exists() is allowed
    havsbris.refresh_from_db()
    gone.refresh_from_db()
    assert (havsbris.is_active, gone.is_active) == (not allowed, allowed)
    assert havsbris.is_residential is allowed
    assert Contact.objects.filter(last_name="Berg").exists() is allowed
    assert set(Site.objects.values_list("name", flat=True)) == (
        {"Depot", "Store"} if allowed else {"Head office"}
    )


@pytest.mark.parametrize("allowed", [True, False])
def test_deleting_and_assigning_as_posted(
    allowed: bool, anna: Membership, mikael: Membership, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-24, REG-23: without the right a POST deletes and assigns nobody."""
    rights = ["delete_customer", "assign_customer"] if allowed else ["change_customer"]
    with_rights(mikael, "view_customer", *rights)
    client, status = sign_in(mikael), 302 if allowed else 403
    ticks = {"people": [str(anna.pk)], "save": "1"}
    many = {**ticks, "customer": [str(bjorkvik.pk)]}
    assert client.post("/customers/assign/", many).status_code == status
    assert Assignment.objects.exists() is allowed
    assert client.post(f"/customers/{bjorkvik.pk}/assign/", ticks).status_code == status
    assert client.post(f"/customers/{bjorkvik.pk}/delete/", {"word": "delete"}).status_code == (
        status
    )
    assert Customer.objects.filter(pk=bjorkvik.pk).exists() is not allowed


def test_ticking_others_customers_assigns_nobody_to_them(
    anna: Membership, mikael: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-25, REG-19: a crafted tick for a customer that the person does not see."""
    assign(havsbris, mikael, at=NOW)
    with_rights(mikael, "view_assigned_customer", "assign_customer")
    ids = [str(havsbris.pk), str(bjorkvik.pk)]
    posted = {"customer": ids, "people": [str(anna.pk)], "save": "1"}
    client = sign_in(mikael)
    assert "Björkvik" not in client.post("/customers/assign/", posted, follow=True).content.decode()
    assert set(Assignment.objects.filter(membership=anna).values_list("customer", flat=True)) == {
        havsbris.pk
    }


def test_only_assigned_cannot_begin_an_order_or_reach_a_file(
    anna: Membership, mikael: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-25: a crafted first step and another customer's file are refused."""
    assign(havsbris, mikael, at=NOW)
    with_rights(mikael, "view_assigned_customer", "view_order", "add_order", "delete_attachment")
    mine = factories.make_file(havsbris, "Mine.txt", by=anna, at=NOW)
    theirs = factories.make_file(bjorkvik, "Theirs.txt", by=anna, at=NOW)
    client = sign_in(mikael)
    answer = client.post("/orders/new/flex/", {"customer": str(bjorkvik.pk)})
    assert "Choose the customer this order is for." in answer.content.decode()
    assert not bjorkvik.orders.exists()
    assert client.post("/orders/new/flex/", {"customer": str(havsbris.pk)}).status_code == 302
    assert client.get(f"/customers/{havsbris.pk}/files/{mine.pk}/").status_code == 200
    for owner in (havsbris, bjorkvik):
        url = f"/customers/{owner.pk}/files/{theirs.pk}/"
        assert client.get(url).status_code == 404
        assert client.post(f"{url}delete/").status_code == 404


def test_what_others_are_responsible_for_is_as_invisible(
    anna: Membership, mikael: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-25, D12: list, suggestions, export and address go by the person's own assignments."""
    assign(havsbris, mikael, at=NOW)
    assign(bjorkvik, anna, at=NOW)
    with_rights(mikael, "view_assigned_customer", "export_customer")
    client = sign_in(mikael)
    for url in ("/customers/", "/search/suggest/?q=100", "/search/?q=100", "/"):
        page = client.get(url).content.decode()
        assert "Havsbris" in page and "Bygg" not in page, url
    client.post("/customers/columns/", {"columns": ["number"]})
    assert [row[1] for row in csv_rows(client, state="all")[1:]] == ["Havsbris Konsult AB"]
    assert client.get(f"/customers/{bjorkvik.pk}/").status_code == 404
    assert client.get(f"/customers/{havsbris.pk}/").status_code == 200


def accounting(client: HostClient, what: str) -> set[str]:
    """Return the numbers of the customers in an export for accounting."""
    period = {"start": "2026-11-01", "end": "2027-01-31"}
    answer: Any = client.get("/orders/accounting/", {"what": what, "format": "csv", **period})
    assert answer.status_code == 200
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    return {row["CustomerNumber"] for row in rows}


@pytest.mark.parametrize("what", ["customers", "orders", "charges"])
def test_only_assigned_in_every_export_for_accounting(
    what: str,
    anna: Membership,
    mikael: Membership,
    havsbris: Customer,
    bjorkvik: Customer,
    sign_in: SignIn,
) -> None:
    """REG-25, REG-30, ACC-23: customers, orders and charges; whoever sees all gets all."""
    for customer in (havsbris, bjorkvik):
        order = factories.make_order(customer, by=anna, at=NOW)
        accept_order(order.pk, at=NOW)
        provision_order(order.pk, at=NOW)
        complete_order(
            order.pk,
            delivered_on=date(2026, 11, 24),
            vendor_reference="",
            deliveries={},
            at=NOW + timedelta(days=1),
        )
    assign(havsbris, mikael, at=NOW)
    assign(bjorkvik, anna, at=NOW)
    rights = ("view_order", "view_prices", "export_customer")
    with_rights(mikael, "view_assigned_customer", *rights)
    assert accounting(sign_in(mikael), what) == {"10042"}
    assert accounting(sign_in(anna), what) >= {"10042", "10017"}


def test_message_log_lists_every_mail_of_the_partner(
    anna: Membership,
    jonas: Membership,
    lena: Membership,
    havsbris: Customer,
    brueckner: Partner,
    sign_in: SignIn,
) -> None:
    """REG-34: each queued e-mail, for those who manage people; none of another partner."""
    factories.make_order(havsbris, by=anna, at=NOW)
    with in_partner(brueckner):
        elbe = factories.make_customer("Elbufer GmbH", "20001", at=NOW)
        factories.make_order(elbe, by=lena, at=NOW)
    client = sign_in(anna)
    mails = OutboundEmail.objects.for_partner(anna.partner)
    theirs = OutboundEmail.objects.for_partner(brueckner).get()
    assert mails.exists()
    rows = client.get("/outbox/").context["rows"]
    assert sorted(row.source.subject for row in rows) == sorted(mail.subject for mail in mails)
    assert all(client.get(f"/outbox/{mail.pk}/").status_code == 200 for mail in mails)
    assert client.get(f"/outbox/{theirs.pk}/").status_code == 404
    denied = sign_in(jonas)
    assert denied.get("/outbox/").status_code == 403
    assert all(denied.get(f"/outbox/{mail.pk}/").status_code == 403 for mail in mails)
