"""Bulk inserts by COPY, several times as fast as ``bulk_create``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from portal.tenancy.connection import connection


def copy_rows(template: models.Model, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows``, each with a value for every field in ``names``.

    The other fields are taken from ``template``, an unsaved instance. Values are those of the
    database: ids for foreign keys, codes for countries, JSON as text. Neither ``save()`` nor
    signals run, so the caller writes the change log. Part of the caller's transaction; raise
    IntegrityError as any insert does.
    """
    meta = template._meta
    by_name = {field.name: field for field in meta.concrete_fields}
    first = [by_name[name] for name in names]
    rest = [
        field
        for field in meta.concrete_fields
        if field not in first and not isinstance(field, models.AutoField)
    ]
    same = [field.get_db_prep_save(getattr(template, field.attname), connection) for field in rest]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in (*first, *rest))
    sql = f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN"
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(sql) as copy,
    ):
        for row in rows:
            copy.write_row([*row, *same])
