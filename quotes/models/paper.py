"""What is asked as a PDF, to be read before it is answered (CON-54)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import TenantModel
from quotes.models.confirmation import Confirmation


class ConfirmationPaper(TenantModel):
    """The price-free text of a confirmation, made by the worker from the frozen content.

    It is no issued document: it proves nothing, and could be made again.
    """

    confirmation = models.OneToOneField(Confirmation, models.CASCADE, related_name="paper")
    content = models.BinaryField()
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("text of a confirmation")
        verbose_name_plural = _("texts of confirmations")

    def __str__(self) -> str:
        return str(self.confirmation_id)
