"""What partners put on the desk of channel sales (CHAN-35)."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.desk import MOST, Figure, add_figure
from portal.tenancy.models import Partner
from portal.tenancy.schema import tenant_fingerprint

# The migrations on the disk stay the same as long as the process lives.
_fingerprint = cache(tenant_fingerprint)


def _behind(partners: QuerySet[Partner]) -> QuerySet[Partner]:
    return partners.exclude(migrated_to=_fingerprint())


@add_figure(80)
def behind(request: HttpRequest) -> Figure:
    """Return the partners whose schema lacks a migration."""
    count = _behind(Partner._default_manager.all())[: MOST + 1].count()
    url = "/admin/tenancy/partner/?behind=1"
    return Figure(gettext_lazy("Partners behind on migrations"), count, url, urgent=True)


class BehindFilter(admin.SimpleListFilter):
    """The filter by partners whose schema lacks a migration."""

    title = gettext_lazy("migrations")
    parameter_name = "behind"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("1", _("Behind"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Partner]) -> QuerySet[Partner]:
        return _behind(queryset) if self.value() == "1" else queryset
