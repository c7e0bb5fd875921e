"""The structure of partners' schemas, as text that can be compared."""

from __future__ import annotations

import re

import psycopg

TEMPLATE = "kontor_template"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Each row is one thing of a schema, with what it is in words.
THINGS = """
SELECT n.nspname, 'column ' || c.relname || '.' || a.attname || ' '
       || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text || ' '
       || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname = ANY(%(schemas)s)
UNION ALL
SELECT n.nspname, 'constraint ' || c.relname || ' ' || k.conname || ' '
       || pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY(%(schemas)s)
UNION ALL
SELECT schemaname, 'index ' || indexdef FROM pg_indexes WHERE schemaname = ANY(%(schemas)s)
UNION ALL
SELECT n.nspname, 'trigger ' || pg_get_triggerdef(t.oid)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT t.tgisinternal AND n.nspname = ANY(%(schemas)s)
"""


def structures(database: str) -> dict[str, set[str]]:
    """Return what is in each partner's schema and in the template, without their own names."""
    found: dict[str, set[str]] = {}
    with psycopg.connect(database) as connection:
        names = "SELECT schema_name FROM tenancy_partner"
        schemas = [TEMPLATE, *(name for (name,) in connection.execute(names))]
        for schema in schemas:
            rows = connection.execute(THINGS, {"schemas": [schema]})
            things = {_plain(text, schema) for _schema, text in rows}
            sql = f'SELECT app, name FROM "{schema}".django_migrations'
            applied = [f"migration {app} {name}" for app, name in connection.execute(sql)]
            # One that was recorded twice is a difference, too.
            things |= {f"{each} x{applied.count(each)}" for each in applied}
            found[schema] = things
    return found


def _plain(text: str, schema: str) -> str:
    text = text.replace(f'"{schema}".', "").replace(f"{schema}.", "")
    return UUID.sub("id", text)


def different(found: dict[str, set[str]]) -> list[str]:
    """Return what a schema has and the template has not, or the other way round."""
    template = found[TEMPLATE]
    wrong = []
    for schema, things in found.items():
        if schema == TEMPLATE:
            continue
        # The tripwire is of partners only: in every table that has a partner.
        guards = {each for each in things if " tenant_guard " in each}
        guarded = {each.split()[1] for each in guards}
        owned = {each.split()[1].partition(".")[0] for each in things if ".partner_id " in each}
        wrong += [f"{schema}: no tripwire in {table}" for table in sorted(owned - guarded)]
        wrong += [f"{schema}: {each}" for each in sorted((things - guards) ^ template)]
    return wrong
