"""Exports of partners: how far they are, and their download by staff (CHAN-24)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from portal.accounts.models import User
from portal.core.admin_actions import ObjectActionForm, ObjectActionsAdmin
from portal.core.staff_rights import StaffGroup, require
from portal.tenancy.models import PartnerExport
from workspace.exporting import NoExport, download, progress

# How often the page of one that is under way comes again by itself, in seconds.
RELOAD = 5


@admin.register(PartnerExport)
class PartnerExportAdmin(ObjectActionsAdmin[PartnerExport]):
    """Exports, the latest first; each is deleted after seven days."""

    group = StaffGroup.PARTNERS

    summary_template = "admin/partners/export.html"
    list_display = ("partner", "state", "user", "reason", "created_at", "megabytes", "expires_at")
    list_filter = ("state", ("partner", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("partner", "user")
    ordering = ("-created_at",)
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[PartnerExport]:
        return PartnerExport.objects.across_partners().select_related("partner", "user")

    @admin.display(description=gettext_lazy("size"), ordering="size")
    def megabytes(self, export: PartnerExport) -> str:
        return filesizeformat(export.size) if export.size else ""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_GET(self.download_view))
        name = self.url_name("download").partition(":")[2]
        return [path("<uuid:pk>/download/", view, name=name), *super().get_urls()]

    def summary(self, request: HttpRequest, obj: PartnerExport) -> dict[str, Any]:
        return {"progress": progress(obj) if obj.is_under_way else ""}

    def summary_page(
        self,
        request: HttpRequest,
        obj: PartnerExport,
        status: int = 200,
        extra: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the page; while the worker has it, the browser asks again by itself."""
        response = super().summary_page(request, obj, status, extra)
        if obj.is_under_way:
            response["Refresh"] = str(RELOAD)
        return response

    def download_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Send the file, which is logged."""
        require(self.has_act_permission(request))
        export = self.load(request, pk)
        assert isinstance(request.user, User)
        try:
            pieces = download(export, by=request.user, at=timezone.now())
        except NoExport as error:
            return self.refused(request, export, str(error), ObjectActionForm(obj=export))
        response = StreamingHttpResponse(pieces, content_type="application/zip")
        name = f"{export.partner.slug}-{export.moved_at:%Y-%m-%d}.zip"
        response["Content-Disposition"] = content_disposition_header(True, name) or ""
        response["Content-Length"] = str(export.size)
        response["Cache-Control"] = "private, no-store"
        return response
