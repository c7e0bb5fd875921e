"""The heads of the partners' chains of evidence, outside their schemas (CON-49)."""

from __future__ import annotations

import uuid

from django.db import models

from portal.tenancy.managers import PartnerOwnedManager
from portal.tenancy.models import Partner


class EvidenceAnchor(models.Model):
    """One entry of a partner's chain: its number and hash, written with it.

    A trigger refuses to change or delete rows until the partner is erased. Without it nobody could
    tell that the last entries of a chain were removed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="evidence_anchors")
    serial = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        indexes = [models.Index(fields=["partner", "serial"], name="evidence_anchor_serial")]

    def __str__(self) -> str:
        return f"{self.serial} {self.sha256[:8]}"
