"""Evidence of an answer: append-only, each entry linked to the one before by hash (CON-20)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import TenantModel
from quotes.models.confirmation import Confirmation


class Evidence(TenantModel):
    """An entry about a confirmation. A trigger refuses to change, delete or truncate it."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        DOCUMENT = "document", _("Document")

    confirmation = models.ForeignKey(Confirmation, models.PROTECT, related_name="evidence")
    serial = models.PositiveBigIntegerField(unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    payload = models.JSONField()
    # SHA-256 of the entry before; 64 zeros for the first.
    previous = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(fields=["confirmation", "kind"], name="evidence_kind_once")
        ]

    def __str__(self) -> str:
        return f"{self.serial} {self.kind}"
