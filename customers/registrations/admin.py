"""Registrations for channel sales: a queue of all partners, each in its partner's admin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import CustomerRegistration
from customers.registrations import admin_desk  # noqa: F401  adds its figure
from customers.registrations.admin_actions import ACTIONS
from customers.registrations.states import CSS
from portal.catalog.models import Family
from portal.channel.models import DirectoryEntry, RegistrationRow
from portal.channel.services import holder_of
from portal.core.admin_actions import (
    ObjectActionsAdmin,
    ReadOnlyAdmin,
)
from portal.core.admin_filters import ChoiceFilter
from portal.core.admin_sites import partner_site
from portal.core.formats import with_currency
from portal.core.staff_rights import StaffGroup
from portal.core.templatetags.kontor import moment
from portal.core.templatetags.kontor import state as state_tag
from portal.files.models import Kind
from portal.files.services import as_download
from portal.history.queries import timeline_of
from portal.tenancy.context import require_partner
from portal.tenancy.models import Partner

STATES = dict(CustomerRegistration.State.choices)


def registration_page(partner: Partner, registration_id: object) -> str:
    """Return the address of a registration in its partner's admin."""
    model = "customers/customerregistration"
    return f"/admin/p/{partner.slug}/{model}/{registration_id}/change/"


def badge(state: str) -> SafeString:
    """Return a registration's state as a dot and a word."""
    return state_tag(CSS[state], str(STATES[state]))


class StateFilter(ChoiceFilter):
    """The filter by state, in words."""

    title = gettext_lazy("state")
    parameter_name = "state"
    choices_of = list(CustomerRegistration.State.choices)


@admin.register(RegistrationRow)
class RegistrationRowAdmin(ReadOnlyAdmin[RegistrationRow]):
    """The registrations of all partners: those to decide first, the oldest of these first."""

    list_display = ("customer_link", "partner", "family_shown", "state_shown", "asked", "sent")
    list_display_links = None
    list_filter = ("is_open", StateFilter, "partner")
    list_select_related = ("partner",)
    search_fields = ("customer_name__icontains", "customer_number__startswith")
    search_help_text = gettext_lazy("Name or number of the customer")
    ordering = ("-is_open", "submitted_at")
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[RegistrationRow]:
        return RegistrationRow.objects.across_partners()

    @admin.display(description=gettext_lazy("customer"), ordering="customer_name")
    def customer_link(self, row: RegistrationRow) -> SafeString:
        url = registration_page(row.partner, row.registration_id)
        kind = _("new customer") if row.is_new else _("in the register")
        return format_html('<a href="{}">{}</a><br><span class="quiet">{}</span>', url, row, kind)

    @admin.display(description=gettext_lazy("family"), ordering="family")
    def family_shown(self, row: RegistrationRow) -> str:
        return str(Family(row.family).label)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, row: RegistrationRow) -> SafeString:
        return badge(row.state)

    @admin.display(description=gettext_lazy("channels, credit limit"), ordering="channels")
    def asked(self, row: RegistrationRow) -> SafeString:
        limit = row.credit_limit
        money = with_currency(limit, row.partner.currency) if limit is not None else "–"
        return format_html("{}<br>{}", row.channels, money)

    @admin.display(description=gettext_lazy("sent"), ordering="submitted_at")
    def sent(self, row: RegistrationRow) -> str:
        return moment(row.submitted_at)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Redirect to the registration in its partner's admin."""
        row = self.get_object(request, object_id)
        if row is None:
            return HttpResponseRedirect("/admin/channel/registrationrow/")
        return HttpResponseRedirect(registration_page(row.partner, row.registration_id))


@admin.register(CustomerRegistration, site=partner_site)
class CustomerRegistrationAdmin(ObjectActionsAdmin[CustomerRegistration]):
    """One partner's registrations, each with the decision (CHAN-02)."""

    group = StaffGroup.ORDERS
    object_actions = ACTIONS
    summary_template = "admin/customers/customerregistration/summary.html"
    list_display = ("name", "number", "family", "state_shown", "created_at")
    search_fields = ("name__icontains", "number__startswith")
    ordering = ("-created_at",)
    show_full_result_count = False
    actions = None

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, row: CustomerRegistration) -> SafeString:
        return badge(row.state)

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the file."""
        view = self.admin_site.admin_view(self.file_view)
        name = "customers_customerregistration_file"
        return [path("<uuid:pk>/file/", view, name=name), *super().get_urls()]

    def file_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Return the file of a registration as a download."""
        file = getattr(self.load(request, pk), "file", None)
        if file is None:
            raise Http404
        return as_download(bytes(file.content), name=file.name, kind=Kind(file.kind))

    def summary(self, request: HttpRequest, obj: CustomerRegistration) -> dict[str, Any]:
        partner = require_partner()
        holder = holder_of(obj.name) if obj.is_open and obj.customer is None else None
        file = getattr(obj, "file", None)
        return {
            "title": _("Registration of %(customer)s") % {"customer": obj.customer_label},
            "registration": obj,
            "customer": obj.customer,
            "state_badge": badge(obj.state),
            "credit_limit": with_currency(obj.credit_limit, partner.currency)
            if obj.credit_limit is not None
            else "",
            "holder": holder,
            "holder_url": self._page_of_holder(holder) if holder else "",
            "file": file,
            "file_size": filesizeformat(file.size) if file is not None else "",
            "timeline": timeline_of(obj),
        }

    @staticmethod
    def _page_of_holder(holder: DirectoryEntry) -> str:
        return f"/admin/p/{holder.partner.slug}/customers/customer/{holder.pk}/change/"
