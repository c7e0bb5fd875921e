"""Taking a partner out of the database: its schema and its rows of the public schema."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model

from portal.tenancy.backups.tables import Table, append_only, owned, pointers, quoted, rows
from portal.tenancy.connection import connection
from portal.tenancy.models import Partner


def run(sql: str, *values: object) -> int:
    """Run a statement and return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values) or None)
        return int(cursor.rowcount)


def check_now() -> None:
    """Check the keys whose check is put off, since a table with such checks can't be dropped."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


def remove_partner(partner: Partner, *, with_log: bool) -> None:
    """Delete the schema and the public rows of a partner, in the caller's transaction.

    ``with_log`` deletes what is append-only as well: only for a partner that goes for good
    (CHAN-25). Its people stay.
    """
    check_now()
    run(f"DROP SCHEMA IF EXISTS {quoted(partner.schema_name)} CASCADE")
    kept = set() if with_log else append_only()
    if with_log:
        run("SELECT set_config('kontor.erasing', %s, true)", str(partner.pk))
    for name, table in reversed(owned(partner).items()):
        if name not in kept:
            run(f"DELETE FROM {table.sql} WHERE {table.condition}")  # noqa: S608
    if with_log:
        run("SELECT set_config('kontor.erasing', '', true)")


def drop_schema(schema_name: str) -> None:
    """Drop a partner's schema, in the caller's transaction.

    It waits three seconds at most for the tables that its keys point to, since every page needs
    them meanwhile; raise OperationalError then.
    """
    check_now()
    run("SET LOCAL lock_timeout = '3s'")
    run(f"DROP SCHEMA IF EXISTS {quoted(schema_name)} CASCADE")
    run("SET LOCAL lock_timeout TO DEFAULT")


def forget_in_admin_log(tables: Iterable[Table]) -> None:
    """Delete what the admin's log says of these rows, whose names it repeats."""
    for table in tables:
        if len(table.key) == 1:
            run(
                "DELETE FROM public.django_admin_log WHERE object_id IN "  # noqa: S608
                f"(SELECT {quoted(table.key[0])}::text FROM {table.sql} WHERE {table.condition} "
                f"AND pg_typeof({quoted(table.key[0])}) = 'uuid'::regtype)"
            )


def remove_people(ids: list[str]) -> int:
    """Delete those of these people who are nowhere else, and return how many.

    Somebody of channel sales, or whom a row of the public schema names, stays.
    """
    users = get_user_model()._meta.db_table
    own = {"account_emailaddress", "mfa_authenticator", "usersessions_usersession"}
    keys = [key for key in pointers("public") if key.target == users]
    elsewhere = " ".join(
        f"AND NOT EXISTS (SELECT 1 FROM public.{quoted(key.table)} x "  # noqa: S608
        f"WHERE x.{quoted(key.column)} = u.id)"
        for key in keys
        if key.table not in own
    )
    sql = f"SELECT u.id FROM public.{quoted(users)} u WHERE u.id = ANY (%s::uuid[])"  # noqa: S608
    gone = [row[0] for row in rows(f"{sql} AND NOT u.is_staff {elsewhere}", ids)]
    for key in keys:
        if key.table in own:
            table, column = quoted(key.table), quoted(key.column)
            if key.table == "account_emailaddress":
                run(
                    "DELETE FROM public.account_emailconfirmation WHERE email_address_id IN "
                    "(SELECT id FROM public.account_emailaddress WHERE user_id = ANY (%s::uuid[]))",
                    gone,
                )
            run(f"DELETE FROM public.{table} WHERE {column} = ANY (%s::uuid[])", gone)  # noqa: S608
    return run(f"DELETE FROM public.{quoted(users)} WHERE id = ANY (%s::uuid[])", gone)  # noqa: S608
