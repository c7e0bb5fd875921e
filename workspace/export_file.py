"""The file of an export: tables as CSV and JSON lines, files, and a manifest (CHAN-24)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import IO

from django.contrib.auth import get_user_model

from portal.core.spreadsheets import csv_cell, safe_cell
from portal.tenancy.backups.tables import LEFT_OUT, Table, owned, quoted, tables_of
from portal.tenancy.backups.writing import one_moment
from portal.tenancy.connection import connection
from portal.tenancy.models import Partner

# Secrets, by the name of the column; and whatever is no text.
SECRET = re.compile(r"password|token|secret|encrypted|_hash$|^digest$")
BYTES = """
    SELECT c.relname || '.' || a.attname FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname IN ('public', %s) AND a.atttypid = 'bytea'::regtype AND a.attnum > 0"""
OF_PERSON = ("id", "email", "name", "language")
# Folder, and the query of id, name and bytes of each file.
FILES = (
    (
        "files",
        "SELECT a.id, a.name, c.content FROM {schema}.files_attachment a "
        "JOIN {schema}.files_attachmentcontent c ON c.attachment_id = a.id ORDER BY a.id",
    ),
    (
        "documents",
        "SELECT id, file_name, content FROM public.outbox_document "
        "WHERE partner_id = '{id}'::uuid AND content IS NOT NULL ORDER BY id",
    ),
    (
        "signatures",
        "SELECT id, 'signature.png', signature FROM {schema}.support_servicereport "
        "WHERE length(signature) > 0 ORDER BY id",
    ),
    (
        "logo",
        "SELECT partner_id, 'logo.png', content FROM public.tenancy_partnerlogo "
        "WHERE partner_id = '{id}'::uuid",
    ),
)
_UNSAFE = re.compile(r"[^\w.\- ()]+")


@dataclass
class _Archive:
    """The zip that is written, with what its manifest says of each part."""

    file: zipfile.ZipFile
    parts: list[dict[str, object]] = field(default_factory=list)

    def add(self, name: str, pieces: Iterable[bytes], *, rows: int | None = None) -> None:
        digest, size = hashlib.sha256(), 0
        with self.file.open(name, "w", force_zip64=True) as out:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                out.write(piece)
        part: dict[str, object] = {"name": name, "bytes": size, "sha256": digest.hexdigest()}
        self.parts.append(part if rows is None else {**part, "rows": rows})


def write_export(
    partner: Partner, file: IO[bytes], *, at: datetime, moved: Callable[[str], None]
) -> None:
    """Write everything of a partner as it is at one moment into a zip.

    Passwords, tokens and what is encrypted (personal numbers too) stay out, and ``manifest.json``
    names them. ``moved`` is told how far it is.
    """
    with one_moment(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as zipped:
        archive = _Archive(zipped)
        tables, left_out = _tables(partner)
        for number, table in enumerate(tables):
            moved(f"{number}/{len(tables)}")
            folder = "partner" if table.schema == partner.schema_name else "public"
            name = f"tables/{folder}/{table.name}"
            rows = sum(1 for _row in _json(table))
            archive.add(f"{name}.jsonl", (f"{row}\n".encode() for row in _json(table)), rows=rows)
            archive.add(f"{name}.csv", _csv(table), rows=rows)
        for folder, sql in FILES:
            named = sql.format(schema=quoted(partner.schema_name), id=partner.pk)
            _add_files(archive, folder, named)
        manifest = {
            "partner": {"name": partner.name, "slug": partner.slug, "id": str(partner.pk)},
            "made_at": at.isoformat(),
            "parts": archive.parts,
            "left_out": left_out,
        }
        zipped.writestr("manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False))


def _tables(partner: Partner) -> tuple[list[Table], dict[str, str]]:
    """Return the tables without secrets, and what was left out with the reason."""
    with connection.cursor() as cursor:
        cursor.execute(BYTES, [partner.schema_name])
        binary = {row[0] for row in cursor.fetchall()}
    found, left_out = [_people(partner)], {}
    public = owned(partner)
    for table in [*public.values(), *tables_of(partner.schema_name).values()]:
        if table.schema == "public" and table.name in LEFT_OUT:
            left_out[table.name] = LEFT_OUT[table.name]
            continue
        secret = {name for name in table.columns if SECRET.search(name)}
        bytes_of = {name for name in table.columns if f"{table.name}.{name}" in binary} - secret
        left_out |= {f"{table.name}.{name}": "secret or encrypted" for name in secret}
        left_out |= {f"{table.name}.{name}": "no text; files are files" for name in bytes_of}
        kept = tuple(name for name in table.columns if name not in secret | bytes_of)
        found.append(replace(table, columns=kept))
    left_out["accounts_user"] = f"all but {', '.join(OF_PERSON)}: of the person"
    return found, left_out


def _people(partner: Partner) -> Table:
    """Return those who work or worked at the partner; not what an invited address has elsewhere."""
    places = (
        "SELECT user_id FROM public.accounts_membership "  # noqa: S608
        f"WHERE partner_id = '{partner.pk}'::uuid AND state <> 'invited'"
    )
    name = get_user_model()._meta.db_table
    return Table("public", name, OF_PERSON, ("id",), f"id IN ({places})")


def _json(table: Table) -> Iterator[str]:
    """Yield each row as one line of JSON."""
    order = ", ".join(quoted(name) for name in table.key)
    inner = (
        f"SELECT {table.column_list} FROM {table.sql} WHERE {table.condition} "  # noqa: S608
        f"ORDER BY {order}"
    )
    sql = f"COPY (SELECT row_to_json(x)::text FROM ({inner}) x) TO STDOUT"  # noqa: S608
    with (
        connection.cursor() as cursor,
        cursor.copy(sql) as copy,
    ):
        for (row,) in copy.rows():
            yield row


def _csv(table: Table) -> Iterator[bytes]:
    """Yield the lines of a CSV file as spreadsheets open it (DEC-40), headings first."""
    yield "\ufeff".encode()
    yield _line(table.columns)
    for row in _json(table):
        yield _line([_cell(value) for value in json.loads(row).values()])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return safe_cell(json.dumps(value, ensure_ascii=False))
    return csv_cell(value) if isinstance(value, str) else str(value)


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


def _add_files(archive: _Archive, folder: str, sql: str) -> None:
    """Add each file under its id and name."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM ({sql}) x (id, name, content)")  # noqa: S608
        ids = [row[0] for row in cursor.fetchall()]
    for pk in ids:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT name, content FROM ({sql}) x (id, name, content) WHERE id = %s",  # noqa: S608
                [pk],
            )
            name, content = cursor.fetchone()
        safe = _UNSAFE.sub("_", name).strip(". ")[-120:] or "file"
        archive.add(f"{folder}/{pk}-{safe}", [bytes(content)])
