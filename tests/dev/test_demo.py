"""The demo data: complete, plausible, and unchanged by a second run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command
from django.http import QueryDict
from django.test import override_settings
from django.utils import timezone
from phonenumbers import is_possible_number, parse

from customers.finding import asked_of, found_customers
from customers.list_setup import list_setup
from customers.models import (
    Assignment,
    Contact,
    Customer,
    CustomerDomain,
    CustomField,
    SavedFilter,
    Site,
)
from customers.services import partner_settings
from orders.credit import committed_by_rows
from orders.models import Order, OrderLine, Service
from orders.services.placing import SUBMITTED
from portal.accounts.models import Invitation, Membership, Team, User
from portal.catalog.models import BusinessType, Price, Product, RatePlan, TermsVersion
from portal.channel.models import DirectoryEntry, SubmittedOrder
from portal.files.models import Attachment
from portal.history.models import Entry
from portal.outbox.models import Document, InboundEmail, OutboundEmail
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from quotes.models import Confirmation, Quote
from quotes.services.evidence import problems
from support.models import ServiceReport
from support.services.verifying import verify_all
from tests.databases import copy_demo, drop_database

SLUGS = ("nordlys", "brueckner", "harbour")


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """An empty database of this module, with the demo in it."""
    name = f"test_kontor_demo_{os.getpid()}"
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            if not (copied := copy_demo(cursor.execute, name)):
                cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        try:
            if not copied:
                call_command("migrate", verbosity=0)
                with override_settings(REPLY_ADDRESS="support@reply.kontor.example"):
                    call_command("demo", verbosity=0)
            yield
        finally:
            connection.close()
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = before
            connection.set_schema_to_public()
            with connection.cursor() as cursor:
                drop_database(cursor.execute, name)
            connection.close()


def partner(slug: str) -> Partner:
    found: Partner = Partner.objects.get(slug=slug)
    return found


def counts() -> dict[str, int]:
    found: dict[str, int] = {}
    for model in (Partner, User, Product, Price, RatePlan, BusinessType, TermsVersion):
        found[model.__name__] = model._default_manager.count()
    for public in (Membership, Team, Invitation, DirectoryEntry, SubmittedOrder, OutboundEmail):
        found[public.__name__] = public._default_manager.count()
    for slug in SLUGS:
        with in_partner(partner(slug)):
            for tenant in (Customer, Contact, Site, Order, OrderLine, Service, Entry):
                found[f"{slug} {tenant.__name__}"] = tenant._default_manager.count()
    return found


def test_a_second_run_changes_nothing() -> None:
    before = counts()
    call_command("demo", verbosity=0)
    assert counts() == before


@pytest.mark.parametrize("slug", SLUGS)
def test_each_partner_has_fields_of_its_own(slug: str) -> None:
    """REG-28: filled in for most companies, and a shared filter that finds some but not all."""
    with in_partner(partner(slug)):
        level, until = CustomField.objects.in_order()
        assert Customer.objects.filter(custom_values__has_key=level.key).count() > 15
        assert not Customer.objects.filter(
            type="residential", custom_values__has_key=level.key
        ).exists()
        saved = SavedFilter.objects.get()
        assert saved.is_shared and until.name in saved.query
        boss = Membership.objects.for_partner(partner(slug)).get(pk=saved.membership_id)
        setup = list_setup(boss)
        asked = asked_of(QueryDict(saved.query), setup)
        found = found_customers(asked, person=boss, setup=setup)
        assert not asked.errors and 0 < found.count() < 15


@pytest.mark.parametrize("slug", SLUGS)
def test_customers_of_each_partner(slug: str) -> None:
    with in_partner(partner(slug)) as here:
        assert Customer.objects.count() >= 31
        own = Customer.objects.own_company().get()
        assert (own.name, own.is_active) == (here.name, True)
        assert Customer.objects.filter(type="residential").count() >= 3
        assert Customer.objects.filter(is_active=False).count() >= 2
        assert Customer.objects.filter(lifecycle="prospect").count() >= 2
        assert all(row.has_address for row in Customer.objects.all())
        assert all(domain.domain.endswith(".example") for domain in CustomerDomain.objects.all())
        for contact in Contact.objects.all():
            assert contact.email.endswith(".example")
            if contact.phone:
                assert is_possible_number(parse(str(contact.phone)))


@pytest.mark.parametrize("slug", SLUGS)
def test_orders_in_every_state_and_credit_that_adds_up(slug: str) -> None:
    """D8: the customer's row equals the sum of its orders and services."""
    with in_partner(partner(slug)):
        assert set(Order.objects.values_list("state", flat=True)) == set(Order.State.values)
        for customer in Customer.objects.all():
            assert customer.credit_committed == committed_by_rows(customer.pk), customer.label
            assert customer.credit_committed <= customer.credit_limit, customer.label
        assert any(customer.credit_committed > 0 for customer in Customer.objects.all())
        placed = Order.objects.filter(submitted_at__isnull=False)
        rows = {
            row.order_id: row.state for row in SubmittedOrder.objects.for_partner(partner(slug))
        }
        assert rows == dict(placed.values_list("id", "state"))


@pytest.mark.parametrize("slug", SLUGS)
def test_quotes_in_their_states_with_evidence(slug: str) -> None:
    """Quotes in their states, one of which waits for the customer; consistent evidence."""
    with in_partner(partner(slug)):
        states = set(Quote.objects.values_list("state", flat=True))
        wanted = {"draft", "sent", "confirmed", "progressed"}
        assert states >= wanted
        if slug == "nordlys":
            assert states == set(Quote.State.values)
        assert list(problems()) == []
        for asked in Confirmation.objects.filter(state="sent"):
            assert asked.sent_at < timezone.now() < asked.expires_at


@pytest.mark.parametrize("slug", SLUGS)
def test_visits_in_their_states_with_pictures(slug: str) -> None:
    """D14: each partner has planned, begun and signed ones, and what was finished fits."""
    with in_partner(partner(slug)):
        states = set(ServiceReport.objects.values_list("state", flat=True))
        assert states >= {"planned", "draft", "signed"}
        if slug == "nordlys":
            assert states == set(ServiceReport.State.values)
        assert Attachment.objects.filter(about_model="support.servicereport").exists()
        assert verify_all().wrong == []


@pytest.mark.documents
@pytest.mark.parametrize("slug", SLUGS)
def test_what_was_accepted_has_its_document(slug: str) -> None:
    documents = Document.objects.for_partner(partner(slug))
    assert {document.state for document in documents} == {"ready"}


def test_the_story_of_nordlys() -> None:
    with in_partner(partner("nordlys")):
        assert Order.objects.count() >= 25
        assert set(Order.objects.values_list("kind", flat=True)) == set(Order.Kind.values)
        assert Order.objects.filter(recreated_from__isnull=False).exists()
        assert Order.objects.filter(cancel_asked_at__isnull=False, state="accepted").exists()
        assert Order.objects.filter(state="draft", submitted_at__isnull=False).exists()
        havsbris = Customer.objects.get(number="10042")
        assert (havsbris.name, havsbris.city) == ("Havsbris Konsult AB", "Gävle")
        assert havsbris.credit_limit == Decimal(40000)
        assert havsbris.rate_plan.name == "Business 25"
        assert havsbris.clearances.filter(family="trunk", revoked_at=None).exists()
        director = havsbris.contacts.get(last_name="Sandell")
        assert (director.job_title, director.gets_orders) == ("Director", True)
        mikael = Membership.objects.for_partner(partner("nordlys")).get(
            user__email="mikael@nordlys.example"
        )
        assert Assignment.objects.filter(membership=mikael).count() == 6
        assert partner_settings().sales_credit_limit == Decimal(25000)


def test_what_happened_is_in_the_past_and_says_by_whom() -> None:
    for slug in SLUGS:
        with in_partner(partner(slug)):
            accepted = Entry.objects.filter(verb="order_accepted_by_vendor")
            assert accepted.exists()
            assert all(entry.by_staff for entry in accepted)
            for order in Order.objects.filter(submitted_at__isnull=False):
                entries = Entry.objects.filter(object_pk=str(order.pk))
                entry = entries.filter(verb__in=SUBMITTED.values()).last()
                assert entry is not None
                assert entry.timestamp == order.submitted_at
                assert order.submitted_by is not None
                assert entry.actor_name == order.submitted_by.user.name


def test_people_can_sign_in_with_the_demo_password() -> None:
    for email in (
        "anna@nordlys.example",
        "jonas@nordlys.example",
        "mikael@nordlys.example",
        "karin@havsbris.example",
        "per@havsbris.example",
        "eva@telefonhjalp.example",
        "lena@brueckner.example",
        "nico@alsterblick.example",
        "oliver@harbour.example",
        "ben@avonmead.example",
        "staff@kontor.example",
    ):
        user = User.objects.get(email=email)
        assert user.check_password(settings.DEMO_PASSWORD), email
        assert EmailAddress.objects.filter(user=user, verified=True, primary=True).exists()
    assert User.objects.get(email="staff@kontor.example").is_superuser
    invited = Membership._default_manager.filter(state=Membership.State.INVITED)
    assert invited.count() == 2
    assert not any(place.user.has_usable_password() for place in invited)
    for slug in SLUGS:
        assert Team.objects.for_partner(partner(slug)).count() >= 2


def test_customers_have_users_at_every_partner() -> None:
    """ONB-10: administrators and users, one with a place at two customers."""
    places = Membership._default_manager.filter(customer_id__isnull=False)
    assert {place.partner.slug for place in places} == set(SLUGS)
    assert places.filter(user__email="eva@telefonhjalp.example").count() == 2
    assert all(place.role.for_customers for place in places)


def test_old_mail_is_sent_and_one_came_back() -> None:
    mails = OutboundEmail.objects.across_partners()
    states = [mail.state for mail in mails]
    assert states.count("queued") == 6
    assert states.count("dead") == 1
    assert states.count("sent") == len(states) - 7
    dead = mails.get(state="dead")
    assert dead.last_status == 550
    assert dead.to_address in dead.last_error
    # Mails about reports are all sent, however new they are.
    about_sales = [mail for mail in mails if not mail.about_type.startswith("support.")]
    newest_sent = max(mail.created_at for mail in about_sales if mail.state == "sent")
    assert newest_sent <= min(mail.created_at for mail in about_sales if mail.state == "queued")


def test_mail_of_unknown_senders_waits_at_every_partner() -> None:
    """OUT-37: each in the partner's own language, none a report by itself."""
    rows = InboundEmail.objects.across_partners()
    assert {row.partner.slug for row in rows if row.partner} == set(SLUGS)
    assert {(row.state, row.reason) for row in rows} == {("waiting", "unknown_sender")}
    assert all(len(row.text) > 80 for row in rows)


def test_catalogue_has_prices_everywhere_and_texts_in_three_languages() -> None:
    plans = list(RatePlan.objects.order_by("position"))
    assert [plan.name for plan in plans] == ["Standard", "Business 25", "Master"]
    assert [plan.is_master for plan in plans] == [False, False, True]
    for product in Product.objects.all():
        for text in (product.name_de, product.name_sv, product.description_de):
            assert text
        kept = {(price.rate_plan_id, price.currency) for price in product.prices.all()}
        assert kept == {(plan.pk, code) for plan in plans for code in ("SEK", "EUR", "GBP")}
    assert Product.objects.filter(orderable=False).exists()
    assert Product.objects.filter(chargeable=False).exists()
    assert Product.objects.filter(available_to_residential=True).exists()
    for language in ("en", "de", "sv"):
        versions = TermsVersion.objects.filter(language=language, published_at__isnull=False)
        assert set(versions.values_list("version", flat=True)) == {"2025-2", "2026-1"}


def test_no_filler_text_anywhere() -> None:
    filler = re.compile(r"lorem|ipsum|dolor sit|foo ?bar|asdf|test ?(kunde|customer)|xxx", re.I)
    texts = [terms.text for terms in TermsVersion.objects.all()]
    texts += [product.description for product in Product.objects.all()]
    for slug in SLUGS:
        with in_partner(partner(slug)):
            texts += [f"{row.name} {row.street} {row.notes}" for row in Customer.objects.all()]
            texts += [f"{row.reference} {row.state_reason}" for row in Order.objects.all()]
            texts += [contact.full_name for contact in Contact.objects.all()]
    assert [text for text in texts if filler.search(text)] == []
