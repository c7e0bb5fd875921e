"""Services for imports: upload, assign columns, check, write, undo; and the sweep by beat."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override
from psycopg.errors import LockNotAvailable

from customers.imports import mapping as maps
from customers.imports.checking import Checker
from customers.imports.parsing import read_table
from customers.imports.tables import Reading, Table
from customers.imports.writing import delete_rows, hanging_on, write_rows
from customers.models import Customer, CustomerImport, CustomField, PartnerSettings
from customers.services.rules import partner_settings
from portal.accounts.models import Membership
from portal.channel.services import NameTaken
from portal.core.actor import acting
from portal.core.crash_points import crash_points_of
from portal.core.encryption import Unreadable, decrypt, encrypt
from portal.core.errors import RuleError, WrongState
from portal.history.services import record
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner, require_partner
from portal.tenancy.models import Partner
from portal.tenancy.queueing import enqueue

log = logging.getLogger(__name__)
State = CustomerImport.State

# A job without progress for so long is queued again, at most so many times.
STUCK = timedelta(seconds=90)
ATTEMPTS = 3
# Files that were never imported hold other people's data and are deleted after this time (DEC-50).
KEEP_FILES = timedelta(days=30)


class ImportMoved(WrongState):
    """Refuse a step of an import whose state changed since the page was shown (SM-ANY)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("This import has moved on in the meantime. Look again."))


class CannotUndo(RuleError):
    """Refuse to undo an import whose customers have orders, files or changes (REG-06)."""

    def __init__(self, customers: list[Customer]) -> None:
        names = ", ".join(customer.label for customer in customers[:10])
        if len(customers) > 10:
            names += " …"
        super().__init__(
            _(
                "This import can't be undone any more: there are orders, files, people or changes "
                "since on %(names)s."
            )
            % {"names": names}
        )


@transaction.atomic
def upload(
    *, content: bytes, name: str, by: Membership, language: str, at: datetime
) -> CustomerImport:
    """Store a file as an import and return it.

    A file with the headings of the template is checked at once (REG-06). Raise Unreadable, which
    says what to do; nothing is stored then.
    """
    table = read_table(content)
    own = maps.own_columns(CustomField.objects.live().in_order())
    job = CustomerImport.objects.create(
        file_name=name[-200:],
        kind=table.kind,
        size=len(content),
        # Encrypted, since it may contain personal numbers (D19).
        content=encrypt(content),
        headers=table.headers,
        heading_row=table.heading,
        encoding=table.encoding,
        mapping=maps.guess(table.headers, own, table.rows),
        language=language,
        rows=len(table.rows),
        created_by=by,
        created_at=at,
        moved_at=at,
    )
    if maps.is_template(table.headers, own):
        _start(job, State.CHECKING, at=at)
    return job


def _locked(job_id: UUID) -> CustomerImport:
    return CustomerImport.objects.select_for_update().get(pk=job_id)


def _start(job: CustomerImport, state: CustomerImport.State, *, at: datetime) -> None:
    """Queue the import for the worker; beat queues it again if that call is lost."""
    job.state, job.moved_at, job.attempts, job.message = state, at, 0, ""
    job.save(update_fields=["state", "moved_at", "attempts", "message", "mapping", "defaults"])
    cache.delete(_progress_key(job.pk))
    enqueue("customers.run_import", partner=require_partner(), job=job.pk)


@transaction.atomic
def assign_columns(
    job: CustomerImport, *, mapping: list[str], defaults: dict[str, str], at: datetime
) -> None:
    """Set the field of each column and the values for what the file lacks, then start the check.

    Raise ImportMoved if the import is under way or over.
    """
    current = _locked(job.pk)
    if not current.is_open:
        raise ImportMoved
    current.mapping, current.defaults = mapping, defaults
    _start(current, State.CHECKING, at=at)


@transaction.atomic
def start_writing(job: CustomerImport, *, by: Membership, at: datetime) -> None:
    """Start to import what was previewed, in the name of ``by``.

    The log and the limit on credit (D23) go by that person. Raise ImportMoved unless the check
    found no errors.
    """
    current = _locked(job.pk)
    if current.state != State.CHECKED:
        raise ImportMoved
    current.created_by = by
    current.save(update_fields=["created_by"])
    _start(current, State.WRITING, at=at)


def _how(job: CustomerImport) -> Reading:
    return Reading(job.heading_row, job.sheet, job.encoding)


def preview_of(job: CustomerImport, how: Reading) -> Table:
    """Return the table as another reading gives it; nothing is saved (REG-56). Raise Unreadable."""
    return read_table(decrypt(job.content), how)


@transaction.atomic
def read_again(job: CustomerImport, how: Reading, *, at: datetime) -> None:
    """Read the file in another way, and guess its columns anew (REG-56).

    Raise ImportMoved, or Unreadable where the file can't be read so; nothing is changed then.
    """
    current = _locked(job.pk)
    if not current.is_open:
        raise ImportMoved
    table = read_table(decrypt(current.content), how)
    own = maps.own_columns(CustomField.objects.live().in_order())
    current.heading_row, current.sheet = table.heading, how.sheet
    current.encoding, current.headers, current.rows = table.encoding, table.headers, len(table.rows)
    current.mapping = maps.guess(table.headers, own, table.rows)
    current.state, current.moved_at, current.errors, current.error_count = State.UPLOADED, at, [], 0
    current.save()


def table_of(job: CustomerImport) -> Table:
    """Return the rows of an import's file. Raise RuleError if its key is lost."""
    try:
        return read_table(decrypt(job.content), _how(job))
    except Unreadable as error:
        raise RuleError(
            _("This file can't be read any more: the key is another one. Upload it again.")
        ) from error


def checked(job: CustomerImport, *, moved: Callable[[int], None] = lambda _n: None) -> Checker:
    """Check the rows of an import as things are now, and return the checker with its results.

    ``moved`` is called with the number of rows checked so far.
    """
    person = Membership.objects.own_people(require_partner()).select_related("role", "partner")
    checker = Checker(
        table_of(job),
        mapping=job.mapping,
        defaults=job.defaults,
        person=person.get(pk=job.created_by_id),
    )
    checker.run(moved)
    return checker


def run(job_id: UUID, *, at: datetime) -> None:
    """Check or write an import, whichever it waits for; calls that come again are safe."""
    job = _take(job_id, at=at)
    if job is None:
        return
    with acting(job.created_by.user), override(job.language):
        try:
            (_check if job.state == State.CHECKING else _write)(job, at=at)
        except (IntegrityError, NameTaken):
            # A name, number or domain was taken meanwhile; another check reports which.
            _check(job, at=at, quicker=True)
        except RuleError as error:
            _fail(job, str(error), at=at)


def _patiently(found: QuerySet[CustomerImport]) -> CustomerImport | None:
    """Lock and return the first import of ``found``; None if another worker holds it.

    A click holds the lock for a moment only, so the worker waits up to three seconds: if it gave
    up, the import would have to wait for beat.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        try:
            with transaction.atomic():
                return found.select_for_update(of=("self",)).first()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            return None
        finally:
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def _take(job_id: UUID, *, at: datetime) -> CustomerImport | None:
    """Return the import with this attempt counted; None if there is nothing to do."""
    with transaction.atomic():
        job = _patiently(
            CustomerImport.objects.select_related("created_by__user").filter(pk=job_id)
        )
        if job is None or not job.is_under_way:
            return None
        job.attempts += 1
        if job.attempts > ATTEMPTS:
            log.error("import %s is given up after %s attempts", job.pk, ATTEMPTS)
            with override(job.language):
                _fail(job, _("The import stopped and nothing was imported. Try again."), at=at)
            return None
        job.moved_at = at
        job.save(update_fields=["attempts", "moved_at"])
        return job


def _fail(job: CustomerImport, message: str, *, at: datetime) -> None:
    job.state, job.message, job.moved_at = State.FAILED, message, at
    job.save(update_fields=["state", "message", "moved_at", "attempts"])


def _still(job: CustomerImport) -> bool:
    """Lock the row for this transaction; return False if another worker has it or finished it."""
    found = CustomerImport.objects.filter(pk=job.pk, state=job.state)
    return _patiently(found.only("pk")) is not None


@transaction.atomic
def _check(job: CustomerImport, *, at: datetime, quicker: bool = False) -> None:
    if not _still(job):
        return
    checker = checked(job, moved=lambda done: _note(job, done))
    job.errors = [error.stored() for error in checker.errors]
    job.error_count = len(checker.errors)
    job.state = State.FAULTY if checker.errors else State.CHECKED
    job.message = ""
    if quicker:
        job.message = _(
            "Somebody took a number, a name or a domain of this file since the preview. Nothing "
            "was imported."
        )
    job.moved_at = at
    job.save(update_fields=["errors", "error_count", "state", "message", "moved_at"])


@transaction.atomic
def _write(job: CustomerImport, *, at: datetime) -> None:
    if not _still(job):
        return
    # One import of a partner at a time: the second sees what the first wrote.
    PartnerSettings.objects.select_for_update().get(pk=partner_settings().pk)
    # For the progress, the second check is half of the work and writing the other half.
    checker = checked(job, moved=lambda done: _note(job, done // 2))
    if checker.errors:
        _found_errors(job, checker, at=at)
        return
    write_rows(job, checker.rows, at=at, moved=lambda done: _note(job, (job.rows + done) // 2))
    job.state, job.content, job.finished_at, job.moved_at = State.DONE, b"", at, at
    job.errors, job.error_count = [], 0
    job.save(update_fields=["state", "content", "finished_at", "moved_at", "errors", "error_count"])
    record(job, "customers_imported", customer_id=None, file=job.file_name, rows=job.rows)
    crash_points_of("import")


def _found_errors(job: CustomerImport, checker: Checker, *, at: datetime) -> None:
    job.errors = [error.stored() for error in checker.errors]
    job.error_count, job.state, job.moved_at = len(checker.errors), State.FAULTY, at
    job.message = _("Something changed since the preview. Nothing was imported.")
    job.save(update_fields=["errors", "error_count", "state", "message", "moved_at"])


@transaction.atomic
def undo(job: CustomerImport, *, at: datetime) -> int:
    """Delete the customers of an import that are not in use yet, and return how many.

    Raise CannotUndo with the customers that are in use, or ImportMoved.
    """
    current = _locked(job.pk)
    if current.state != State.DONE:
        raise ImportMoved
    list(Customer.objects.select_for_update().filter(pk__in=current.made.values("customer_id")))
    held = hanging_on(current)
    if held:
        raise CannotUndo(held)
    try:
        with transaction.atomic():
            count = delete_rows(current, at=at)
    except IntegrityError as error:
        raise CannotUndo(hanging_on(current)) from error
    current.state, current.undone_at, current.moved_at = State.UNDONE, at, at
    current.save(update_fields=["state", "undone_at", "moved_at"])
    record(current, "import_was_undone", customer_id=None, file=current.file_name, rows=count)
    return count


@transaction.atomic
def discard(job: CustomerImport) -> None:
    """Delete an upload that was not imported. Raise ImportMoved if it was."""
    current = _locked(job.pk)
    if not current.is_disposable:
        raise ImportMoved
    current.delete()


# Progress is in the cache, since the transaction hides it from others; losing it does no harm.


def _progress_key(job_id: UUID) -> str:
    return f"import:{job_id}"


def _note(job: CustomerImport, done: int) -> None:
    cache.set(_progress_key(job.pk), f"{job.state}:{done}", 600)


def progress(job: CustomerImport) -> int:
    """Return how many rows of the present step are done."""
    state, _colon, done = str(cache.get(_progress_key(job.pk)) or "").partition(":")
    return min(int(done), job.rows) if state == job.state and done.isdigit() else 0


def sweep(*, at: datetime) -> None:
    """Queue imports again that made no progress, and delete old ones that nobody imported."""
    for partner in Partner.objects.filter(is_active=True):
        with in_partner(partner), transaction.atomic():
            lying = CustomerImport.objects.under_way().filter(moved_at__lt=at - STUCK)
            for job_id in lying.values_list("pk", flat=True):
                enqueue("customers.run_import", partner=partner, job=job_id)
            old = CustomerImport.objects.filter(
                moved_at__lt=at - KEEP_FILES, state__in=(*CustomerImport.OPEN, State.FAILED)
            )
            old.delete()


def rows_words(count: int) -> str:
    """Return a number of customers in words: ``1 customer``, ``3 customers``."""
    return ngettext("%(n)s customer", "%(n)s customers", count) % {"n": count}
