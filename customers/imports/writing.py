"""Checked rows are written in bulk, with claims, contacts, domains and the change log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models.functions import Collate

from customers.imports.rows import Checked
from customers.models import Contact, Customer, CustomerDomain, CustomerImport, ImportedCustomer
from customers.services.register import new_account_id
from portal.channel.services import Claim, claim_names, release_names
from portal.core.finding import fill_find_keys, look_key
from portal.core.sorting import number_sort_key, sort_key
from portal.history.models import Entry
from portal.history.services import record_many
from portal.tenancy.bulk import copy_rows
from portal.tenancy.connection import connection
from portal.tenancy.context import require_partner

T = TypeVar("T")
BATCH = 500


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _customer(row: Checked, language: str, account_id: str, at: datetime) -> Customer:
    values = {name: value for name, value in row.values.items() if value is not None}
    return Customer(
        id=uuid4(),
        account_id=account_id,
        name_key=row.name_key,
        sort_key=sort_key(values["name"], language),
        number_key=row.number_key,
        look_key=look_key(values["name"]),
        number_sort=number_sort_key(values["number"]),
        created_at=at,
        changed_at=at,
        **values,
    )


def _account_ids(count: int) -> list[str]:
    found: set[str] = set()
    while len(found) < count:
        found.add(new_account_id())
    return list(found)


def _claim(customer: Customer) -> Claim:
    key, number, town = customer.name_key, customer.number, customer.city
    return Claim(customer.pk, customer.name, key, number, town, customer.is_active)


def write_rows(
    job: CustomerImport,
    rows: Sequence[Checked],
    *,
    at: datetime,
    moved: Callable[[int], None],
) -> None:
    """Write all rows in the caller's transaction, which is undone if one is refused.

    ``moved`` is called with the number of rows written so far. Raise NameTaken or IntegrityError if
    a name, number or domain was taken in the meantime.
    """
    partner = require_partner()
    pairs = [
        (row, _customer(row, partner.language, account_id, at))
        for row, account_id in zip(rows, _account_ids(len(rows)), strict=True)
    ]
    claim_names(
        partner=partner,
        claims=(_claim(customer) for _row, customer in pairs),
    )
    details = {"file": job.file_name, "import": str(job.pk)}
    create = Entry.Action.CREATE
    done = 0
    for batch in _batches(pairs):
        customers = [customer for _row, customer in batch]
        contacts = [_contact(row.contact, customer, at) for row, customer in batch if row.contact]
        domains = [
            CustomerDomain(customer=customer, domain=domain)
            for row, customer in batch
            for domain in row.domains
        ]
        made = [
            ImportedCustomer(job=job, customer=customer, row=row.row) for row, customer in batch
        ]
        fill_find_keys([*customers, *contacts])
        for rows_of_one in (customers, contacts, domains, made):
            _insert(rows_of_one)
        own = {customer.pk: row.custom for row, customer in batch if row.custom}
        record_many(customers, create, at=at, verb="customer_imported", details=details, also=own)
        record_many([*contacts, *domains], create, at=at, details=details)
        done += len(batch)
        moved(done)


# The database takes these types as they are; all others are prepared by their field.
_PLAIN = frozenset({str, int, bool, Decimal, UUID, datetime, type(None)})


def _insert(rows: Sequence[models.Model]) -> None:
    """Insert the instances, all of one model, by COPY."""
    if not rows:
        return
    fields = rows[0]._meta.concrete_fields

    def stored(row: models.Model, field: Any) -> Any:
        value = row.__dict__.get(field.attname)
        if type(value) in _PLAIN:
            return value
        return field.get_db_prep_save(value, connection)

    copy_rows(
        rows[0],
        [field.name for field in fields],
        ([stored(row, field) for field in fields] for row in rows),
    )


def _contact(values: dict[str, Any], customer: Customer, at: datetime) -> Contact:
    return Contact(customer=customer, is_primary=True, created_at=at, **values)


# Tables that an import itself writes; a row in any other table means that the customer is used.
_OWN_TABLES = (Contact, CustomerDomain, ImportedCustomer)


def hanging_on(job: CustomerImport, *, limit: int = 11) -> list[Customer]:
    """Return customers of an import that are in use or changed since, at most ``limit``.

    Whatever refers to a customer counts, whichever app it belongs to: orders, quotes, sites, files,
    assigned people. A change is an entry in the change log that is later than the import.
    """
    ids = job.made.values("customer_id")
    used: set[UUID] = set()
    for relation in Customer._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel | models.OneToOneRel):
            continue
        other = relation.related_model
        assert isinstance(other, type)
        if other in _OWN_TABLES:
            continue
        key = relation.field.attname
        rows = other._base_manager.filter(**{f"{key}__in": ids})
        used.update(rows.order_by(key).values_list(key, flat=True).distinct()[:limit])
    later = Entry.objects.filter(customer_id__in=ids, timestamp__gt=job.finished_at)
    used.update(pk for pk in later.values_list("customer_id", flat=True).distinct()[:limit] if pk)
    return list(Customer.objects.filter(pk__in=used).order_by(Collate("number_sort", "C"))[:limit])


def delete_rows(job: CustomerImport, *, at: datetime) -> int:
    """Delete the customers of an import and release their names, in the caller's transaction.

    Return how many customers were deleted. Raise IntegrityError if one came into use meanwhile.
    """
    customers = list(Customer.objects.filter(pk__in=job.made.values("customer_id")))
    ids = [customer.pk for customer in customers]
    details = {"file": job.file_name, "import": str(job.pk)}
    record_many(customers, Entry.Action.DELETE, at=at, verb="import_undone", details=details)
    release_names(partner=require_partner(), customer_ids=ids)
    with connection.cursor() as cursor:
        for model in (*_OWN_TABLES, Customer):
            column = "id" if model is Customer else "customer_id"
            cursor.execute(
                f'DELETE FROM "{model._meta.db_table}" WHERE {column} = ANY(%s)',  # noqa: S608
                [ids],
            )
        # Check the foreign keys now and not at the commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return len(ids)
