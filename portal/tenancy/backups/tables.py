"""Which tables hold rows of a partner: its schema's, and those of the public schema that point to
it, read from PostgreSQL's own catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from django.contrib.auth import get_user_model

from portal.tenancy.connection import connection
from portal.tenancy.models import Partner

# Rows of the public schema that are a partner's and yet stay out of a backup.
LEFT_OUT = {
    "accounts_session": "sessions: people sign in again",
    "tenancy_partnerexport": "exports: made anew",
    "tenancy_partnerexportchunk": "exports: made anew",
}
# Rows of a person that go along for somebody who is not there yet.
OF_PEOPLE = {"account_emailaddress", "mfa_authenticator"}
# What a number means that a partner's row points to, where another database may number otherwise.
MEANING = {
    "django_content_type": "app_label || '.' || model",
    "auth_permission": "codename",
}

_COLUMNS = """
    SELECT c.relname, a.attname FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname = %s AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = ''
    ORDER BY c.relname, a.attname"""
_KEYS = """
    SELECT t.relname, a.attname FROM pg_constraint k
    JOIN pg_class t ON t.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (k.conkey)
    WHERE n.nspname = %s AND k.contype = 'p'
    ORDER BY t.relname, array_position(k.conkey, a.attnum)"""
_POINTERS = """
    SELECT t.relname, a.attname, r.relname, b.attname, k.condeferrable FROM pg_constraint k
    JOIN pg_class t ON t.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    JOIN pg_class r ON r.oid = k.confrelid
    JOIN pg_namespace m ON m.oid = r.relnamespace AND m.nspname = 'public'
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1]
    JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = k.confkey[1]
    WHERE n.nspname = %s AND k.contype = 'f' AND cardinality(k.conkey) = 1
    ORDER BY 1, 2"""
_APPEND_ONLY = """
    SELECT t.relname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE n.nspname = 'public' AND p.proname LIKE 'kontor!_append!_only%%' ESCAPE '!'"""


def quoted(name: str) -> str:
    """Return an identifier for SQL."""
    return str(connection.ops.quote_name(name))


def rows(sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Run a query and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


@dataclass(frozen=True)
class Table:
    """A table with the rows of it that are meant; generated columns are none of its columns."""

    schema: str
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    # SQL without values: the ids in it come from the database.
    condition: str = "true"

    @property
    def sql(self) -> str:
        """Return its name for SQL."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def column_list(self) -> str:
        return ", ".join(quoted(column) for column in self.columns)

    @property
    def copy_out(self) -> str:
        """Return the query of its rows, in the order of the primary key."""
        order = ", ".join(quoted(column) for column in self.key or self.columns)
        return (
            f"COPY (SELECT {self.column_list} FROM {self.sql} "  # noqa: S608
            f"WHERE {self.condition} ORDER BY {order}) TO STDOUT"
        )


@dataclass(frozen=True)
class Pointer:
    """A foreign key of one column to a table of the public schema."""

    table: str
    column: str
    target: str
    target_column: str
    deferrable: bool


def tables_of(schema: str) -> dict[str, Table]:
    """Return the tables of a schema by name."""
    columns: dict[str, list[str]] = {}
    keys: dict[str, list[str]] = {}
    for found, sql in ((columns, _COLUMNS), (keys, _KEYS)):
        for name, column in rows(sql, schema):
            found.setdefault(name, []).append(column)
    return {
        name: Table(schema, name, tuple(names), tuple(keys.get(name, ())))
        for name, names in columns.items()
    }


def pointers(schema: str) -> list[Pointer]:
    """Return the foreign keys from a schema's tables to public ones."""
    return [Pointer(*row) for row in rows(_POINTERS, schema)]


def append_only() -> set[str]:
    """Return the public tables whose rows are never deleted."""
    return {name for (name,) in rows(_APPEND_ONLY)}


def owned(partner: Partner) -> dict[str, Table]:
    """Return the public tables with rows of a partner, in the order in which they can be filled.

    A table that points to one of these belongs to the partner as well, unless it points to the
    partner itself.
    """
    tables, found = tables_of("public"), {}
    root = Partner._meta.db_table
    conditions = {root: f"{quoted('id')} = '{partner.pk}'::uuid"}
    keys = [key for key in pointers("public") if key.table != key.target]
    for key in keys:
        if key.target == root:
            conditions[key.table] = f"{quoted(key.column)} = '{partner.pk}'::uuid"
    grown = True
    while grown:
        grown = False
        for key in keys:
            if key.target in conditions and key.table not in conditions:
                conditions[key.table] = (
                    f"{quoted(key.column)} IN (SELECT {quoted(key.target_column)} "  # noqa: S608
                    f"FROM public.{quoted(key.target)} WHERE {conditions[key.target]})"
                )
                grown = True
    order: TopologicalSorter[str] = TopologicalSorter({name: set() for name in sorted(conditions)})
    for key in keys:
        if key.table in conditions and key.target in conditions and not key.deferrable:
            order.add(key.table, key.target)
    for name in order.static_order():
        table = tables[name]
        found[name] = Table("public", name, table.columns, table.key, conditions[name])
    return found


def references(partner: Partner) -> list[tuple[Table, Pointer]]:
    """Return the foreign keys of a partner's rows to public tables that hold none of its rows."""
    own = owned(partner)
    carried = {name: table for name, table in own.items() if name not in LEFT_OUT}
    inner = tables_of(partner.schema_name)
    found = [(carried[key.table], key) for key in pointers("public") if key.table in carried]
    found += [(inner[key.table], key) for key in pointers(partner.schema_name)]
    return [(table, key) for table, key in found if key.target not in own]


def people_of(partner: Partner) -> str:
    """Return the query of the ids of all people whom a partner's rows name."""
    users = get_user_model()._meta.db_table
    parts = [
        f"SELECT {quoted(key.column)} FROM {table.sql} WHERE {table.condition}"  # noqa: S608
        for table, key in references(partner)
        if key.target == users
    ]
    return " UNION ".join(parts)


def people_tables(partner: Partner) -> list[Table]:
    """Return the table of people and those of theirs that go along, with the rows in question."""
    users = get_user_model()._meta.db_table
    tables, ids = tables_of("public"), people_of(partner)
    found = [Table("public", users, tables[users].columns, ("id",), f"id IN ({ids})")]
    for key in pointers("public"):
        if key.target == users and key.table in OF_PEOPLE:
            table = tables[key.table]
            condition = f"{quoted(key.column)} IN ({ids})"
            found.append(Table("public", key.table, table.columns, table.key, condition))
    return found


def left_out(partner: Partner) -> dict[str, str]:
    """Return what a backup does not hold, with the reason, by table."""
    users = get_user_model()._meta.db_table
    own = owned(partner)
    of_persons = {
        key.table: "of the person, not of the partner"
        for key in pointers("public")
        if key.target == users and key.table not in OF_PEOPLE and key.table not in own
    }
    return {**of_persons, **{name: why for name, why in LEFT_OUT.items() if name in own}}


_SEQUENCES = """
    SELECT s.relname, t.relname, a.attname FROM pg_class s
    JOIN pg_namespace n ON n.oid = s.relnamespace
    LEFT JOIN pg_depend d ON d.objid = s.oid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_class t ON t.oid = d.refobjid
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE n.nspname = %s AND s.relkind = 'S' ORDER BY 1"""


def sequences_of(schema: str) -> dict[str, str]:
    """Return the sequences of a schema for SQL, by column or, without one, by name."""
    return {
        f"{table}.{column}" if table else name: f"{quoted(schema)}.{quoted(name)}"
        for name, table, column in rows(_SEQUENCES, schema)
    }
