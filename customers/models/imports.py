"""Imports of a register: each is a row before its rows are checked and written (REG-06, D15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from portal.accounts.models import Membership
from portal.tenancy.models import TenantModel

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class CustomerImportQuerySet(models.QuerySet["CustomerImport"]):
    """Queries for imports."""

    def light(self) -> CustomerImportQuerySet:
        """Return imports without the file and the errors, which lists do not show."""
        return self.defer("content", "errors")

    def under_way(self) -> CustomerImportQuerySet:
        return self.filter(state__in=CustomerImport.UNDER_WAY)


class CustomerImport(TenantModel):
    """An uploaded file and the state of its import."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to assign")
        CHECKING = "checking", _("Being checked")
        FAULTY = "faulty", _("Has errors")
        CHECKED = "checked", _("Ready to import")
        WRITING = "writing", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Failed")
        UNDONE = "undone", _("Undone")

    UNDER_WAY = (State.CHECKING, State.WRITING)
    # In these states columns can still be assigned, and the file be checked again.
    OPEN = (State.UPLOADED, State.FAULTY, State.CHECKED)

    file_name = models.CharField(_("file"), max_length=200)
    kind = models.CharField(max_length=4)
    size = models.PositiveIntegerField(_("size"))
    # Encrypted (D19); emptied when the customers are written.
    content = models.BinaryField(default=b"")
    headers = models.JSONField(default=list)
    # How the file is read: the row of the headings (0: none), the sheet, the encoding (REG-56).
    heading_row = models.PositiveIntegerField(null=True)
    sheet = models.PositiveSmallIntegerField(default=0, db_default=0)
    encoding = models.CharField(max_length=20, blank=True, default="", db_default="")
    # The field of each column, in order; and the values for what the file lacks.
    mapping = models.JSONField(default=list)
    defaults = models.JSONField(default=dict)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.UPLOADED
    )
    rows = models.PositiveIntegerField(_("rows"), default=0)
    # A list of [row, column, value, reason].
    errors = models.JSONField(default=list)
    error_count = models.PositiveIntegerField(_("errors"), default=0)
    message = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(
        Membership, models.DO_NOTHING, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("uploaded"))
    moved_at = models.DateTimeField()
    finished_at = models.DateTimeField(_("imported"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)

    objects = CustomerImportQuerySet.as_manager()

    made: RelatedManager[ImportedCustomer]

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["-created_at"], name="import_by_date")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        """Return whether the worker checks or writes it."""
        return self.state in self.UNDER_WAY

    @property
    def is_disposable(self) -> bool:
        """Return whether it can be discarded: nothing of it is in the register."""
        return self.is_open or self.state == self.State.FAILED

    @property
    def is_open(self) -> bool:
        """Return whether its columns can still be assigned."""
        return self.state in self.OPEN


class ImportedCustomer(TenantModel):
    """The row of the file that a customer came from; deleted with the customer."""

    job = models.ForeignKey(CustomerImport, models.CASCADE, related_name="made")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    row = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("imported customer")
        verbose_name_plural = _("imported customers")
        constraints = [models.UniqueConstraint(fields=["job", "row"], name="import_row_once")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.row}"
