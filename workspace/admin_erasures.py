"""Erasures of partners: when each is due, and how to cancel it (CHAN-25)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.core.admin_actions import ObjectAction, ObjectActionsAdmin
from portal.core.staff_rights import StaffGroup
from portal.tenancy.models import PartnerErasure
from workspace.admin_forms import ReasonForm
from workspace.erasing import TooLate, cancel_erasure


def _cancel(request: HttpRequest, erasure: PartnerErasure, data: Mapping[str, Any]) -> str:
    assert isinstance(request.user, User)
    cancel_erasure(erasure, reason=data["reason"], by=request.user, at=timezone.now())
    return _("%(partner)s is not erased. It is still suspended.") % {"partner": erasure}


@admin.register(PartnerErasure)
class PartnerErasureAdmin(ObjectActionsAdmin[PartnerErasure]):
    """Erasures, those that come next first; the rows stay when the partner is gone."""

    group = StaffGroup.PARTNERS

    summary_template = "admin/partners/erasure.html"
    list_display = (
        "partner_name",
        "slug",
        "user",
        "asked_at",
        "due_at",
        "cancelled_at",
        "done_at",
        "reason",
    )
    list_select_related = ("user",)
    search_fields = ("partner_name__icontains", "slug__startswith")
    ordering = ("-due_at",)
    show_full_result_count = False
    actions = None
    object_actions = {
        "cancel": ObjectAction(
            label=gettext_lazy("Cancel the erasure"),
            title=lambda erasure: (
                _("Cancel the erasure of %(partner)s?") % {"partner": erasure.partner_name}
            ),
            run=_cancel,
            form=ReasonForm,
            why_not=lambda erasure: "" if erasure.is_open else str(TooLate()),
            explain=lambda erasure: [_("The partner stays as it is, suspended.")],
            primary=True,
        )
    }
