"""Views over several apps: dashboard, switching the active customer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.active_customer import leave, switch_to
from customers.models import Customer
from customers.services import create_own_company
from orders.models import Order
from orders.queries import open_drafts, orders_by_state, recent_orders
from orders.rows import order_rows
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.models import Membership
from portal.core.forms import RefusalsAsMessages
from portal.core.http import parse_uuid
from portal.outbox.queries import anything_sent, undelivered
from support.models import ProblemReport
from support.queries import figures_for


def greeting(name: str) -> str:
    """Return a greeting for the partner's time of day: Good morning, Ida."""
    hour = timezone.localtime().hour
    if hour < 11:
        return _("Good morning, %s") % name
    return (_("Good afternoon, %s") if hour < 18 else _("Good evening, %s")) % name


def _beginning(request: PartnerRequest, order_total: int) -> dict[str, Any]:
    """Return what comes first where nothing was ordered yet, and whether nothing was ever sent."""
    person = request.membership
    if order_total:
        return {}
    others = Customer.objects.visible_to(person).active().filter(is_own_company=False)
    first = "order" if person.may("add_order") else ""
    if person.may("add_customer") and not others.exists():
        first = "customer"
    sends = person.may("manage_people")
    return {"first": first, "nothing_sent": sends and not anything_sent(request.partner)}


SEVERITY_BARS = {"1": "is-bad", "2": "is-warn", "3": "is-placed", "4": "is-off"}


def _reports(person: Membership) -> dict[str, Any]:
    """Return the figures of the open problem reports, for people who see reports (REG-33)."""
    if not person.may("view_report"):
        return {}
    figures = figures_for(person, now=timezone.now())
    url = reverse("support:list")
    labels = {
        value: str(label).partition(" – ")[0] for value, label in ProblemReport.Severity.choices
    }
    bars = [
        (labels[value], count, SEVERITY_BARS[value], f"{url}?severity={value}")
        for value, count in figures.by_severity.items()
    ]
    return {"reports": figures, "report_bar": bars}


@needs(customers=True)
@require_safe
def dashboard(request: PartnerRequest) -> HttpResponse:
    """Show the home page of a partner's people (ONB-24); lead a customer's people to theirs."""
    person = request.membership
    if person.customer_id is not None:
        return redirect("my:home")
    sees_orders = person.may("view_order")
    states = orders_by_state(person) if sees_orders else []
    recent = recent_orders(person) if sees_orders else []
    return render(
        request,
        "workspace/dashboard.html",
        {
            "greeting": greeting(request.user.get_short_name()),
            "states": [
                (label, count, css, order_state_url(state)) for state, count, css, label in states
            ],
            "order_total": sum(row[1] for row in states),
            "drafts": open_drafts(person) if person.may("add_order") else [],
            "recent": list(zip(recent, order_rows(recent), strict=True)),
            "assigned": []
            if sees_orders
            else list(Customer.objects.visible_to(person).active().order_by("sort_key")[:20]),
            "undelivered": undelivered(request.partner) if person.may("manage_people") else [],
            **_beginning(request, sum(row[1] for row in states)),
            **_reports(person),
            "own_missing": person.may("add_customer")
            and not Customer.objects.own_company().exists(),
        },
    )


def _after(request: HttpRequest, default: str) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return default


@needs()
@require_POST
def switch(request: PartnerRequest) -> HttpResponse:
    """Make a customer the active one and open its page (ACC-03, ORD-20)."""
    customer_id = parse_uuid(request.POST.get("customer", ""))
    visible = Customer.objects.visible_to(request.membership)
    customer = get_object_or_404(visible, pk=customer_id)
    if not customer.is_active:
        messages.error(
            request,
            _('"%(customer)s" is inactive and cannot be ordered for.')
            % {"customer": customer.name},
        )
        return redirect("customers:customer", customer.pk)
    switch_to(request, customer)
    messages.success(request, _("You are working for %s.") % customer.label)
    return HttpResponseRedirect(_after(request, reverse("customers:customer", args=[customer.pk])))


@needs()
@require_POST
def leave_customer(request: PartnerRequest) -> HttpResponse:
    """Stop working for a customer (ACC-03)."""
    leave(request)
    return HttpResponseRedirect(_after(request, reverse("workspace:dashboard")))


@needs("add_customer")
@require_POST
def make_own_company(request: PartnerRequest) -> HttpResponse:
    """Create the missing own-company customer (ORD-11)."""
    with RefusalsAsMessages(request):
        customer = create_own_company(at=timezone.now(), by=request.membership)
        messages.success(request, _("%s is there now.") % customer.label)
        return redirect("customers:customer", customer.pk)
    return redirect("workspace:dashboard")


def order_state_url(state: str) -> str:
    """Return the address of the order list of one state, for the bar on the dashboard."""
    return f"{reverse('orders:list')}?state={Order.State(state).value}"
