"""The admin of a partner's orders; those of all partners are in `orders.admin_submitted`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from orders import admin_desk  # noqa: F401  adds its figures
from orders.admin_actions import ACTIONS, cancel_asked
from orders.admin_badges import (
    FamilyFilter,
    KindFilter,
    StateFilter,
    state_badge,
    two_prices,
    what_it_is,
)
from orders.admin_bulk import BulkActAdmin
from orders.admin_submitted import SubmittedOrderAdmin
from orders.authority import porting_of
from orders.conversation import files_of, said_about
from orders.details import detail_rows
from orders.goods import goods_rows
from orders.models import Order
from orders.rows import lines_context
from orders.seen import Seen, changes_since
from orders.terms import early_endings
from orders.wording import day_label, done_label, title_of
from portal.catalog.models import Family
from portal.core.admin_actions import ObjectActionsAdmin
from portal.core.admin_sites import partner_site
from portal.core.formats import amount, day
from portal.core.staff_rights import StaffGroup, require
from portal.core.templatetags.kontor import moment
from portal.files.models import Attachment
from portal.files.services import served
from portal.history.queries import timeline_of
from portal.outbox.queries import emails_about
from portal.tenancy.context import require_partner

__all__ = ["BulkActAdmin", "OrderAdmin", "SubmittedOrderAdmin"]


@admin.register(Order, site=partner_site)
class OrderAdmin(ObjectActionsAdmin[Order]):
    """One partner's placed orders; each page has what provisioning needs."""

    group = StaffGroup.ORDERS
    object_actions = ACTIONS
    summary_template = "admin/orders/order/summary.html"
    list_display = (
        "number",
        "customer",
        "what",
        "state_shown",
        "prices",
        "dates",
    )
    list_filter = (
        StateFilter,
        FamilyFilter,
        KindFilter,
        ("submitted_at", admin.DateFieldListFilter),
    )
    list_select_related = ("customer",)
    search_fields = (
        "number__startswith",
        "customer__name__icontains",
        "customer__number__startswith",
        "reference__icontains",
        "po_number__icontains",
    )
    search_help_text = gettext_lazy("Number of the order, customer, reference")
    ordering = ("-submitted_at",)
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Order]:
        """Return what the partner placed; drafts that were never submitted stay invisible."""
        return Order.objects.filter(submitted_at__isnull=False)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, order: Order) -> SafeString:
        return state_badge(order.state, asked=order.has_open_request)

    @admin.display(description=gettext_lazy("family"), ordering="family")
    def what(self, order: Order) -> str:
        return what_it_is(order.family, order.kind)

    @admin.display(description=gettext_lazy("one-off, monthly"), ordering="monthly")
    def prices(self, order: Order) -> SafeString:
        return two_prices(order)

    @admin.display(description=gettext_lazy("submitted, start"), ordering="submitted_at")
    def dates(self, order: Order) -> SafeString:
        return format_html("{}<br>{}", moment(order.submitted_at), day(order.start_date))

    def load(self, request: HttpRequest, pk: object) -> Order:
        order = super().load(request, pk)
        related = ("customer", "contact", "site", "submitted_by__user")
        asked = ("cancel_asked_for", "cancel_asked_by__user")
        return Order.objects.select_related(*related, *asked).get(pk=order.pk)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file_view)
        address = path("<uuid:pk>/file/<uuid:file_id>/", view, name="orders_order_file")
        return [address, *super().get_urls()]

    def file_view(self, request: HttpRequest, pk: UUID, file_id: UUID) -> HttpResponse:
        """Return a file of a message, or a letter of authority, as a download (CHAN-14, ORD-58)."""
        require(self.has_view_permission(request))
        order = self.load(request, pk)
        found = (files_of(order) | Attachment.objects.about(order)).select_related("content")
        return served(get_object_or_404(found, pk=file_id))

    def _early(self, order: Order) -> list[str]:
        """Return what ending its services means for terms that run longer (ORD-56)."""
        if not order.ends_services or order.start_date is None or not order.is_live:
            return []
        lines = order.lines.select_related("service__product").order_by("position")
        return early_endings(lines, day=order.start_date, prices=True)

    def changes_since(self, obj: Order, form: forms.Form) -> list[str]:
        """Return what changed since the act's page was opened (CHAN-12)."""
        return changes_since(Seen.unsealed(form.data.get("seen", "")), obj)

    def summary(self, request: HttpRequest, obj: Order) -> dict[str, Any]:
        partner = require_partner()
        customer = obj.customer
        lines = list(obj.lines.select_related("product", "service").order_by("position"))
        return {
            "title": title_of(obj),
            "order": obj,
            "customer": customer,
            "state_badge": state_badge(obj.state),
            "family": Family(obj.family).label,
            **lines_context(obj, lines),
            "heading": title_of(obj),
            "day_label": day_label(obj),
            "done_label": done_label(obj),
            "one_off": amount(obj.one_off),
            "monthly": amount(obj.monthly),
            "credit": {
                "limit": amount(customer.credit_limit),
                "used": amount(customer.credit_committed),
            },
            "details": [*detail_rows(obj), *goods_rows(obj, lines)],
            "porting": porting_of(obj, may_add=False),
            "early": self._early(obj),
            "asked": cancel_asked(obj),
            "receivers": obj.chosen_receivers(),
            "said": said_about(obj),
            "timeline": timeline_of(obj),
            "emails": emails_about(partner, obj)[:20],
            "recreated_from": obj.recreated_from,
        }
