"""The orders of all partners in one list for channel sales."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from orders.admin_asking import BulkAsking
from orders.admin_badges import (
    FamilyFilter,
    KindFilter,
    StateFilter,
    state_badge,
    two_prices,
    what_it_is,
)
from orders.admin_queue import OVERDUE, QueueFilter, order_of_list, with_overdue
from orders.emails import order_page
from portal.channel.admin_views import SavedViewsAdmin
from portal.channel.models import DirectoryEntry, SubmittedOrder
from portal.core.admin_pages import MOST
from portal.core.finding import Wanted
from portal.core.formats import day
from portal.core.staff_rights import StaffGroup


@admin.register(SubmittedOrder)
class SubmittedOrderAdmin(SavedViewsAdmin[SubmittedOrder], BulkAsking):
    """The orders of all partners: channel sales' work list."""

    group = StaffGroup.ORDERS
    list_display = (
        "number_link",
        "customer_shown",
        "what",
        "state_shown",
        "prices",
        "dates",
    )
    list_display_links = None
    list_filter = (
        QueueFilter,
        StateFilter,
        "cancel_requested",
        "partner",
        FamilyFilter,
        KindFilter,
        ("submitted_at", admin.DateFieldListFilter),
    )
    list_select_related = ("partner",)
    search_fields = ("number",)
    search_help_text = gettext_lazy("Number of the order, name or number of the customer")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[SubmittedOrder]:
        return with_overdue(SubmittedOrder.objects.across_partners(), timezone.localtime())

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return order_of_list(request)

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: models.QuerySet[SubmittedOrder],
        search_term: str,
    ) -> tuple[models.QuerySet[SubmittedOrder], bool]:
        """Search by a part of the order's number, and by the customer as the directory does."""
        wanted = Wanted(search_term)
        if not wanted:
            return queryset, False
        term = search_term.strip()
        customers = DirectoryEntry.objects.across_partners().filter(wanted.q("find_key"))
        # Each way by its own index, and no more of it than can be paged through (CHAN-40).
        ways = [
            queryset.filter(way).order_by("-submitted_at").values("pk")[:MOST]
            for way in (
                Q(number__icontains=term),
                Q(customer_number__startswith=term),
                Q(customer_id__in=customers.values("pk")),
            )
        ]
        return queryset.filter(pk__in=ways[0].union(*ways[1:])), False

    @admin.display(description=gettext_lazy("order"), ordering="number")
    def number_link(self, row: SubmittedOrder) -> SafeString:
        url = order_page(row.partner, row.order_id)
        return format_html('<a href="{}">{}</a>', url, row.number)

    @admin.display(description=gettext_lazy("customer, partner"), ordering="customer_name")
    def customer_shown(self, row: SubmittedOrder) -> SafeString:
        customer = f"{row.customer_name}, {row.customer_number}"
        return format_html('{}<br><span class="quiet">{}</span>', customer, row.partner)

    @admin.display(description=gettext_lazy("family"), ordering="family")
    def what(self, row: SubmittedOrder) -> str:
        return what_it_is(row.family, row.kind)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, row: SubmittedOrder) -> SafeString:
        overdue = OVERDUE.get(str(row.__dict__.get("overdue", "")))
        return state_badge(row.state, asked=row.cancel_requested, overdue=overdue)

    @admin.display(description=gettext_lazy("one-off, monthly"), ordering="monthly")
    def prices(self, row: SubmittedOrder) -> SafeString:
        return two_prices(row)

    @admin.display(description=gettext_lazy("submitted, start"), ordering="submitted_at")
    def dates(self, row: SubmittedOrder) -> SafeString:
        submitted = day(row.submitted_at.astimezone(row.partner.tz).date())
        return format_html("{}<br>{}", submitted, day(row.start_date))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Redirect to the order in its partner's admin."""
        row = self.get_object(request, object_id)
        if row is None:
            return HttpResponseRedirect("/admin/channel/submittedorder/")
        return HttpResponseRedirect(order_page(row.partner, row.order_id))
