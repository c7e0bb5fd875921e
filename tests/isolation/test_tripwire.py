"""The tripwire: a row in the wrong schema is neither written nor read (ISO-12)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction

from customers.models import Contact, Customer
from customers.queries import find_customers
from orders.models import Order, OrderLine
from portal.core.errors import TenantLeak
from portal.history.models import Entry
from portal.tenancy import guard
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.guard import CONSTRAINT, current_partner_id, guard_schema
from portal.tenancy.models import Partner, TenantModel
from portal.tenancy.schema import migrate_partner
from tests.isolation.matrix import NORDLYS
from tests.isolation.wire import Wire
from tests.isolation.world import World, member, partner_of

pytestmark = pytest.mark.usefixtures("no_limits")

# Tables of a partner's schema that belong to libraries, and so have no ``partner_id``.
OF_LIBRARIES = {"django_migrations"}


def run(sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Run one statement, past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []


def tables(partner: Partner) -> list[str]:
    """Return the tables of a partner's schema."""
    rows = run(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename",
        [partner.schema_name],
    )
    return [row[0] for row in rows]


def _columns(table: str) -> str:
    rows = run(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'p_nordlys'"
        " AND table_name = %s AND is_identity = 'NO' AND is_generated = 'NEVER'"
        " ORDER BY ordinal_position",
        [table],
    )
    return ", ".join(f'"{row[0]}"' for row in rows)


def _copy_over(table: str) -> int:
    """Copy all rows of Brueckner's table into Nordlys', as a careless script would."""
    columns = _columns(table)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO p_nordlys."{table}" ({columns})'
            f' SELECT {columns} FROM p_brueckner."{table}"'
        )
        return int(cursor.rowcount)


def _without_constraints(table: str) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for (name,) in run(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('u', 'f')",
        [f'p_nordlys."{table}"'],
    ):
        run(f'ALTER TABLE p_nordlys."{table}" DROP CONSTRAINT "{name}" CASCADE')
    for (name,) in run(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass"
        " AND indisunique AND NOT indisprimary",
        [f'p_nordlys."{table}"'],
    ):
        run(f"DROP INDEX {name}")


def _without_guard(table: str) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f'ALTER TABLE p_nordlys."{table}" DROP CONSTRAINT {CONSTRAINT}')


def test_every_table_of_ours_has_the_check(db: None) -> None:
    """ISO-12: each table, in each schema, with that partner's own id."""
    for slug in ("nordlys", "brueckner"):
        partner = partner_of(slug)
        found = run(
            "SELECT t.relname, pg_get_constraintdef(k.oid), k.convalidated FROM pg_constraint k"
            " JOIN pg_class t ON t.oid = k.conrelid"
            " WHERE t.relnamespace = %s::regnamespace AND k.conname = %s",
            [partner.schema_name, CONSTRAINT],
        )
        wanted = f"CHECK ((partner_id = '{partner.pk}'::uuid))"
        assert {row[0] for row in found} == set(tables(partner)) - OF_LIBRARIES
        assert {(row[1], row[2]) for row in found} == {(wanted, True)}


def test_every_tenant_model_has_the_partner() -> None:
    """ISO-12: one base class, or the same field where a library provides the base."""
    # guardian's own models have no table here.
    labels = {label.rsplit(".", 1)[-1] for label in settings.TENANT_APPS} - {"guardian"}
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    assert len(models) > 8
    for model in models:
        assert issubclass(model, TenantModel) or model is Entry, model
        field = model._meta.get_field("partner_id")
        assert (field.null, field.is_relation, field.default) == (False, False, current_partner_id)


def test_row_of_another_partner_is_not_written(world: World) -> None:
    """ISO-12: whatever table a script copies, the CHECK refuses it."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    tried = set()
    for table in set(tables(world.nordlys.partner)) - OF_LIBRARIES:
        with transaction.atomic():
            # Only the CHECK is left to refuse it.
            _without_constraints(table)
            if run(f'SELECT 1 FROM p_brueckner."{table}" LIMIT 1'):
                tried.add(table)
                with pytest.raises(IntegrityError, match=CONSTRAINT), transaction.atomic():
                    _copy_over(table)
            transaction.set_rollback(True)
    assert tried >= {
        "customers_customer",
        "customers_contact",
        "orders_order",
        "orders_orderline",
        "orders_service",
        "history_entry",
    }


@pytest.mark.parametrize("table", ["customers_customer", "orders_order", "history_entry"])
def test_row_of_another_partner_is_written_without_the_check(world: World, table: str) -> None:
    """Negative control: without the CHECK the same copy succeeds."""
    _without_constraints(table)
    _without_guard(table)
    assert _copy_over(table) > 0


def test_orm_cannot_write_another_partner(world: World) -> None:
    """ISO-12: the same through the ORM, by create, update and bulk."""
    theirs = world.brueckner.partner.pk
    with in_partner(world.nordlys.partner):
        contact = world.nordlys.contact
        with pytest.raises(IntegrityError, match=CONSTRAINT), transaction.atomic():
            Contact.objects.filter(pk=contact.pk).update(partner_id=theirs)
        contact.pk, contact.partner_id, contact.is_primary = uuid4(), theirs, False
        with pytest.raises(IntegrityError, match=CONSTRAINT), transaction.atomic():
            contact.save(force_insert=True)
        with pytest.raises(IntegrityError, match=CONSTRAINT), transaction.atomic():
            Contact.objects.bulk_create([contact])


def test_tenant_row_needs_a_partner(db: None) -> None:
    """ISO-12: outside a partner's context a tenant row can't be created."""
    with in_public(), pytest.raises(TenantLeak):
        Customer()
    with in_partner(partner_of("nordlys")) as partner:
        assert Customer().partner_id == partner.pk == current_partner_id()


def _leak(world: World) -> Customer:
    """Put Brueckner's customer into Nordlys' table, as if everything else had failed."""
    _without_constraints("customers_customer")
    _without_guard("customers_customer")
    columns = _columns("customers_customer")
    run(
        f"INSERT INTO p_nordlys.customers_customer ({columns})"
        f" SELECT {columns} FROM p_brueckner.customers_customer WHERE id = %s",
        [world.brueckner.assigned.pk],
    )
    return world.brueckner.assigned


def test_row_of_another_partner_is_not_read(world: World) -> None:
    """ISO-12: from_db and the raw search raise TenantLeak."""
    leaked = _leak(world)
    with in_partner(world.nordlys.partner) as partner:
        with pytest.raises(TenantLeak):
            Customer.objects.get(pk=leaked.pk)
        with pytest.raises(TenantLeak):
            list(Customer.objects.all())
        with pytest.raises(TenantLeak):
            list(Customer.objects.raw("SELECT * FROM customers_customer"))
        with pytest.raises(TenantLeak):
            find_customers("zqbrueck", person=member(partner, "anna"))
        assert find_customers("zqnord", person=member(partner, "anna"))


def test_joined_row_of_another_partner_is_not_read(world: World) -> None:
    """ISO-12: select_related and lines of an order are checked too."""
    _without_constraints("orders_orderline")
    _without_guard("orders_orderline")
    run(
        "UPDATE p_nordlys.orders_orderline SET partner_id = %s WHERE order_id = %s",
        [world.brueckner.partner.pk, world.nordlys.placed.pk],
    )
    with in_partner(world.nordlys.partner):
        with pytest.raises(TenantLeak):
            list(Order.objects.get(pk=world.nordlys.placed.pk).lines.all())
        with pytest.raises(TenantLeak):
            list(OrderLine.objects.select_related("order", "product"))
        with pytest.raises(TenantLeak):
            list(Order.objects.prefetch_related("lines"))


def test_log_entry_of_another_partner_is_not_read(world: World) -> None:
    """ISO-12: the change log has a library's base class, and is checked too."""
    _without_constraints("history_entry")
    _without_guard("history_entry")
    _copy_over("history_entry")
    with in_partner(world.nordlys.partner), pytest.raises(TenantLeak):
        list(Entry.objects.all())


def test_page_with_a_leaked_row_fails(world: World) -> None:
    """ISO-12: the reader gets an error rather than a foreign name."""
    _leak(world)
    wire = Wire()
    for path in ("/customers/", "/search/suggest/?q=zqb", "/search/?q=zqb"):
        answer = wire.send("GET", NORDLYS, path, cookies=world.cookies["anna"])
        assert answer.status == 500
        assert "TenantLeak" in answer.error
        assert world.brueckner.canary not in answer.text


def test_page_shows_a_leaked_row_without_the_tripwire(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: without the check on read the foreign name is on the page."""
    _leak(world)
    wire = Wire()
    with monkeypatch.context() as patch:
        patch.setattr(guard, "verify", lambda partner_id: None)
        answer = wire.send("GET", NORDLYS, "/customers/", cookies=world.cookies["anna"])
    assert answer.status == 200
    assert world.brueckner.canary in answer.text


def test_guard_covers_new_tables_once(world: World) -> None:
    """A migration's new table gets its CHECK; running it again changes nothing."""
    partner = world.nordlys.partner
    run("CREATE TABLE p_nordlys.something_new (id int, partner_id uuid)")
    for _again in range(2):
        guard_schema(partner.schema_name, partner.pk)
    with pytest.raises(IntegrityError, match=CONSTRAINT), transaction.atomic():
        run("INSERT INTO p_nordlys.something_new VALUES (1, %s)", [world.brueckner.partner.pk])
    run("INSERT INTO p_nordlys.something_new VALUES (1, %s)", [partner.pk])


def test_guard_comes_back_with_each_migration(db: None) -> None:
    """ISO-12: migrating a partner leaves no table without its CHECK."""
    partner = partner_of("nordlys")
    _without_guard("customers_site")
    migrate_partner(partner)
    assert run(
        "SELECT 1 FROM pg_constraint WHERE conname = %s"
        " AND conrelid = 'p_nordlys.customers_site'::regclass",
        [CONSTRAINT],
    ) == [(1,)]
