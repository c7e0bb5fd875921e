"""The database itself keeps a customer's rows together (SAFE-02, D2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from customers.models import Contact, Site
from orders.models import Order, OrderLine, Service
from portal.files.models import Attachment
from portal.history.models import Entry
from portal.tenancy.context import in_partner
from quotes.models import Confirmation, Quote, QuoteLine
from tests.isolation.test_tripwire import run
from tests.isolation.world import World

# Child table, its columns, and what they refer to: the two-column foreign keys.
COMPOSITE_KEYS = {
    "order_contact_same_customer": "FOREIGN KEY (contact_id, customer_id) REFERENCES "
    "customers_contact(id, customer_id)",
    "order_site_same_customer": "FOREIGN KEY (site_id, customer_id) REFERENCES "
    "customers_site(id, customer_id)",
    "order_goods_site_same_customer": "FOREIGN KEY (goods_site_id, customer_id) REFERENCES "
    "customers_site(id, customer_id)",
    "line_order_same_customer": "FOREIGN KEY (order_id, customer_id) REFERENCES "
    "orders_order(id, customer_id)",
    "line_service_same_customer": "FOREIGN KEY (service_id, customer_id) REFERENCES "
    "orders_service(id, customer_id)",
    **{
        f"{name}_same_customer": f"FOREIGN KEY ({column}, customer_id) REFERENCES "
        f"{target}(id, customer_id)"
        for name, column, target in (
            ("ordermessage_order", "order_id", "orders_order"),
            ("portedblock_order", "order_id", "orders_order"),
            ("ordercopy_order", "order_id", "orders_order"),
            ("confirmation_decliner", "declined_by_id", "customers_contact"),
            ("ordercopy_contact", "contact_id", "customers_contact"),
            ("service_line", "made_by_id", "orders_orderline"),
            ("quoteline_quote", "quote_id", "quotes_quote"),
            ("quoteorder_quote", "quote_id", "quotes_quote"),
            ("confirmation_quote", "quote_id", "quotes_quote"),
            ("confirmation_contact", "contact_id", "customers_contact"),
            ("confirmation_accepter", "accepted_by_id", "customers_contact"),
            ("supportcontact", "contact_id", "customers_contact"),
            ("system_site", "site_id", "customers_site"),
            ("system_onboarding", "onboarding_id", "customers_onboarding"),
            ("report_system", "system_id", "customers_system"),
            ("report_site", "site_id", "customers_site"),
            ("report_order", "order_id", "orders_order"),
            ("report_service", "service_id", "orders_service"),
            ("report_contact", "contact_id", "customers_contact"),
            ("report_merged", "merged_into_id", "support_problemreport"),
            ("report_work_order", "work_order_id", "support_servicereport"),
            ("comment_report", "report_id", "support_problemreport"),
            ("recipient_report", "report_id", "support_problemreport"),
            ("recipient_contact", "contact_id", "customers_contact"),
            ("servicereport_site", "site_id", "customers_site"),
            ("servicereport_order", "order_id", "orders_order"),
            ("servicereport_report", "report_id", "support_problemreport"),
            ("servicereport_signer", "signer_id", "customers_contact"),
        )
    },
}
TRIGGERS = {
    ("orders_order", "order_keeps_customer"),
    ("orders_service", "service_keeps_customer"),
    ("files_attachment", "attachment_keeps_customer"),
    ("history_entry", "entry_append_only"),
    ("quotes_quote", "quote_keeps_customer"),
    ("quotes_quoteline", "quoteline_locked"),
    ("quotes_confirmation", "confirmation_keeps_customer"),
    ("quotes_confirmation", "confirmation_accepted_stays"),
    ("quotes_evidence", "evidence_append_only"),
    ("quotes_evidence", "evidence_no_truncate"),
    ("customers_onboarding", "onboarding_keeps_customer"),
    ("customers_system", "system_keeps_customer"),
    ("customers_customerregistration", "registration_keeps_customer"),
    ("support_problemreport", "report_keeps_customer"),
    ("support_servicereport", "servicereport_keeps_customer"),
    ("support_servicereport", "servicereport_signed_stays"),
    ("support_servicereport", "servicereport_unsigned_stays"),
    ("support_servicepart", "servicepart_finished_stays"),
    ("files_attachment", "picture_of_finished_work_stays"),
    ("files_attachmentcontent", "picture_content_of_finished_work_stays"),
}
Break = Callable[[World], object]


def _contact(world: World) -> object:
    mine = Order.objects.filter(pk=world.nordlys.draft.pk)
    return mine.update(contact=world.nordlys.other_contact)


def _site(world: World) -> object:
    mine = Order.objects.filter(pk=world.nordlys.draft.pk)
    return mine.update(site=world.nordlys.other_site)


def _line(world: World) -> object:
    lines = OrderLine.objects.filter(order=world.nordlys.draft)
    return lines.update(order=world.nordlys.other_draft, position=77)


def _line_customer(world: World) -> object:
    lines = OrderLine.objects.filter(order=world.nordlys.draft)
    return lines.update(customer=world.nordlys.other)


def _service(world: World) -> object:
    lines = OrderLine.objects.filter(order=world.nordlys.other_draft)
    return lines.update(service=world.nordlys.service)


def _contact_moves(world: World) -> object:
    Order.objects.filter(pk=world.nordlys.draft.pk).update(contact=world.nordlys.contact)
    contacts = Contact.objects.filter(pk=world.nordlys.contact.pk)
    return contacts.update(customer=world.nordlys.other, is_primary=False)


def _site_moves(world: World) -> object:
    Order.objects.filter(pk=world.nordlys.draft.pk).update(site=world.nordlys.site)
    sites = Site.objects.filter(pk=world.nordlys.site.pk)
    return sites.update(customer=world.nordlys.other, name="Moved")


def _file_moves(world: World) -> object:
    mine = Attachment.objects.filter(pk=world.nordlys.attachment.pk)
    return mine.update(customer=world.nordlys.other)


def _order_moves(world: World) -> object:
    drafts = Order.objects.filter(pk=world.nordlys.draft.pk)
    OrderLine.objects.filter(order=world.nordlys.draft).delete()
    return drafts.update(customer=world.nordlys.other)


def _service_moves(world: World) -> object:
    services = Service.objects.filter(pk=world.nordlys.service.pk)
    # Without the line that made it, whose key would refuse it, too.
    return services.update(customer=world.nordlys.other, made_by=None)


def _history(world: World) -> object:
    return Entry.objects.update(actor_name="somebody else")


def _history_goes(world: World) -> object:
    return Entry.objects.all()._raw_delete("default")


def _quote_moves(world: World) -> object:
    QuoteLine.objects.filter(quote=world.nordlys.quote).delete()
    quotes = Quote.objects.filter(pk=world.nordlys.quote.pk)
    return quotes.update(customer=world.nordlys.other)


def _quote_line(world: World) -> object:
    lines = QuoteLine.objects.filter(quote=world.nordlys.quote)
    return lines.update(customer=world.nordlys.other)


def _asked(world: World) -> object:
    asked = Confirmation.objects.filter(pk=world.nordlys.confirmation.pk)
    return asked.update(contact=world.nordlys.other_contact)


KEY, TRIGGER = "CONSTRAINT", "TRIGGER"
BREAKS = [
    (_contact, "orders_order", KEY, "order_contact_same_customer"),
    (_site, "orders_order", KEY, "order_site_same_customer"),
    (_line, "orders_orderline", KEY, "line_order_same_customer"),
    (_line_customer, "orders_orderline", KEY, "line_order_same_customer"),
    (_service, "orders_orderline", KEY, "line_service_same_customer"),
    (_contact_moves, "orders_order", KEY, "order_contact_same_customer"),
    (_site_moves, "orders_order", KEY, "order_site_same_customer"),
    (_order_moves, "orders_order", TRIGGER, "order_keeps_customer"),
    (_service_moves, "orders_service", TRIGGER, "service_keeps_customer"),
    (_quote_moves, "quotes_quote", TRIGGER, "quote_keeps_customer"),
    (_quote_line, "quotes_quoteline", KEY, "quoteline_quote_same_customer"),
    (_asked, "quotes_confirmation", KEY, "confirmation_contact_same_customer"),
    (_file_moves, "files_attachment", TRIGGER, "attachment_keeps_customer"),
    (_history, "history_entry", TRIGGER, "entry_append_only"),
    (_history_goes, "history_entry", TRIGGER, "entry_append_only"),
]
NAMES = [act.__name__.strip("_") for act, *_rest in BREAKS]


@pytest.mark.parametrize(("act", "table", "kind", "name"), BREAKS, ids=NAMES)
def test_database_refuses(world: World, act: Break, table: str, kind: str, name: str) -> None:
    """SAFE-02, D2, REG-15: rows of another customer, and changes to the log, are refused.

    Contact, site, line and service of an order are its customer's, and an order never changes its
    customer; the log is append-only.
    """
    with in_partner(world.nordlys.partner):
        run("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            act(world)
        expected = name if kind == KEY else ("append-only" if "append" in name else "never changes")
        assert expected in str(refusal.value)


@pytest.mark.parametrize(("act", "table", "kind", "name"), BREAKS, ids=NAMES)
def test_database_allows_without(
    world: World, act: Break, table: str, kind: str, name: str
) -> None:
    """Negative control: with that key or trigger removed, the statement succeeds."""
    with in_partner(world.nordlys.partner):
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run(
            f"ALTER TABLE {table} DROP CONSTRAINT {name}"
            if kind == KEY
            else f"DROP TRIGGER {name} ON {table}"
        )
        act(world)


@pytest.mark.parametrize("schema", ["kontor_template", "p_nordlys", "p_brueckner"])
def test_keys_and_triggers_are_in_every_schema(db: None, schema: str) -> None:
    """SAFE-02, CV-27: read from pg_constraint and pg_trigger, in cloned schemas too."""
    keys = run(
        "SELECT conname, replace(pg_get_constraintdef(oid), connamespace::regnamespace || '.', '')"
        " FROM pg_constraint WHERE connamespace = %s::regnamespace AND contype = 'f'"
        " AND array_length(conkey, 1) > 1",
        [schema],
    )
    assert dict(keys) == COMPOSITE_KEYS
    triggers = run(
        "SELECT t.relname, g.tgname, g.tgenabled FROM pg_trigger g JOIN pg_class t"
        " ON t.oid = g.tgrelid WHERE t.relnamespace = %s::regnamespace AND NOT g.tgisinternal",
        [schema],
    )
    assert set(triggers) == {(*each, "O") for each in TRIGGERS}


def test_order_has_one_customer_in_the_database(world: World) -> None:
    """ORD-01: NOT NULL in the database."""
    with in_partner(world.nordlys.partner), pytest.raises(DatabaseError), transaction.atomic():
        run("UPDATE orders_order SET customer_id = NULL")
