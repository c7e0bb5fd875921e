"""Partners that are being made: how far they are, and what went wrong (CHAN-20)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from portal.core.admin_actions import ObjectActionsAdmin
from portal.core.http import parse_uuid
from portal.core.staff_rights import StaffGroup
from portal.tenancy.models import Partner, PartnerCreation
from workspace.admin_forms import NewPartnerForm

# How often the page of one that is under way comes again by itself, in seconds.
RELOAD = 3


@admin.register(PartnerCreation)
class PartnerCreationAdmin(ObjectActionsAdmin[PartnerCreation]):
    """New partners, the latest first; what is ready leads to the partner."""

    group = StaffGroup.PARTNERS

    summary_template = "admin/partners/creation.html"
    list_display = ("name", "slug", "state", "user", "created_at", "moved_at")
    list_filter = ("state",)
    list_select_related = ("user",)
    search_fields = ("name__icontains", "slug__startswith")
    ordering = ("-created_at",)
    show_full_result_count = False
    actions = None

    def summary(self, request: HttpRequest, obj: PartnerCreation) -> dict[str, Any]:
        partner = Partner._default_manager.filter(pk=obj.made_id).first() if obj.made_id else None
        return {"partner": partner, "steps": PartnerCreation.State}

    def summary_page(
        self,
        request: HttpRequest,
        obj: PartnerCreation,
        status: int = 200,
        extra: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the page; while the worker has it, the browser asks again by itself."""
        response = super().summary_page(request, obj, status, extra)
        if obj.is_under_way:
            response["Refresh"] = str(RELOAD)
        return response


def form_of(failed: PartnerCreation) -> NewPartnerForm:
    """Return the form with what was typed, and the cause at its field."""
    form = NewPartnerForm(failed.data)
    form.is_valid()
    field = failed.cause_field if failed.cause_field in form.fields else None
    form.add_error(field, failed.cause)
    return form


def failed_attempt(text: str) -> PartnerCreation | None:
    """Return the attempt of an address that failed; None for any other."""
    pk = parse_uuid(text)
    if pk is None:
        return None
    return PartnerCreation.objects.filter(pk=pk, state=PartnerCreation.State.FAILED).first()
