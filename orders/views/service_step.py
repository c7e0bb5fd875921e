"""Step 2 of an order that changes or ends what runs (D16, ORD-51)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.credit import exceeded_in_words
from orders.families.changing import services_form_of
from orders.forms.services import ServicesForm
from orders.http import OrderRequest, require_version
from orders.marks import marks_of
from orders.models import Order
from orders.services.service_lines import end_zeros, running_services, save_service_lines
from orders.views.stale import ShowStale, saved_services, services_rows
from orders.views.step_parts import credit_url, step_context
from portal.core.http import form_data


def services_step(request: OrderRequest) -> HttpResponse:
    """Show step 2 of a change or a termination: the services that run."""
    order = request.order
    running = running_services(order)
    marks = marks_of(order.customer, without=order)
    form = services_form_of(order)(form_data(request), order=order, services=running, marks=marks)
    shown = ShowStale(
        request,
        form,
        mine=lambda: services_rows(running, form.totals(), form.details()),
        theirs=lambda saved: saved_services(running, saved),
    )
    rebuilt = form.rebuilt(request.POST.get("then", "")) if form.is_bound else None
    if rebuilt is not None:
        form = rebuilt
    elif request.method == "POST":
        with shown:
            version = require_version(order, request.POST)
            if form.is_valid():
                return _saved(request, form, version)
    return _page(request, form, shown)


def _page(request: OrderRequest, form: ServicesForm, shown: ShowStale) -> HttpResponse:
    order, customer = request.order, request.order.customer
    is_change = order.kind == Order.Kind.CHANGE
    context = {
        **step_context(request, 1),
        "form": form,
        "services": form.services,
        "may_go_on": bool(form.open_services()),
        "sums": is_change and bool(form.services) and request.membership.may("view_prices"),
        "totals": form.sums(),
        "zeros": form.zeros(),
        "exceeded": exceeded_in_words("{need}", customer.credit_available, customer.credit_limit),
        "new_url": f"{reverse('orders:start', args=[order.family])}?customer={customer.pk}",
        "credit_url": credit_url(request, shown.error),
        **shown.context,
    }
    return render(request, "orders/step_services.html", context, status=shown.status)


def _saved(request: OrderRequest, form: ServicesForm, version: int) -> HttpResponse:
    """Save a valid step 2, and begin a termination of what stands at 0 if it was asked for."""
    order, at, totals = request.order, timezone.now(), form.totals()
    details = form.details()
    if not form.ends_zeros or not form.zeros():
        save_service_lines(order.pk, version=version, totals=totals, details=details, at=at)
        return redirect("orders:review", order.pk)
    ending, kept = end_zeros(
        order.pk, version=version, totals=totals, details=details, by=request.membership, at=at
    )
    text = _("This termination ends what stood at 0.")
    if kept is not None:
        text = f"{text} {_('The other changes are kept in draft %s.') % kept.number}"
    messages.success(request, text)
    return redirect("orders:review", ending.pk)
