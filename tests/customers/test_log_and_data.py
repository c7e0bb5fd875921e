"""The change log (REG-15), what an action affects (REG-16), and a contact's data (D19).

Also two people at once (REG-35), and the documents that a contact receives (REG-32).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from customers.models import Contact, Customer, PartnerSettings, Site
from customers.services import assign, change_customer, change_settings, partner_settings
from customers.services.contact_data import erase_contact
from orders.models import Order
from portal.accounts.models import Membership, User
from portal.core.actor import acting
from portal.history.models import Entry
from tests import factories
from tests.conftest import NOW, SignIn
from tests.markup import markup


@pytest.mark.parametrize("act", ["update", "delete"])
def test_log_is_append_only(act: str, havsbris: Customer) -> None:
    """REG-15: the database refuses changes for every role."""
    entries = Entry.objects.filter(customer_id=havsbris.pk)
    assert entries.exists()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        if act == "update":
            entries.update(actor_name="Somebody else")
        else:
            entries._raw_delete("default")


def test_log_says_who_when_field_old_and_new(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-15: for customer, contact, site and domain, with labels instead of codes."""
    client = sign_in(anna)
    with acting(anna.user):
        contact = factories.make_contact(havsbris, at=NOW)
        site = factories.make_site(havsbris)
        change_customer(
            havsbris, at=NOW, by=anna, version=1, city="Falun", language="sv", domains=["h.example"]
        )
        contact.gets_reports = True
        contact.save()
        site.city = "Umeå"
        site.save()
    page = markup(client.get(f"/customers/{havsbris.pk}/log/"))
    for field, old, new in (
        ("Town", "Gävle", "Falun"),
        ("Language", "English", "Swedish"),
        ("Gets service reports", "no", "yes"),
        ("Town", "Gävle", "Umeå"),
    ):
        cells = (
            f'<td data-label="Field">{field}</td><td data-label="Old">{old}</td>'
            f'<td data-label="New">{new}</td>'
        )
        assert cells in page, field
    assert "h.example" in page and "Annika Sandell" in page and "Anna Test" in page


def test_log_names_channel_sales(
    anna: Membership, staff: User, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-15: changes by channel sales are listed as theirs."""
    with acting(staff):
        change_customer(havsbris, at=NOW, by=None, version=1, city="Falun")
    page = sign_in(anna).get(f"/customers/{havsbris.pk}/log/").content.decode()
    assert '<td data-label="Who">Channel Sales</td>' in page
    assert "Sam Whitlock" not in page.split("Falun")[0].rsplit("<tr>", 1)[1]


def test_log_pages_after_fifty_and_is_one_customers(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-15: it has pages; another customer's entries are on that one's page."""
    for number in range(60):
        havsbris.city = f"Town {number:02}"
        havsbris.save()
    client = sign_in(anna)
    url = f"/customers/{havsbris.pk}/log/"
    first = client.get(url).content.decode()
    assert "Town 59" in first and "1 to 50 of" in first and "Björkvik" not in first
    assert "Town 05" not in first and "Town 05" in client.get(f"{url}?page=2").content.decode()


def test_settings_have_their_own_log(anna: Membership, sign_in: SignIn) -> None:
    """REG-15, REG-29."""
    client = sign_in(anna)
    posted = {
        "number_min": "3",
        "number_max": "10",
        "number_pattern": "any",
        "sales_credit_limit": "0",
        "version": "1",
    }
    assert client.post("/customers/settings/", posted).status_code == 302
    page = markup(client.get("/customers/settings/log/"))
    assert "Shortest customer number" in page and "Anna Test" in page
    # There is one set of settings: named by its kind, once.
    assert '<span class="k-strong">Settings</span></th>' in page


@pytest.mark.parametrize("act", ["deactivate", "delete"])
def test_what_an_action_affects_is_shown_before(
    act: str, anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-08, REG-16, ONB-26: drafts, open orders, services and people are listed.

    The word has to be typed.
    """
    factories.make_contact(havsbris, at=NOW)
    assign(havsbris, mikael, at=NOW)
    factories.make_draft(havsbris, by=anna, at=NOW)
    factories.make_order(havsbris, by=anna, at=NOW)
    quote = factories.make_quote(havsbris, by=anna, at=NOW)
    factories.make_confirmation(quote, by=anna, at=NOW, email="per@havsbris.example")
    client = sign_in(anna)
    page = markup(client.get(f"/customers/{havsbris.pk}/{act}/"))
    waiting = {"Quotes that wait for an answer": 1}
    wanted = {
        "deactivate": {"Drafts": 1, "Open orders": 1, "Running services": 0, **waiting},
        "delete": {"Orders and drafts": 2, "Quotes": 1, "Contacts": 2, "Sites": 0},
    }[act]
    for label, count in {**wanted, "Responsible people": 1}.items():
        assert f"<dt>{label}</dt><dd>{count}" in page
    # An impossible deletion has no form, but a link to the deactivation.
    assert ('name="word"' in page) == (act == "deactivate")
    assert (f'href="/customers/{havsbris.pk}/deactivate/"' in page) == (act == "delete")
    assert client.post(f"/customers/{havsbris.pk}/{act}/", {"word": "no"}).status_code == 200
    havsbris.refresh_from_db()
    assert havsbris.is_active


def test_contact_receives_what_is_ticked(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-32: there are several contacts, each with documents of their own."""
    client = sign_in(anna)
    form = {"first_name": "Eva", "last_name": "Berg", "email": "eva@havsbris.example"}
    ticks = {"gets_invoices": "on", "gets_reports": "on"}
    client.post(f"/customers/{havsbris.pk}/contacts/new/", {**form, **ticks})
    factories.make_contact(havsbris, at=NOW)
    eva = havsbris.contacts.get(first_name="Eva")
    assert eva.documents == ["gets invoices", "gets service reports"]
    page = client.get(f"/customers/{havsbris.pk}/").content.decode()
    assert "Gets invoices" in page and "Gets order confirmations" in page
    assert "Gets copies of agreements" not in page


def test_contacts_data_is_shown_and_exported(
    anna: Membership, jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D19: own data, orders, e-mails and log; a technician of other customers gets 404."""
    contact = factories.make_contact(havsbris, at=NOW)
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    Order.objects.filter(pk=order.pk).update(contact=contact)
    base = f"/customers/{havsbris.pk}/contacts/{contact.pk}/data/"
    client = sign_in(anna)
    page = client.get(base).content.decode()
    assert "annika.sandell@havsbris.example" in page and order.number in page
    assert "<div>E-mail: annika.sandell@havsbris.example</div>" in page
    answer = client.get(f"{base}json/")
    assert answer["Content-Disposition"].startswith("attachment")
    data: dict[str, Any] = json.loads(answer.content)
    assert data["contact"]["email"] == "annika.sandell@havsbris.example"
    assert [row["number"] for row in data["orders"]] == [order.number]
    assert data["change_log"]


def test_what_quotes_hold_forbids_deletion_and_is_shown(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D19, USE-08: a quote is a reason of its own; a confirmation is shown to whom it names."""
    quote = factories.make_quote(havsbris, by=anna, at=NOW)
    client = sign_in(anna)
    page = markup(client.get(f"/customers/{havsbris.pk}/delete/"))
    assert "<dt>Quotes</dt><dd>1" in page and 'name="word"' not in page
    asked = factories.make_confirmation(quote, by=anna, at=NOW)
    base = f"/customers/{havsbris.pk}/contacts/{asked.contact_id}/data/"
    data = json.loads(client.get(f"{base}json/").content)
    assert data["confirmations"] == [
        {
            "quote": f"{quote.number}-1",
            "state": "sent",
            "asked": "Annika Sandell",
            "asked_at": "annika.sandell@havsbris.example",
            "decided": "",
            "sent": asked.sent_at.isoformat(),
            "answered": "",
        }
    ]
    assert quote.number in client.get(base).content.decode()
    erase = client.get(f"{base}erase/").content.decode()
    assert "they prove who agreed to what" in erase
    assert client.post(f"{base}erase/", {"word": "erase"}).status_code == 302
    asked.refresh_from_db()
    assert asked.addressee_name == "Annika Sandell"


def test_contacts_data_is_erased(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """D19: personal data is deleted; the order stays, and the reason is shown before."""
    contact = factories.make_contact(havsbris, at=NOW, phone="+46265550100", is_primary=True)
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    placed = factories.make_order(havsbris, by=anna, at=NOW)
    Order.objects.filter(pk__in=[draft.pk, placed.pk]).update(contact=contact)
    url = f"/customers/{havsbris.pk}/contacts/{contact.pk}/data/erase/"
    client = sign_in(anna)
    page = client.get(url).content.decode()
    assert "What stays, and why" in page and "what claims are settled by" in page
    assert client.post(url, {"word": "delete"}).status_code == 200
    assert client.post(url, {"word": "erase"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.first_name, contact.last_name, contact.email, str(contact.phone)) == ("",) * 4
    assert (contact.is_primary, contact.full_name) == (False, "Erased contact")
    draft.refresh_from_db()
    placed.refresh_from_db()
    assert (draft.contact, placed.contact) == (None, contact)
    assert "Erased contact" in client.get(f"/orders/{placed.pk}/").content.decode()
    for page_url in (f"/customers/{havsbris.pk}/", f"/customers/{havsbris.pk}/log/"):
        assert "Annika" not in client.get(page_url).content.decode()
    assert client.get(f"/customers/{havsbris.pk}/contacts/{contact.pk}/").status_code == 404
    erase_contact(contact, at=NOW)
    assert Entry.objects.filter(verb="contact_erased").count() == 1


def post_twice(
    client: Any, url: str, form: dict[str, str], name: str, first: str, mine: str
) -> Any:
    """Post two forms filled from one version; return both answers."""
    assert client.post(url, {**form, name: first, "version": "1"}).status_code == 302
    return client.post(url, {**form, name: mine, "version": "1"})


FORMS: dict[str, tuple[dict[str, str], str]] = {
    "contact": (
        {"first_name": "Eva", "last_name": "Berg", "email": "eva@h.example"},
        "job_title",
    ),
    "site": ({"name": "Head office", "country": "SE"}, "street"),
    "settings": (
        {
            "number_min": "4",
            "number_max": "10",
            "number_pattern": "any",
            "sales_credit_limit": "0",
        },
        "number_max",
    ),
}


@pytest.mark.parametrize("kind", FORMS)
def test_second_editor_sees_who_when_and_both(
    kind: str, anna: Membership, jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-35: 409 with who, when, mine and theirs; nothing typed is lost."""
    form, name = FORMS[kind]
    url = "/customers/settings/"
    row: Contact | Site | PartnerSettings = partner_settings()
    if kind == "contact":
        row = factories.make_contact(havsbris, at=NOW, first_name="Eva", last_name="Berg")
        url = f"/customers/{havsbris.pk}/contacts/{row.pk}/"
    elif kind == "site":
        row = factories.make_site(havsbris)
        url = f"/customers/{havsbris.pk}/sites/{row.pk}/"
    first, mine = ("11", "12") if kind == "settings" else ("Theirs said", "Mine said")
    client = sign_in(anna)
    answer = post_twice(client, url, form, name, first, mine)
    page = markup(answer)
    assert answer.status_code == 409
    assert "Anna Test changed this 1 minute ago. Review the differences." in page
    assert f'<td data-label="Yours">{mine}</td><td data-label="Theirs">{first}</td>' in page
    assert f'value="{mine}"' in page
    assert client.post(url, {**form, name: mine, "version": "2"}).status_code == 302
    row.refresh_from_db()
    assert str(getattr(row, name)) == mine


def test_second_editor_of_a_customer_reads_who_it_was(
    anna: Membership, jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-35: the message is that of the rules; domains are compared too."""
    from tests.customers.test_views import data

    form = data(name=havsbris.name, number="10042", credit_limit="40000.00", version="1")
    url = f"/customers/{havsbris.pk}/edit/"
    assert sign_in(jonas).post(url, {**form, "domains": "theirs.example"}).status_code == 302
    answer = sign_in(anna).post(url, {**form, "domains": "mine.example"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Jonas Test changed this 1 minute ago. Review the differences." in page
    assert '<td data-label="Yours">mine.example</td>' in page
    assert '<td data-label="Theirs">theirs.example</td>' in page


def test_settings_without_a_version_are_saved(anna: Membership) -> None:
    """Callers without a form, such as the demo, need no version."""
    assert change_settings(partner_settings(), number_min=5).number_min == 5


def test_log_shows_no_prices_without_the_right(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-15, D11: a technician reads the log without the prices of services."""
    from orders.services.fulfilment import Delivery, accept_order, complete_order, provision_order

    assign(havsbris, mikael, at=NOW)
    order = factories.make_order(havsbris, by=anna, at=NOW)
    accept_order(order.pk, at=NOW)
    provision_order(order.pk, at=NOW)
    lines = {line.pk: Delivery(vendor_reference="", identifiers="") for line in order.lines.all()}
    complete_order(order.pk, delivered_on=NOW.date(), vendor_reference="", deliveries=lines, at=NOW)
    url = f"/customers/{havsbris.pk}/log/"
    assert "Monthly: 129.00" in markup(sign_in(anna).get(url))
    page = sign_in(mikael).get(url).content.decode()
    assert "Product FLX-PRO" in page
    assert "Monthly" not in page and "129.00" not in page
