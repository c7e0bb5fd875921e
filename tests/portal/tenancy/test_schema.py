"""A partner's schema equals the template's completely (ISO-03, G6, G7)."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from portal.tenancy.connection import connection
from portal.tenancy.guard import CONSTRAINT
from portal.tenancy.models import Partner
from portal.tenancy.schema import migrate_schema, partners_behind, tenant_fingerprint
from tests.conftest import NOW
from workspace.partners import create_partner

TEMPLATE = settings.TEMPLATE_SCHEMA
Rows = set[tuple[Any, ...]]

COLUMNS = """
    SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
           a.attgenerated, a.attcollation::regcollation::text, a.attstorage,
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE t.relnamespace = %s::regnamespace AND t.relkind = 'r' AND a.attnum > 0
      AND NOT a.attisdropped"""
CONSTRAINTS = """
    SELECT t.relname, k.conname, k.contype, k.condeferrable, k.condeferred, k.convalidated,
           pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
    WHERE t.relnamespace = %s::regnamespace AND k.contype <> 'n'"""
INDEXES = """
    SELECT t.relname, c.relname, i.indisunique, i.indisprimary, i.indisvalid,
           pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
    WHERE t.relnamespace = %s::regnamespace"""
TRIGGERS = """
    SELECT t.relname, g.tgname, g.tgenabled, pg_get_triggerdef(g.oid)
    FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
    WHERE t.relnamespace = %s::regnamespace AND NOT g.tgisinternal"""
SEQUENCES = """
    SELECT c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin,
           s.seqmax, s.seqcycle,
           (SELECT r.relname FROM pg_depend d JOIN pg_class r ON r.oid = d.refobjid
            WHERE d.objid = c.oid AND d.deptype = 'i' AND d.refclassid = 'pg_class'::regclass)
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
    WHERE c.relnamespace = %s::regnamespace"""
OTHERS = """
    SELECT relkind::text, relname FROM pg_class
    WHERE relnamespace = %s::regnamespace AND relkind NOT IN ('r', 'i', 'S', 't')
    UNION ALL SELECT 'function', proname::text FROM pg_proc WHERE pronamespace = %s::regnamespace"""
KINDS = {
    "columns": COLUMNS,
    "constraints": CONSTRAINTS,
    "indexes": INDEXES,
    "triggers": TRIGGERS,
    "sequences": SEQUENCES,
    "others": OTHERS,
}


def run(sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Run one statement, in the public context."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []


def shape(schema: str) -> dict[str, Rows]:
    """Return everything that makes a schema, without its name."""
    found = {}
    for kind, sql in KINDS.items():
        rows = run(sql, [schema] * sql.count("%s"))
        found[kind] = {
            tuple(
                each.replace(f"{schema}.", "S.").replace(f'"{schema}".', "S.")
                if isinstance(each, str)
                else each
                for each in row
            )
            for row in rows
        }
    return found


def differences(schema: str, other: str) -> dict[str, tuple[Rows, Rows]]:
    """Return what each has that the other lacks, except for the tripwire's CHECK."""
    one, two = shape(schema), shape(other)
    one["constraints"] = {row for row in one["constraints"] if row[1] != CONSTRAINT}
    two["constraints"] = {row for row in two["constraints"] if row[1] != CONSTRAINT}
    return {
        kind: (one[kind] - two[kind], two[kind] - one[kind])
        for kind in KINDS
        if one[kind] != two[kind]
    }


@pytest.fixture(autouse=True)
def _public(db: None) -> Iterator[None]:
    """PostgreSQL writes names with their schema only if it is not on the path."""
    connection.set_schema_to_public()
    yield
    connection.set_schema_to_public()


@pytest.fixture
def fresh() -> Partner:
    """Return a new partner."""
    return create_partner(
        name="Schema Probe Ltd",
        slug="schema-probe",
        country="GB",
        currency="GBP",
        language="en",
        time_zone="Europe/London",
        notification_email="order@probe.example",
        at=NOW,
    )


def test_shape_sees_everything() -> None:
    """The comparison below compares something."""
    found = {kind: len(rows) for kind, rows in shape(TEMPLATE).items()}
    assert found["columns"] > 100
    assert found["constraints"] > 40
    assert found["indexes"] > 40
    assert found["triggers"] >= 3
    assert found["sequences"] >= 2
    assert found["others"] == 0


@pytest.mark.parametrize("schema", ["p_nordlys", "p_brueckner"])
def test_partner_equals_the_template(schema: str) -> None:
    """Columns, constraints, indexes, triggers, sequences: names and definitions."""
    assert differences(schema, TEMPLATE) == {}


def test_new_partner_equals_the_template(fresh: Partner) -> None:
    """G6: replaying the template's SQL leaves nothing out."""
    assert fresh.schema_name == "p_schema_probe"
    assert differences(fresh.schema_name, TEMPLATE) == {}
    assert run("SELECT app, name FROM p_schema_probe.django_migrations ORDER BY id") == run(
        f"SELECT app, name FROM {TEMPLATE}.django_migrations ORDER BY id"
    )
    assert fresh not in partners_behind()


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        ("columns", "ALTER TABLE p_nordlys.orders_order ALTER reference TYPE varchar(99)"),
        ("columns", "ALTER TABLE p_nordlys.orders_order ALTER state SET DEFAULT 'x'"),
        (
            "constraints",
            "ALTER TABLE p_nordlys.orders_order DROP CONSTRAINT order_of_customer CASCADE",
        ),
        (
            "constraints",
            "ALTER TABLE p_nordlys.orders_order DROP CONSTRAINT order_exposure_not_neg",
        ),
        ("indexes", "DROP INDEX p_nordlys.customer_find_trgm"),
        ("triggers", "DROP TRIGGER order_keeps_customer ON p_nordlys.orders_order"),
        ("triggers", "ALTER TABLE p_nordlys.orders_order DISABLE TRIGGER order_keeps_customer"),
        ("sequences", "ALTER SEQUENCE p_nordlys.orders_number INCREMENT BY 2"),
        ("others", "CREATE VIEW p_nordlys.peek AS SELECT * FROM p_brueckner.customers_customer"),
    ],
)
def test_comparison_notices(kind: str, damage: str) -> None:
    """Negative control: each kind of difference is found."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(damage)
    assert kind in differences("p_nordlys", TEMPLATE)


def test_migrations_make_the_same_schema(fresh: Partner) -> None:
    """G6: a schema made by the migrations has the same shape; the figure is printed."""
    started = time.perf_counter()
    run("CREATE SCHEMA p_by_hand")
    migrate_schema("p_by_hand")
    by_migrations = time.perf_counter() - started
    assert differences("p_by_hand", fresh.schema_name) == {}
    started = time.perf_counter()
    with transaction.atomic():
        create_partner(
            name="Second Probe Ltd",
            slug="second-probe",
            country="GB",
            currency="GBP",
            language="en",
            time_zone="Europe/London",
            notification_email="order@probe.example",
            at=NOW,
        )
    by_template = time.perf_counter() - started
    sys.stdout.write(
        f"G6: partner {by_template:.2f} s, migrations {by_migrations:.2f} s,"
        f" ratio {by_template / by_migrations:.2f}\n"
    )


def test_no_table_is_in_both() -> None:
    """ISO-03: no app in both; what is public is nowhere else, and vice versa."""
    tables = {
        schema: {
            row[0] for row in run("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        }
        for schema in ("public", "p_nordlys", "p_brueckner")
    }
    assert tables["p_nordlys"] == tables["p_brueckner"]
    assert tables["public"] & tables["p_nordlys"] == {"django_migrations"}
    assert {
        "accounts_user",
        "accounts_session",
        "django_content_type",
        "auth_permission",
    } <= tables["public"]


def test_no_key_leaves_the_partner_but_for_public() -> None:
    """SPEED-06: public points into no partner, and no partner into another.

    Deleting public rows deletes no rows of a partner.
    """
    keys = run(
        "SELECT a.relnamespace::regnamespace::text, b.relnamespace::regnamespace::text, k.conname,"
        " k.confdeltype FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid"
        " JOIN pg_class b ON b.oid = k.confrelid WHERE k.contype = 'f'"
    )
    assert len(keys) > 50
    for own, other, name, on_delete in keys:
        assert other in (own, "public"), name
        assert own == other or on_delete == "a", name


def test_fingerprint_is_of_the_tenant_apps() -> None:
    """G7: one query returns who is behind."""
    assert partners_behind() == []
    assert len(tenant_fingerprint()) == 64
    Partner.objects.filter(slug="nordlys").update(migrated_to="older")
    assert [partner.slug for partner in partners_behind()] == ["nordlys"]
