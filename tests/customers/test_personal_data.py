"""Everything that is stored about a person, found by searching every table (REG-59, D19)."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from customers.models import Customer
from customers.services import set_support_roles
from customers.services.contact_data import erase_contact, held_about
from orders.models import Order
from portal.accounts.models import Membership
from portal.outbox.issuing import render_due
from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner
from quotes.models import Confirmation
from quotes.services import sending
from quotes.services.answering import Reader, accept_confirmation
from support.models import ProblemReport
from support.services.reporting import report_problem
from tests import factories
from tests.conftest import NOW, SignIn
from tests.support.conftest import problem as about_a_problem

NAME, FIRST, LAST = "Kerstin Fjällström", "Kerstin", "Fjällström"
EMAIL, IP, BROWSER = "kerstin.fjallstrom@havsbris.example", "203.0.113.77", "Testbrowser/9.7"
WORDS = (NAME, LAST, EMAIL, IP, BROWSER)

# Which part of the report tells of what is in a table.
REPORTED = {
    "customers_contact": "contact",
    "history_entry": "change_log",
    "outbox_document": "agreements",
    "outbox_outboundemail": "emails",
    "quotes_confirmation": "confirmations",
    "quotes_evidence": "evidence",
    "support_problemreport": "problem_reports",
    "support_reportrecipient": "problem_reports_received",
}
# What the page says stays, by the words that say it.
STAYS = {
    "history_entry": "Entries of the change log",
    "outbox_outboundemail": "E-mails that were sent",
    "quotes_confirmation": "Confirmations that this person was asked for",
    "quotes_evidence": "Evidence: name, address, IP address and browser",
}


def tables_holding(*words: str) -> set[str]:
    """Return the tables of the partner's schema and the public one that hold any of the words."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name, string_agg(quote_ident(column_name) || '::text', "
            "', ') FROM information_schema.columns WHERE table_schema IN (current_schema(), "
            "'public') AND data_type <> 'bytea' GROUP BY 1, 2"
        )
        for schema, table, columns in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{schema}"."{table}" '
                f"WHERE concat_ws(' ', {columns}) ILIKE ANY(%s))",
                [[f"%{word}%" for word in words]],
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found


@pytest.fixture
def accepted(havsbris: Customer, jonas: Membership) -> Confirmation:
    """Return an acceptance by somebody who is also told and reported elsewhere."""
    Customer.objects.filter(pk=havsbris.pk).update(credit_limit=Decimal("9000000"))
    havsbris.refresh_from_db()
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    asked = factories.make_confirmation(
        quote, by=jonas, at=NOW, first_name=FIRST, last_name=LAST, email=EMAIL, gets_orders=True
    )
    contact = asked.contact
    set_support_roles(contact, ["other"], at=NOW)
    draft = factories.make_draft(havsbris, by=jonas, at=NOW)
    Order.objects.filter(pk=draft.pk).update(contact=contact)
    report_problem(havsbris, about_a_problem(contact=contact), by=jonas, at=NOW)
    accept_confirmation(
        asked.pk,
        contact_id=contact.pk,
        seen=asked.snapshot_sha256,
        reader=Reader(IP, BROWSER),
        at=NOW + timedelta(hours=1),
    )
    other = factories.make_quote(havsbris, by=jonas, at=NOW)
    sending.send_confirmation(other.pk, contact, version=other.version, by=jonas, at=NOW)
    return Confirmation.objects.get(pk=asked.pk)


@pytest.mark.documents
def test_every_table_that_names_a_person_is_in_the_report(
    accepted: Confirmation, anna: Membership, nordlys: Partner, sign_in: SignIn
) -> None:
    """REG-59: and what is left after erasing is exactly what the page says stays."""
    render_due(at=NOW + timedelta(hours=2))
    contact = accepted.contact
    held = held_about(contact)
    before = tables_holding(*WORDS)
    assert before == REPORTED.keys() - {"outbox_document"}
    for table, key in REPORTED.items():
        assert held[key], table
    evidence = held["evidence"][0]
    assert evidence["name"] == NAME and evidence["email"] == EMAIL
    assert evidence["ip_address"] == IP and evidence["browser"] == BROWSER
    client = sign_in(anna)
    base = f"/customers/{contact.customer_id}/contacts/{contact.pk}/data/"
    page = client.get(base).content.decode()
    for words in (IP, BROWSER, "Evidence of answers", "Agreements as PDF"):
        assert words in page
    assert json.loads(client.get(f"{base}json/").content)["evidence"] == held["evidence"]
    erase = " ".join(client.get(f"{base}erase/").content.decode().split())
    assert "everywhere" not in erase
    goes, stays = erase.split("What stays, and why")
    assert "Name, e-mail address, phone, job title and role" in goes
    assert "Problem reports made</dt> <dd> 1" in goes
    for words in (*STAYS.values(), "Agreements as PDF"):
        assert f"{words}</dt>" in stays
    erase_contact(contact, at=NOW + timedelta(days=1))
    assert tables_holding(*WORDS) == STAYS.keys()
    assert not ProblemReport.objects.filter(reporter_name=NAME).exists()


def test_mails_that_only_name_a_person_are_in_the_report(
    accepted: Confirmation, nordlys: Partner
) -> None:
    """REG-59: the partner's copies too, and the partner's own log of who was asked."""
    held = held_about(accepted.contact)
    texts = [mail["subject"] for mail in held["emails"]]
    mails = OutboundEmail.objects.for_partner(nordlys)
    naming = [each for each in mails if NAME in each.text or each.to_address == EMAIL]
    assert len(texts) == len(naming) > 2
    assert any("accepted the terms" in row["text"] for row in held["change_log"])
