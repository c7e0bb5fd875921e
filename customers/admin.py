"""Admin pages of a partner's customers: read-only, with the actions of channel sales."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin_actions import ACTIONS
from customers.admin_forms import NewCustomerForm
from customers.badges import customer_state
from customers.models import Customer, FamilyClearance
from customers.onboarding import admin as onboarding_admin  # noqa: F401  registers its own
from customers.registrations import admin as registrations_admin  # noqa: F401  likewise
from customers.services import create_customer, create_own_company
from portal.core.admin_actions import (
    ObjectActionForm,
    ObjectActionsAdmin,
    ReadOnlyAdmin,
)
from portal.core.admin_sites import partner_site
from portal.core.errors import RuleError
from portal.core.formats import amount
from portal.core.forms import show_refusal
from portal.core.staff_rights import StaffGroup, may, require
from portal.core.templatetags.kontor import state as state_tag
from portal.history.queries import timeline_of_customer
from portal.tenancy.context import require_partner


@admin.register(Customer, site=partner_site)
class CustomerAdmin(ObjectActionsAdmin[Customer]):
    """The customers of one partner; ``orders`` adds the action that changes the rate plan."""

    group = StaffGroup.ORDERS
    object_actions = ACTIONS
    summary_template = "admin/customers/customer/summary.html"
    change_list_template = "admin/customers/customer/change_list.html"
    list_display = (
        "number",
        "name",
        "type",
        "city",
        "rate_plan",
        "limit_shown",
        "used_shown",
        "state_shown",
    )
    list_display_links = ("number", "name")
    list_filter = ("is_active", "lifecycle", "type", "rate_plan", "is_own_company")
    list_select_related = ("rate_plan",)
    search_fields = ("name__icontains", "number__startswith", "city__icontains")
    search_help_text = gettext_lazy("Name, number or town")
    ordering = ("sort_key", "id")
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Return whether staff may create customers: those for SIP trunks are theirs (ORD-13)."""
        return may(request.user, self.group)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.own_company_view)
        name = "customers_customer_own_company"
        return [path("own-company/", view, name=name), *super().get_urls()]

    @admin.display(description=gettext_lazy("credit limit"), ordering="credit_limit")
    def limit_shown(self, customer: Customer) -> str:
        return amount(customer.credit_limit)

    @admin.display(description=gettext_lazy("in use"), ordering="credit_committed")
    def used_shown(self, customer: Customer) -> str:
        return f"{customer.credit_percent} %"

    @admin.display(description=gettext_lazy("state"), ordering="is_active")
    def state_shown(self, customer: Customer) -> SafeString:
        return state_tag(*customer_state(customer))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Customer]:
        return Customer.objects.all()

    def load(self, request: HttpRequest, pk: object) -> Customer:
        customer = super().load(request, pk)
        return Customer.objects.select_related("rate_plan", "business_type").get(pk=customer.pk)

    def summary(self, request: HttpRequest, obj: Customer) -> dict[str, Any]:
        partner = require_partner()
        return {
            "title": obj.name,
            "customer": obj,
            "state_badge": state_tag(*customer_state(obj)),
            "currency": partner.currency,
            "limit": amount(obj.credit_limit),
            "used": amount(obj.credit_committed),
            "free": amount(obj.credit_available),
            "domains": obj.domains.order_by("domain"),
            "contacts": obj.contacts.order_by("-is_primary", "last_name", "id"),
            "sites": obj.sites.order_by("name"),
            "clearances": obj.clearances.order_by("family", "-granted_at"),
            "timeline": timeline_of_customer(obj.pk, limit=30),
        }

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_add = self.has_add_permission(request)
        missing = may_add and not Customer.objects.own_company().exists()
        return super().changelist_view(request, {"own_missing": missing, **(extra_context or {})})

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Create a customer through the register's own service, with all of its rules."""
        require(self.has_add_permission(request))
        form = NewCustomerForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = create_customer(at=timezone.now(), by=None, **form.cleaned_data)
            except RuleError as error:
                show_refusal(form, error)
            else:
                self.log_addition(request, made, _("Created"))
                text = _("%(customer)s is created.") % {"customer": made.label}
                messages.success(request, text)
                return redirect(self.page_of(made))
        return self.form_page(
            request,
            form,
            title=_("Create customer"),
            submit=_("Create customer"),
            back="../",
        )

    def own_company_view(self, request: HttpRequest) -> HttpResponse:
        """Create the own-company customer if it is missing (ORD-11)."""
        require(self.has_add_permission(request))
        form = ObjectActionForm(request.POST if request.method == "POST" else None, obj=None)
        partner = require_partner()
        if request.method == "POST":
            try:
                made = create_own_company(at=timezone.now(), by=None)
            except RuleError as error:
                form.full_clean()
                show_refusal(form, error)
            else:
                self.log_addition(request, made, _("Created"))
                text = _("%(customer)s is created.") % {"customer": made.label}
                messages.success(request, text)
                return redirect(self.page_of(made))
        return self.form_page(
            request,
            form,
            title=_("Create the own-company customer of %(partner)s?") % {"partner": partner.name},
            submit=_("Create the own-company customer"),
            back="../",
        )


@admin.register(FamilyClearance, site=partner_site)
class FamilyClearanceAdmin(ReadOnlyAdmin[FamilyClearance]):
    """Clearances, read-only; they are granted and revoked on the customer's page."""

    list_display = ("customer", "family", "granted_at", "granted_by", "revoked_at")
    list_display_links = None
    list_filter = ("family", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("customer",)
    search_fields = ("customer__name__icontains", "customer__number__startswith")
    ordering = ("-granted_at", "id")
    actions = None
