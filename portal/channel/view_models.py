"""What a member of channel sales keeps for themselves: saved views of lists."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StaffView(models.Model):
    """The filters, search and order of a list of the admin, under a name (CHAN-15)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="staff_views")
    # The model whose list it is, as ``app.model``.
    list_of = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["user", "list_of", "name"], name="staff_view_once")
        ]

    def __str__(self) -> str:
        return self.name
