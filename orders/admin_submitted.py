"""The orders of all partners in one list for channel sales."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.admin_badges import (
    FamilyFilter,
    KindFilter,
    StateFilter,
    order_page,
    state_badge,
    two_prices,
    what_it_is,
)
from orders.models import Order
from orders.services.fulfilment import accept_order, provision_order
from portal.accounts.models import User
from portal.channel.models import DirectoryEntry, StaffAccess, SubmittedOrder
from portal.core.admin_actions import ReadOnlyAdmin
from portal.core.errors import RuleError
from portal.core.finding import Wanted
from portal.core.formats import day
from portal.core.staff_rights import StaffGroup
from portal.tenancy.context import in_partner


@admin.register(SubmittedOrder)
class SubmittedOrderAdmin(ReadOnlyAdmin[SubmittedOrder]):
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
    ordering = ("-submitted_at",)
    show_full_result_count = False
    actions = ("accept", "provision")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[SubmittedOrder]:
        return SubmittedOrder.objects.across_partners()

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
        return queryset.filter(
            Q(number__icontains=term)
            | Q(customer_number__startswith=term)
            | Q(customer_id__in=customers.values("pk"))
        ), False

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
        return state_badge(row.state, asked=row.cancel_requested)

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

    def _each(
        self,
        request: HttpRequest,
        rows: models.QuerySet[SubmittedOrder],
        key: str,
        service: Callable[..., Order],
    ) -> None:
        """Run one action on each selected order in its own partner's context.

        Each order succeeds or fails by itself, with a message each (D24).
        """
        assert isinstance(request.user, User)
        for row in rows.select_related("partner").order_by("submitted_at"):
            details = {"number": row.number, "partner": row.partner.name}
            status = 200
            try:
                with in_partner(row.partner):
                    service(row.order_id, at=timezone.localtime())
            except RuleError as error:
                details["error"], status = str(error), 409
                text = _("%(number)s of %(partner)s: %(error)s") % details
                self.message_user(request, text, messages.ERROR)
            else:
                text = _("%(number)s of %(partner)s: done.") % details
                self.message_user(request, text, messages.SUCCESS)
            StaffAccess.objects.create(
                partner=row.partner,
                user=request.user,
                at=timezone.now(),
                method="POST",
                path=order_page(row.partner, row.order_id, f"do/{key}/"),
                status=status,
                page="orders_order_action",
                action=key,
                object_label=str(row),
                changed=status == 200,
            )

    @admin.action(description=gettext_lazy("Accept"), permissions=["act"])
    def accept(self, request: HttpRequest, chosen: models.QuerySet[SubmittedOrder]) -> None:
        self._each(request, chosen, "accept", accept_order)

    @admin.action(description=gettext_lazy("Start provisioning"), permissions=["act"])
    def provision(self, request: HttpRequest, chosen: models.QuerySet[SubmittedOrder]) -> None:
        self._each(request, chosen, "provision", provision_order)
