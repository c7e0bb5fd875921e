"""Writing the rows of one partner into a file, as they were at one moment."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from django.contrib.auth import get_user_model
from django.db import transaction

from portal.tenancy.backups.manifest import MANIFEST, Manifest, Part, migrations
from portal.tenancy.backups.tables import (
    LEFT_OUT,
    MEANING,
    Table,
    left_out,
    owned,
    people_tables,
    quoted,
    references,
    rows,
    sequences_of,
    tables_of,
)
from portal.tenancy.connection import connection
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as it is at one moment; within a transaction, it is that transaction's."""
    outermost = not connection.in_atomic_block
    with in_public(), transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def lines(table: Table) -> Iterator[bytes]:
    """Yield the rows of a table as COPY writes them."""
    with connection.cursor() as cursor, cursor.copy(table.copy_out) as copy:
        for data in copy:
            yield bytes(data)


def checksum(table: Table) -> str:
    """Return the SHA-256 of a table's rows as a backup holds them."""
    digest = hashlib.sha256()
    for line in lines(table):
        digest.update(line)
    return digest.hexdigest()


def parts_of(partner: Partner) -> list[tuple[str, Table, bool]]:
    """Return the tables of a backup with the name of each part and whether it is of people."""
    public = [table for name, table in owned(partner).items() if name not in LEFT_OUT]
    return [
        *((f"people/{table.name}", table, True) for table in people_tables(partner)),
        *((f"public/{table.name}", table, False) for table in public),
        *(
            (f"partner/{table.name}", table, False)
            for table in tables_of(partner.schema_name).values()
        ),
    ]


def checksums(partner: Partner) -> dict[str, str]:
    """Return the checksum of each part, as a backup made now would hold it."""
    with one_moment():
        return {name: checksum(table) for name, table, _people in parts_of(partner)}


def write_backup(partner: Partner, file: BinaryIO, *, at: datetime) -> Manifest:
    """Write everything of a partner into ``file``, a zip, and return its manifest (CHAN-26).

    What is encrypted stays so: the file is worth nothing without SECRET_KEY and DATA_KEY, and is
    to be kept as safe as the database.
    """
    with (
        one_moment(),
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive,
    ):
        parts = [
            _write_part(archive, name, table, people) for name, table, people in parts_of(partner)
        ]
        manifest = Manifest(
            partner={
                "id": str(partner.pk),
                "slug": partner.slug,
                "name": partner.name,
                "schema": partner.schema_name,
            },
            made_at=at.isoformat(),
            migrations=migrations(partner.schema_name),
            parts=parts,
            sequences=_sequences(partner),
            needs=_needs(partner),
            left_out=left_out(partner),
        )
        archive.writestr(MANIFEST, manifest.text())
    return manifest


def _write_part(archive: zipfile.ZipFile, name: str, table: Table, people: bool) -> Part:
    digest, count = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as out:
        for line in lines(table):
            digest.update(line)
            count += 1
            out.write(line)
    schema = "public" if table.schema == "public" else "partner"
    columns = list(table.columns)
    return Part(name, schema, table.name, columns, count, digest.hexdigest(), people)


def _sequences(partner: Partner) -> dict[str, list[object]]:
    return {
        name: list(rows(f"SELECT last_value, is_called FROM {sql}")[0])  # noqa: S608
        for name, sql in sequences_of(partner.schema_name).items()
    }


def _needs(partner: Partner) -> dict[str, dict[str, str]]:
    users = get_user_model()._meta.db_table
    wanted: dict[tuple[str, str], list[str]] = {}
    for table, key in references(partner):
        if key.target != users:
            sql = f"SELECT {quoted(key.column)} FROM {table.sql} WHERE {table.condition}"  # noqa: S608
            wanted.setdefault((key.target, key.target_column), []).append(sql)
    return {
        target: meanings(target, column, " UNION ".join(queries))
        for (target, column), queries in wanted.items()
    }


def meanings(target: str, column: str, ids: str) -> dict[str, str]:
    """Return the rows of a public table that ``ids``, a query, names: key and meaning."""
    meaning = MEANING.get(target, "''")
    found = rows(
        f"SELECT {quoted(column)}::text, {meaning} FROM public.{quoted(target)} "  # noqa: S608
        f"WHERE {quoted(column)} IN ({ids})"
    )
    return dict(sorted(found))


def count_rows(tables: Iterable[Table]) -> dict[str, int]:
    """Return how many rows of each table are meant."""
    return {
        table.name: rows(f"SELECT count(*) FROM {table.sql} WHERE {table.condition}")[0][0]  # noqa: S608
        for table in tables
    }
