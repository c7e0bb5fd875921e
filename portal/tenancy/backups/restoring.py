"""Reading a partner back from a backup: all of it in one transaction, or nothing."""

from __future__ import annotations

import hashlib
import zipfile
from typing import BinaryIO

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from portal.tenancy.backups.manifest import (
    MANIFEST,
    BackupRefused,
    Manifest,
    Part,
    migrations,
    parse,
)
from portal.tenancy.backups.removing import check_now, remove_partner, run
from portal.tenancy.backups.tables import (
    LEFT_OUT,
    MEANING,
    OF_PEOPLE,
    Table,
    append_only,
    owned,
    quoted,
    rows,
    sequences_of,
    tables_of,
)
from portal.tenancy.connection import connection
from portal.tenancy.context import in_public
from portal.tenancy.guard import guard_schema
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.models import Partner
from portal.tenancy.schema import guards_sql, tables_sql

CHUNK = 1 << 20
DAMAGED = "The file is damaged (%s). Nothing was changed."


def restore_backup(file: BinaryIO, *, replace: bool = False) -> Partner:
    """Restore a partner from a backup and return it (CHAN-26).

    Raise BackupRefused, with nothing changed, for a damaged file, a database that is migrated
    differently or lacks what the partner's rows point to, a name or host that another partner has,
    and a partner that is there, unless ``replace``. People who are there are never changed.
    """
    try:
        with opened(file) as archive:
            manifest = verified(archive)
            with in_public(), transaction.atomic():
                # No migration runs meanwhile.
                run("SELECT pg_advisory_xact_lock(7301)")
                _fits(manifest)
                _make_room(manifest, replace=replace)
                _write(archive, manifest)
    except IntegrityError as error:
        detail = getattr(getattr(error.__cause__, "diag", None), "message_detail", "") or error
        raise BackupRefused(
            f"Something of this partner is in use by another one here: {detail}"
            " Nothing was changed."
        ) from error
    forget_hosts()
    restored: Partner = Partner._default_manager.get(pk=manifest.partner["id"])
    return restored


def opened(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except Exception as error:
        # A broken directory raises whatever its numbers lead to.
        raise BackupRefused(DAMAGED % "it is no whole zip file") from error


def verified(archive: zipfile.ZipFile) -> Manifest:
    """Read the whole file once and compare each part with its checksum."""
    try:
        manifest = parse(archive.read(MANIFEST))
    except KeyError as error:
        raise BackupRefused("The file is no backup of a partner: it has no manifest.") from error
    except Exception as error:
        if isinstance(error, BackupRefused):
            raise
        raise BackupRefused(DAMAGED % MANIFEST) from error
    if set(archive.namelist()) != {MANIFEST, *(part.name for part in manifest.parts)}:
        raise BackupRefused(DAMAGED % "parts are missing or added")
    for part in manifest.parts:
        digest = hashlib.sha256()
        try:
            with archive.open(part.name) as content:
                while data := content.read(CHUNK):
                    digest.update(data)
        except Exception as error:
            raise BackupRefused(DAMAGED % part.name) from error
        if digest.hexdigest() != part.sha256:
            raise BackupRefused(DAMAGED % part.name)
    return manifest


def _fits(manifest: Manifest) -> None:
    """Refuse a database that is not like the one the backup was made from."""
    if migrations() != manifest.migrations:
        raise BackupRefused(
            "This database is migrated differently from the one the backup was made from. Restore "
            "with the version of the portal that made it, then migrate. Nothing was changed."
        )
    for target, needed in manifest.needs.items():
        table = tables_of("public").get(target)
        if table is None:
            raise BackupRefused(f"This database has no table {target}. Nothing was changed.")
        key, meaning = quoted(table.key[0]), MEANING.get(target, "''")
        there = dict(rows(f"SELECT {key}::text, {meaning} FROM {table.sql}"))  # noqa: S608
        missing = [name for name, what in needed.items() if there.get(name) != what]
        if missing:
            raise BackupRefused(
                f"This database lacks {len(missing)} rows of {target} that the partner's rows "
                f"point to, like {needed[missing[0]] or missing[0]}. Nothing was changed."
            )


def _make_room(manifest: Manifest, *, replace: bool) -> None:
    """Refuse what is there, or remove it."""
    wanted = manifest.partner
    by_id = Partner._default_manager.filter(pk=wanted["id"]).first()
    other = Partner._default_manager.filter(slug=wanted["slug"]).exclude(pk=wanted["id"]).first()
    if other is not None:
        raise BackupRefused(
            f"Another partner here is called {other.slug}: {other.name}. Nothing was changed."
        )
    if by_id is not None and not replace:
        raise BackupRefused(
            f"{by_id.name} is here. --replace overwrites it with the backup. Nothing was changed."
        )
    if by_id is not None:
        remove_partner(by_id, with_log=False)
    if rows("SELECT 1 FROM pg_namespace WHERE nspname = %s", wanted["schema"]):
        raise BackupRefused(f"There is a schema {wanted['schema']} here. Nothing was changed.")


def _write(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    partner = Partner(pk=manifest.partner["id"], schema_name=manifest.partner["schema"])
    run(tables_sql(partner.schema_name))
    public, inner = owned(partner), tables_of(partner.schema_name)
    here = {name: table for name, table in public.items() if name not in LEFT_OUT}
    expected = {f"public/{name}" for name in here} | {f"partner/{name}" for name in inner}
    found = {part.name for part in manifest.parts if not part.people}
    if found != expected:
        raise BackupRefused(
            f"This database has other tables: {', '.join(sorted(found ^ expected))}."
            " Nothing was changed."
        )
    by_name = {part.name: part for part in manifest.parts}
    _write_people(archive, [part for part in manifest.parts if part.people])
    added = append_only()
    for name, table in here.items():
        _write_public(archive, by_name[f"public/{name}"], table, partner, once=name in added)
    made = Partner._default_manager.filter(pk=partner.pk).first()
    if made is None or made.schema_name != partner.schema_name:
        raise BackupRefused("The file's manifest is of another partner. Nothing was changed.")
    check_now()
    for name, table in inner.items():
        _copy_in(archive, by_name[f"partner/{name}"], table, table.sql)
    for name, sql in sequences_of(partner.schema_name).items():
        if name in manifest.sequences:
            run("SELECT setval(%s, %s, %s)", sql, *manifest.sequences[name])
    run(guards_sql(partner.schema_name))
    # The tripwire reads every row: none of another partner comes in with the file.
    guard_schema(partner.schema_name, partner.pk)


def _copy_in(archive: zipfile.ZipFile, part: Part, table: Table, into: str) -> None:
    """Copy a part into a table whose columns have to be the part's."""
    if tuple(part.columns) != table.columns:
        raise BackupRefused(f"The table {table.name} has other columns here. Nothing was changed.")
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        archive.open(part.name) as content,
        cursor.copy(f"COPY {into} ({table.column_list}) FROM STDIN") as copy,
    ):
        while data := content.read(CHUNK):
            copy.write(data)


def _beside(archive: zipfile.ZipFile, part: Part, table: Table) -> str:
    """Return the name of a temporary table with the rows of a part."""
    name = quoted(f"restored_{table.name}")
    run(
        f"CREATE TEMP TABLE {name} ON COMMIT DROP AS "  # noqa: S608
        f"SELECT {table.column_list} FROM {table.sql} WITH NO DATA"
    )
    _copy_in(archive, part, table, name)
    return name


def _numbered(table: Table, beside: str) -> None:
    """Give rows a new number where another row has theirs, and keep the counter ahead."""
    serial = rows("SELECT pg_get_serial_sequence(%s, %s)", table.sql, table.key[0])[0][0]
    if serial is None or len(table.key) != 1:
        return
    key = quoted(table.key[0])
    top = rows(f"SELECT max({key}) FROM {beside}")[0][0]  # noqa: S608
    if top is None:
        return
    run(f"SELECT setval(%s, greatest(%s, (SELECT last_value FROM {serial})))", serial, top)  # noqa: S608
    run(
        f"UPDATE {beside} SET {key} = nextval(%s) WHERE {key} IN (SELECT {key} FROM {table.sql})",  # noqa: S608
        serial,
    )


def _insert(table: Table, beside: str, rest: str = "") -> None:
    columns = table.column_list
    run(f"INSERT INTO {table.sql} ({columns}) SELECT {columns} FROM {beside} {rest}")  # noqa: S608
    run(f"DROP TABLE {beside}")


def _write_public(
    archive: zipfile.ZipFile, part: Part, table: Table, partner: Partner, *, once: bool
) -> None:
    """Insert a partner's rows of a public table; of an append-only one, those that are missing."""
    beside = _beside(archive, part, table)
    if not once:
        _numbered(table, beside)
    if " IN (" not in table.condition:
        others = rows(f"SELECT count(*) FROM {beside} WHERE NOT ({table.condition})")[0][0]  # noqa: S608
        if others:
            raise BackupRefused(f"{part.name} has rows of another partner. Nothing was changed.")
    _insert(table, beside, "ON CONFLICT DO NOTHING" if once else "")


def _write_people(archive: zipfile.ZipFile, parts: list[Part]) -> None:
    """Add the people who are not there; rights of staff are given by hand, never restored."""
    users, tables = get_user_model()._meta.db_table, tables_of("public")
    by_table = {part.table: part for part in parts}
    if not set(by_table) <= {users, *OF_PEOPLE} or users not in by_table:
        raise BackupRefused("The file is no backup of a partner: its people are missing.")
    beside = _beside(archive, by_table[users], tables[users])
    taken = rows(
        f"SELECT b.email FROM {beside} b JOIN {tables[users].sql} u "  # noqa: S608
        "ON lower(u.email) = lower(b.email) AND u.id <> b.id ORDER BY 1"
    )
    if taken:
        names = ", ".join(row[0] for row in taken[:5])
        raise BackupRefused(f"Here, other people have these addresses: {names}.")
    run(f"DELETE FROM {beside} WHERE id IN (SELECT id FROM {tables[users].sql})")  # noqa: S608
    new = [row[0] for row in rows(f"SELECT id FROM {beside}")]  # noqa: S608
    run(
        f"UPDATE {beside} SET is_active = false, password = '!', is_staff = false,"  # noqa: S608
        " is_superuser = false WHERE is_staff OR is_superuser"
    )
    _insert(tables[users], beside)
    for name in sorted(OF_PEOPLE & set(by_table)):
        beside = _beside(archive, by_table[name], tables[name])
        run(f"DELETE FROM {beside} WHERE NOT user_id = ANY (%s::uuid[])", new)  # noqa: S608
        _numbered(tables[name], beside)
        _insert(tables[name], beside)
