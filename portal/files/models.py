"""Files that people attach to a customer, or to an object of a customer."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.tenancy.models import TenantModel


class Kind(models.TextChoices):
    """The kind of a file, detected from its content."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG"
    JPEG = "jpg", "JPEG"
    TIFF = "tif", "TIFF"
    TEXT = "txt", _("Text")
    CSV = "csv", "CSV"
    XLSX = "xlsx", _("Excel workbook")
    DOCX = "docx", _("Word document")


# Models whose files only their own page shows, since not everybody who sees the customer may.
_apart: set[str] = set()


def keep_apart(label: str) -> None:
    """Leave the files of a model (``app.model``) out of the customer's list of files."""
    _apart.add(label)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Queries on files."""

    def of_register(self, customer_id: UUID) -> AttachmentQuerySet:
        """Return the files that the customer's own page lists."""
        return self.filter(customer_id=customer_id).exclude(about_model__in=_apart)

    def about(self, subject: models.Model) -> AttachmentQuerySet:
        """Return the files attached to this object."""
        return self.filter(about_model=subject._meta.label_lower, about_id=subject.pk)


class Attachment(TenantModel):
    """A file of one customer.

    ``about`` is the object it is attached to: the customer itself, a quote, an order. The bytes are
    in a row of their own, so that no list loads them.
    """

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="attachments")
    about_model = models.CharField(max_length=60)
    about_id = models.UUIDField()
    name = models.CharField(_("file"), max_length=160)
    kind = models.CharField(_("type"), max_length=4, choices=Kind.choices)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    # None: it came by e-mail, from somebody without a place.
    created_by = models.ForeignKey(
        Membership, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("added"))

    objects = AttachmentQuerySet.as_manager()

    content: AttachmentContent

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            # The same file twice at the same object is a double click.
            models.UniqueConstraint(
                fields=["about_id", "about_model", "sha256"], name="attachment_once"
            )
        ]
        indexes = [models.Index(fields=["customer", "-created_at"], name="attachment_by_customer")]

    def __str__(self) -> str:
        return self.name


class AttachmentContent(TenantModel):
    """The bytes of a file.

    They are kept in the partner's schema: one transaction and one backup hold both rows, and the
    only access is a view that checks the right.
    """

    attachment = models.OneToOneField(Attachment, models.CASCADE, related_name="content")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("content of a file")
        verbose_name_plural = _("contents of files")

    def __str__(self) -> str:
        return str(self.attachment_id)
