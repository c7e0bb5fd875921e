"""The customer's page: all that belongs to one customer, from several apps (REG-01, REG-12)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers.active_customer import active_customer
from customers.custom_values import shown_values
from customers.forms.register import PlanForm, TypeForm
from customers.http import CustomerRequest, load_customer
from customers.models import Assignment, may_change
from customers.rows import customer_state
from customers.views.files import files_context
from customers.views.register import may_change_this
from orders.models import Service
from orders.queries import orders_for_list
from orders.rows import order_rows
from orders.services.customer_changes import change_customer_type, change_rate_plan, plan_preview
from portal.accounts.access import needs
from portal.catalog.models import Family, RatePlan
from portal.core.errors import RuleError
from portal.history.queries import timeline_of_customer
from quotes.overview import quote_rows, quotes_for_list

SHOWN = 10
GET_POST = require_http_methods(["GET", "HEAD", "POST"])


def _running(request: CustomerRequest) -> list[dict[str, Any]]:
    """Running services by family, for the customer's page."""
    services = Service.objects.filter(customer=request.customer, ended_on__isnull=True)
    groups: dict[str, dict[str, Any]] = {}
    for service in services.order_by("family", "product_name", "started_on"):
        group = groups.setdefault(
            service.family,
            {"family": service.family, "label": Family(service.family).label, "services": []},
        )
        group["services"].append(service)
    return list(groups.values())


def _people_and_places(request: CustomerRequest) -> dict[str, Any]:
    """The first ten contacts and sites, or all when asked for (REG-14)."""
    asked, customer = request.GET.get("all"), request.customer
    contacts = list(
        customer.contacts.filter(erased_at__isnull=True).order_by(
            "-is_primary", "last_name", "first_name"
        )
    )
    sites = list(customer.sites.order_by("name"))
    return {
        "contacts": contacts if asked == "contacts" else contacts[:SHOWN],
        "contact_count": len(contacts),
        "more_contacts": len(contacts) > SHOWN and asked != "contacts",
        "sites": sites if asked == "sites" else sites[:SHOWN],
        "site_count": len(sites),
        "more_sites": len(sites) > SHOWN and asked != "sites",
    }


@needs(load=load_customer, of="customer")
@require_safe
def customer_page(request: CustomerRequest) -> HttpResponse:
    """One customer, while this one, another one or none is active (ACC-22)."""
    customer, person = request.customer, request.membership
    css, word = customer_state(customer)
    show_all = request.GET.get("all") == "orders"
    orders = []
    order_count = 0
    if person.may("view_order"):
        mine = orders_for_list(person).filter(customer=customer)
        order_count = mine.count()
        rows = mine.order_by("-created_at", "-pk")
        orders = order_rows(rows if show_all else rows[:SHOWN])
    all_quotes = request.GET.get("all") == "quotes"
    quotes = quotes_for_list(person).filter(customer=customer).order_by("-created_at", "-pk")
    quote_count = quotes.count() if person.may("view_quote") else 0
    cleared = {row.family for row in customer.clearances.filter(revoked_at__isnull=True)}
    assigned = Assignment.objects.filter(customer=customer).select_related(
        "membership__user", "membership__role", "membership__team"
    )
    active = active_customer(request)
    context = {
        "customer": customer,
        "state": (css, word),
        "cleared": [Family(code).label for code in Family.values if code in cleared],
        "custom": shown_values(customer, person),
        "domains": list(customer.domains.order_by("domain")),
        **_people_and_places(request),
        "assigned": [str(row.membership) for row in assigned],
        "responsible": [row.membership for row in assigned],
        "may_assign": person.may("assign_customer"),
        "may_grant": person.may("manage_people"),
        "orders": orders,
        "order_count": order_count,
        "quotes": quote_rows(quotes if all_quotes else quotes[:SHOWN]) if quote_count else [],
        "quote_count": quote_count,
        "more_quotes": quote_count > SHOWN and not all_quotes,
        "sees_quotes": person.may("view_quote"),
        "may_quote": person.may("change_quote")
        and customer.is_active
        and not customer.is_own_company,
        "may_send": person.may("send_confirmation"),
        "may_progress": person.may("progress_quote"),
        "sees_orders": person.may("view_order"),
        "more_orders": order_count > SHOWN and not show_all,
        "running": _running(request) if person.may("view_order") else [],
        "timeline": timeline_of_customer(customer.pk, prices=person.may("view_prices")),
        "other_active": active if active is not None and active.pk != customer.pk else None,
        "is_active_customer": active is not None and active.pk == customer.pk,
        "prices": person.may("view_prices"),
        "currency": request.partner.currency,
        "may_change": may_change(customer, person),
        "may_credit": person.may("set_credit"),
        "may_delete": person.may("delete_customer"),
        "may_order": person.may("add_order"),
        **files_context(request),
    }
    return render(request, "customers/customer.html", context)


@needs(load=load_customer, of="customer", allow=may_change_this)
@GET_POST
def change_type(request: CustomerRequest) -> HttpResponse:
    """Normal or residential (ACC-05, ACC-08)."""
    customer = request.customer
    form = TypeForm(request.POST or None, initial={"type": customer.type})
    if request.method == "POST" and form.is_valid():
        try:
            change_customer_type(customer, form.cleaned_data["type"], at=timezone.now())
        except RuleError as error:
            form.add_error("type", str(error))
        else:
            messages.success(request, _("%s was saved.") % customer.label)
            return redirect("home:customer", customer.pk)
    return render(request, "customers/type.html", {"form": form, "customer": customer})


@needs("set_credit", load=load_customer, of="customer", allow=may_change_this)
@GET_POST
def change_plan(request: CustomerRequest) -> HttpResponse:
    """Another rate plan: first what it changes now, then the change (ACC-14)."""
    customer = request.customer
    form = PlanForm(request.POST or None, initial={"rate_plan": customer.rate_plan_id})
    preview: list[dict[str, object]] = []
    plan: RatePlan | None = None
    if request.method == "POST" and form.is_valid():
        plan = form.cleaned_data["rate_plan"]
        assert plan is not None
        preview = plan_preview(customer, plan, at=timezone.now())
        if request.POST.get("confirmed") == str(plan.pk):
            try:
                change_rate_plan(customer, plan, by=request.membership, at=timezone.now())
            except RuleError as error:
                form.add_error("rate_plan", str(error))
            else:
                messages.success(
                    request,
                    _("%(customer)s has the rate plan %(plan)s now.")
                    % {"customer": customer.label, "plan": plan.name},
                )
                return redirect("home:customer", customer.pk)
    context = {
        "form": form,
        "customer": customer,
        "plan": plan,
        "preview": preview,
        "currency": request.partner.currency,
    }
    return render(request, "customers/plan.html", context)
