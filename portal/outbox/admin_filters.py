"""The filter of channel sales' list of e-mails."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.outbox.kinds import named_kinds
from portal.outbox.models import OutboundEmail


class KindFilter(admin.SimpleListFilter):
    """The filter by kind, in words (CHAN-36)."""

    title = _("kind")
    parameter_name = "template"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [pair for pair in named_kinds() if "/" in pair[0]]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[OutboundEmail]
    ) -> models.QuerySet[OutboundEmail]:
        return queryset.filter(template=self.value()) if self.value() else queryset
