"""Step 2 of an order: products, or the services that run."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import may_change
from orders.credit import CreditExceeded, exceeded_in_words
from orders.details import detail_rows
from orders.families import FORMS
from orders.families.base import FamilyForm
from orders.forms.services import ServicesForm
from orders.http import OrderRequest, load_form_of_order, require_version
from orders.models import Order, Service
from orders.services.checks import is_cleared
from orders.services.drafts import save_products, save_service_lines
from orders.views.gone import no_longer, of_draft
from orders.views.stale import (
    Rows,
    ShowStale,
    products_row,
    saved_products,
    services_rows,
    step_token,
)
from orders.views.waiting import of_cleared, register_url
from orders.views.wizard import steps
from portal.accounts.access import needs
from portal.core.errors import RuleError, WrongState
from portal.core.http import form_data, get_or_post


def today() -> Any:
    """Return the date in the partner's time zone (D20)."""
    return timezone.localdate()


@needs("add_order", load=load_form_of_order, of="order")
@get_or_post
@of_draft
@of_cleared
def products(request: OrderRequest) -> HttpResponse:
    """Show step 2: what is ordered, by the family's own form."""
    order = request.order
    if order.kind != Order.Kind.NEW:
        return _services_step(request)
    parks = request.POST.get("then") == "draft"
    form = FORMS[order.family](form_data(request), order=order, today=today(), parks=parks)
    shown = ShowStale(request, form, mine=lambda: _mine(form), theirs=saved_products)
    rebuilt = form.rebuilt(request.POST.get("then", "")) if request.method == "POST" else None
    if rebuilt is not None:
        form = rebuilt
    elif request.method == "POST":
        with shown:
            saved = _save_products(request, form)
            if saved is not None:
                return saved
    context = {
        **step_context(request, 1),
        "form": form,
        "has_lines": order.lines.exists(),
        "template": form.template,
        "totals": form.totals(),
        "exceeded": exceeded_in_words(
            "{need}", order.customer.credit_available, order.customer.credit_limit
        ),
        "credit_url": credit_url(request, shown.error),
        **shown.context,
    }
    return render(request, "orders/step_products.html", context, status=shown.status)


def _mine(form: FamilyForm) -> Rows:
    """Return what was posted in step 2 as rows, to compare it with what is saved."""
    chosen = form.quantities()
    names = [
        f"{chosen[product.pk]} × {product.title}"
        for product in form.products
        if product.pk in chosen
    ]
    posted = Order(details=form.details(), site=form.site())
    return [*products_row("\n".join(names)), *detail_rows(posted)]


def step_context(request: OrderRequest, number: int) -> dict[str, Any]:
    """Return the context that the pages of all steps share."""
    order = request.order
    order.refresh_from_db(fields=["version"])
    return {
        "order": order,
        "form_token": step_token(request, order),
        "steps": steps(number, order),
        "prices": request.membership.may("view_prices"),
        "register_url": _register_url(request),
    }


def credit_url(request: OrderRequest, error: RuleError | None) -> str:
    """Return where the limit that refused an order is raised, for who may (ORD-60)."""
    customer, person = request.order.customer, request.membership
    raises = person.may("set_credit") and may_change(customer, person)
    if not (isinstance(error, CreditExceeded) and raises):
        return ""
    return reverse("customers:change", args=[customer.pk]) + "#id_credit_limit"


def _register_url(request: OrderRequest) -> str:
    """Return where a refused form's customer is registered; empty for one that is."""
    order = request.order
    if request.method != "POST" or is_cleared(order.customer, order.family):
        return ""
    return register_url(order.family, order.customer_id, order.pk)


def _save_products(request: OrderRequest, form: FamilyForm) -> HttpResponse | None:
    """Save a posted step 2; return None if the form has errors. Raise RuleError."""
    order = request.order
    version = require_version(order, request.POST)
    if not form.is_valid():
        return None
    try:
        save_products(
            order.pk,
            version=version,
            quantities=form.quantities(),
            details=form.details(),
            site=form.site(),
            at=timezone.now(),
            parks=form.parks,
        )
    except WrongState:
        return no_longer(request)
    if request.POST.get("then") == "draft":
        messages.success(request, _("The draft was kept."))
        return redirect("orders:order", order.pk)
    return redirect("orders:review", order.pk)


def _services_step(request: OrderRequest) -> HttpResponse:
    """Show step 2 of a change or a termination: the services that run."""
    order = request.order
    running = list(
        Service.objects.select_related("product")
        .filter(customer=order.customer, family=order.family, ended_on__isnull=True)
        .order_by("product__position", "started_on", "id")
    )
    form = ServicesForm(form_data(request), order=order, services=running)
    shown = ShowStale(
        request,
        form,
        mine=lambda: services_rows(running, form.totals()),
        theirs=lambda saved: services_rows(
            running, {line.service_id: line.quantity for line in saved.lines.all()}
        ),
    )
    if request.method == "POST":
        with shown:
            version = require_version(order, request.POST)
            if form.is_valid():
                save_service_lines(
                    order.pk, version=version, totals=form.totals(), at=timezone.now()
                )
                return redirect("orders:review", order.pk)
    customer = order.customer
    context = {
        **step_context(request, 1),
        "form": form,
        "services": running,
        "sums": order.kind == Order.Kind.CHANGE
        and bool(running)
        and request.membership.may("view_prices"),
        "totals": form.sums(),
        "exceeded": exceeded_in_words("{need}", customer.credit_available, customer.credit_limit),
        "credit_url": credit_url(request, shown.error),
        **shown.context,
    }
    return render(request, "orders/step_services.html", context, status=shown.status)
