"""What channel sales sees across partners: all customers, and who of staff looked at what."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.channel import admin_desk  # noqa: F401  adds its charts
from portal.channel.accesses import sentence
from portal.channel.admin_names import NameQuestionAdmin
from portal.channel.admin_notices import StaffNoticeAdmin
from portal.channel.admin_prices import PriceAnnouncementAdmin
from portal.channel.finding import find_anywhere
from portal.channel.models import DirectoryEntry, StaffAccess
from portal.core.admin_actions import ReadOnlyAdmin
from portal.core.finding import Wanted
from portal.core.templatetags.kontor import moment

__all__ = [
    "DirectoryEntryAdmin",
    "NameQuestionAdmin",
    "PriceAnnouncementAdmin",
    "StaffAccessAdmin",
    "StaffNoticeAdmin",
]


@admin.register(DirectoryEntry)
class DirectoryEntryAdmin(ReadOnlyAdmin[DirectoryEntry]):
    """The customers of all partners, searched by a part of the name or the start of the number."""

    list_display = ("name_link", "number", "town", "partner", "is_active", "is_own_company")
    list_display_links = None
    list_filter = ("partner", "is_active", "is_own_company")
    list_select_related = ("partner",)
    search_fields = ("name_key",)
    search_help_text = gettext_lazy("A part of the name, or the beginning of the customer number")
    ordering = ("name_key",)
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[DirectoryEntry]:
        return DirectoryEntry.objects.across_partners()

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the suggestions."""
        view = self.admin_site.admin_view(self.find_view)
        return [path("find/", view, name="channel_directoryentry_find"), *super().get_urls()]

    def find_view(self, request: HttpRequest) -> HttpResponse:
        """Return suggestions while a member of staff types (CHAN-41)."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        text = request.GET.get("q", "").replace("\x00", "")[:200]
        wanted = Wanted(text)
        results = []
        for found in find_anywhere(text):
            rest = ", ".join(filter(None, (found.number, found.town, found.partner)))
            tags = [] if found.is_active else [{"tone": "", "label": _("Inactive")}]
            shown = [wanted.pieces(found.name), wanted.pieces(rest)]
            results.append({"url": found.url, "shown": shown, "tags": tags})
        return JsonResponse({"results": results})

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: models.QuerySet[DirectoryEntry],
        search_term: str,
    ) -> tuple[models.QuerySet[DirectoryEntry], bool]:
        """Search by the indexes of name and number, taking wildcards literally."""
        wanted = Wanted(search_term)
        if not wanted:
            return queryset, False
        by_number = Q(number__startswith=search_term.strip())
        return queryset.filter(wanted.q("find_key") | by_number), False

    @staticmethod
    def page_of(row: DirectoryEntry) -> str:
        return f"/admin/p/{row.partner.slug}/customers/customer/{row.pk}/change/"

    @admin.display(description=gettext_lazy("name"), ordering="name_key")
    def name_link(self, row: DirectoryEntry) -> SafeString:
        return format_html('<a href="{}">{}</a>', self.page_of(row), row.name)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Redirect to the customer in the admin of its partner."""
        row = self.get_object(request, object_id)
        page = self.page_of(row) if row is not None else "/admin/channel/directoryentry/"
        return HttpResponseRedirect(page)


@admin.register(StaffAccess)
class StaffAccessAdmin(ReadOnlyAdmin[StaffAccess]):
    """Which member of staff looked at or changed what of a partner, and when."""

    list_display = ("when", "user", "partner", "what", "reason", "outcome")
    list_display_links = None
    list_filter = (("at", admin.DateFieldListFilter), "partner", "changed")
    list_select_related = ("partner", "user")
    search_fields = ("user__email__startswith", "reason__icontains", "object_label__icontains")
    ordering = ("-at",)
    show_full_result_count = False
    actions = None

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, access: StaffAccess) -> str:
        return moment(access.at)

    @admin.display(description=gettext_lazy("what"))
    def what(self, access: StaffAccess) -> str:
        return sentence(access)

    @admin.display(description=gettext_lazy("changed"), ordering="changed")
    def outcome(self, access: StaffAccess) -> str:
        return _("changed") if access.changed else ""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[StaffAccess]:
        return StaffAccess.objects.across_partners()
