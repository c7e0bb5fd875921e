"""A database that an earlier version made migrates to the present one without loss."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings

from portal.core.finding import find_key, look_key
from portal.tenancy.connection import connection
from portal.tenancy.models import Partner
from tests.databases import drop_database
from tests.environment import ROOT

# Made on 27 November 2026 by that day's main: `migrate`, one partner, two people, two customers,
# an exception, a personal number, an order, a quote and a signing key. Never made anew: databases
# that were made then exist.
DUMP = ROOT / "tests" / "data" / "database_of_2026_11.sql.gz"
SCHEMAS = ["public", "kontor_template", "p_nordlys"]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Names of schemas in definitions, and how PostgreSQL writes a restored condition.
QUALIFIED = re.compile(
    r"\b(public|kontor_template|p_nordlys|extensions)\."
    r"|::(character varying|text)(\[\])?(\(\d+\))?|[()]"
)
STRUCTURE = {
    "columns": """
        SELECT table_schema, table_name, column_name, data_type, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = ANY(%s)""",
    "constraints": """
        SELECT n.nspname, t.relname, c.conname, pg_get_constraintdef(c.oid)
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace
        WHERE n.nspname = ANY(%s) AND c.contype <> 'n'""",
    "indexes": "SELECT schemaname, indexname, indexdef FROM pg_indexes WHERE schemaname = ANY(%s)",
    "triggers": """
        SELECT n.nspname, t.relname, g.tgname, pg_get_triggerdef(g.oid)
        FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace
        WHERE n.nspname = ANY(%s) AND NOT g.tgisinternal""",
}


def structure(ask: Any) -> dict[str, set[tuple[str, ...]]]:
    """What a database is made of, without ids of partners and names of schemas in definitions."""
    return {
        kind: {
            (str(row[0]), *(QUALIFIED.sub("", UUID.sub("...", str(value))) for value in row[1:]))
            for row in ask(query, [SCHEMAS]).fetchall()
        }
        for kind, query in STRUCTURE.items()
    }


@pytest.fixture(scope="module")
def upgraded(django_db_setup: None) -> Iterator[psycopg.Connection[Any]]:
    """The old database, migrated by our command in a process of its own."""
    server = os.environ["DATABASE_URL"]
    name = f"upgrade_{os.getpid()}"
    url = f"{server.rsplit('/', 1)[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    try:
        with psycopg.connect(url, autocommit=True) as old:
            old.execute(gzip.decompress(DUMP.read_bytes()).decode())
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        with psycopg.connect(url, autocommit=True) as new:
            yield new
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            drop_database(admin.execute, name)


def test_the_upgraded_database_is_made_like_a_new_one(
    upgraded: psycopg.Connection[Any], nordlys: Partner
) -> None:
    """ISO-06, SPEED-06: the same columns, constraints, indexes and triggers in every schema."""
    with connection.cursor() as cursor:

        def ask(query: str, values: list[Any]) -> Any:
            cursor.execute(query, values)
            return cursor

        new = structure(ask)
    old = structure(upgraded.execute)
    for kind, rows in new.items():
        assert len(rows) > 10
        assert old[kind] - rows == set(), kind
        assert rows - old[kind] == set(), kind


def test_nothing_is_lost_on_the_way(upgraded: psycopg.Connection[Any]) -> None:
    """D15: what was renamed keeps what it held."""

    def one(query: str) -> Any:
        row = upgraded.execute(query).fetchone()
        return row[0] if row and len(row) == 1 else row

    assert one("SELECT count(*) FROM public.accounts_membership") == 2
    who = "SELECT u.name FROM public.accounts_membership m JOIN public.accounts_user u"
    assert one(f"{who} ON u.id = m.user_id WHERE m.has_extra_visibility") == "Mikael Test"
    assert one("SELECT details->>'customer' FROM p_nordlys.notices_notice WHERE verb LIKE 'grant%'")
    sealed = "SELECT number FROM p_nordlys.customers_customer"
    assert one(f"{sealed} WHERE personal_number_encrypted IS NOT NULL") == "10050"
    assert one("SELECT count(*) FROM p_nordlys.orders_order WHERE state = 'submitted'") == 1
    assert one("SELECT count(*) FROM p_nordlys.quotes_quote") == 1
    assert one("SELECT count(*) FROM public.outbox_sealkey") == 1


def test_old_rows_are_found_as_new_ones(upgraded: psycopg.Connection[Any]) -> None:
    """REG-36: every row has the key that the code makes today, and REG-38 the other one."""
    tables = {
        "p_nordlys.customers_customer": "name",
        "p_nordlys.orders_order": "number, reference, po_number",
        "p_nordlys.quotes_quote": "number, title, po_number",
        "public.channel_directoryentry": "name",
    }
    for table, columns in tables.items():
        rows = upgraded.execute(f"SELECT find_key, {columns} FROM {table}").fetchall()
        assert rows, table
        assert [row[0] for row in rows] == [find_key(*row[1:]) for row in rows], table
    people = "SELECT find_key, first_name || ' ' || last_name, email, phone"
    for key, name, email, phone in upgraded.execute(f"{people} FROM p_nordlys.customers_contact"):
        assert key == find_key(name, email, phone=phone)
    looks = upgraded.execute("SELECT look_key, name FROM p_nordlys.customers_customer").fetchall()
    assert [look for look, _name in looks] == [look_key(name) for _look, name in looks]


def test_the_dump_is_older_than_the_code() -> None:
    """A dump that the present code made would prove nothing."""
    text = gzip.decompress(DUMP.read_bytes()).decode()
    assert "sees_more" in text and "personal_number_sealed" in text
    assert settings.TEMPLATE_SCHEMA in SCHEMAS
