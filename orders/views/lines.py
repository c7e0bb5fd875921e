"""Steps 2 and 3 of an order: products or services, review, placing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import may_change
from orders.details import detail_rows
from orders.families import FORMS
from orders.forms import DetailsForm, ServicesForm
from orders.http import OrderRequest, form_token, load_order, token_version
from orders.models import Order, Service
from orders.services.checks import FieldsMissing
from orders.services.drafts import (
    StaleOrder,
    save_details,
    save_products,
    save_service_lines,
)
from orders.services.placing import (
    PricesChanged,
    earliest_start,
    refresh_prices,
    submit_order,
)
from orders.views.wizard import GET_POST, ask_mismatch, not_a_draft, steps
from portal.accounts.access import needs
from portal.core.errors import RuleError, WrongState


def today() -> Any:
    """The date in the partner's time zone (D20)."""
    return timezone.localdate()


@needs("add_order", load=load_order, of="order")
@GET_POST
def products(request: OrderRequest) -> HttpResponse:
    """Step 2: what is ordered, by the family's own form."""
    order = request.order
    gone = not_a_draft(request)
    if gone is not None:
        return gone
    if order.kind != Order.Kind.NEW:
        return _services_step(request)
    data = request.POST if request.method == "POST" else None
    form = FORMS[order.family](data, order=order, today=today())
    status = 200
    if data is not None:
        version = token_version(order, data.get("form_token", ""))
        if version is None:
            form.add_error(None, str(StaleOrder()))
            status = 409
        elif form.is_valid():
            try:
                save_products(
                    order.pk,
                    version=version,
                    quantities=form.quantities(),
                    details=form.details(),
                    site=form.site(),
                    at=timezone.now(),
                )
            except WrongState:
                return redirect("orders:order", order.pk)
            except RuleError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                status = 409 if isinstance(error, StaleOrder) else 200
            else:
                if data.get("then") == "draft":
                    messages.success(request, _("The draft was kept."))
                    return redirect("orders:order", order.pk)
                return redirect("orders:review", order.pk)
    order.refresh_from_db(fields=["version"])
    context = {
        "form": form,
        "order": order,
        "form_token": form_token(order),
        "steps": steps(1, order, order.family),
        "template": form.template,
        "prices": request.membership.may("view_prices"),
        "credit_customer": order.customer,
    }
    return render(request, "orders/step_products.html", context, status=status)


def _services_step(request: OrderRequest) -> HttpResponse:
    """Step 2 of a change or a termination: the services that run."""
    order = request.order
    running = list(
        Service.objects.select_related("product")
        .filter(customer=order.customer, family=order.family, ended_on__isnull=True)
        .order_by("product__position", "started_on", "id")
    )
    data = request.POST if request.method == "POST" else None
    form = ServicesForm(data, order=order, services=running)
    status = 200
    if data is not None:
        version = token_version(order, data.get("form_token", ""))
        if version is None:
            form.add_error(None, str(StaleOrder()))
            status = 409
        elif form.is_valid():
            try:
                save_service_lines(
                    order.pk, version=version, totals=form.totals(), at=timezone.now()
                )
            except RuleError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                status = 409 if isinstance(error, StaleOrder) else 200
            else:
                return redirect("orders:review", order.pk)
    order.refresh_from_db(fields=["version"])
    context = {
        "form": form,
        "order": order,
        "form_token": form_token(order),
        "steps": steps(1, order, order.family),
        "prices": request.membership.may("view_prices"),
        "services": running,
    }
    return render(request, "orders/step_services.html", context, status=status)


def _review_page(
    request: OrderRequest, form: DetailsForm, status: int = 200, *, fill_in: bool = False
) -> HttpResponse:
    """``fill_in``: with the way to the customer's fields."""
    order = request.order
    order.refresh_from_db(fields=["version"])
    lines = order.lines.select_related("product", "service").order_by("position")
    context = {
        "form": form,
        "order": order,
        "lines": lines,
        "form_token": form_token(order),
        "steps": steps(2, order, order.family),
        "prices": request.membership.may("view_prices"),
        "details": detail_rows(order),
        "may_submit": request.membership.may("submit_order"),
        "fill_in": fill_in and may_change(order.customer, request.membership),
    }
    return render(request, "orders/step_review.html", context, status=status)


def _place(request: OrderRequest, form: DetailsForm, version: int) -> HttpResponse:
    order = request.order
    try:
        placed = submit_order(
            order.pk,
            version=version,
            by=request.membership,
            at=timezone.now(),
            details=form.cleaned_data,
        )
    except WrongState:
        return redirect("orders:order", order.pk)
    except RuleError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        stale = isinstance(error, (StaleOrder, PricesChanged))
        if isinstance(error, PricesChanged):
            refresh_prices(order.pk, at=timezone.now())
            order.refresh_from_db(fields=["one_off", "monthly", "exposure", "version"])
        fill_in = isinstance(error, FieldsMissing)
        return _review_page(request, form, 409 if stale else 200, fill_in=fill_in)
    messages.success(
        request,
        _("Order %(number)s for %(customer)s was placed. The confirmation is on its way to you.")
        % {"number": placed.number, "customer": order.customer.label},
    )
    return redirect("orders:order", placed.pk)


@needs("add_order", load=load_order, of="order")
@GET_POST
def review(request: OrderRequest) -> HttpResponse:
    """Step 3: read it once more, say when and to whom, place it or keep it."""
    order = request.order
    gone = not_a_draft(request)
    if gone is not None:
        return gone
    if not order.lines.exists():
        return redirect("orders:products", order.pk)
    earliest = earliest_start(order.family, today()) if order.kind == Order.Kind.NEW else today()
    data = request.POST if request.method == "POST" else None
    form = DetailsForm(data, instance=order, earliest=earliest)
    if data is None:
        return _review_page(request, form)
    version = token_version(order, data.get("form_token", ""))
    if version is None:
        form.add_error(None, str(StaleOrder()))
        return _review_page(request, form, 409)
    if not form.is_valid():
        return _review_page(request, form)
    if data.get("then") == "draft":
        try:
            save_details(order.pk, version=version, at=timezone.now(), **form.cleaned_data)
        except RuleError as error:
            form.add_error(None, str(error))
            return _review_page(request, form, 409)
        messages.success(request, _("The draft was kept."))
        return redirect("orders:order", order.pk)
    if not request.membership.may("submit_order"):
        form.add_error(None, _("You may write orders, but not place them. Keep it as a draft."))
        return _review_page(request, form, 403)
    asked = ask_mismatch(request, order.customer, back=request.get_full_path(), order=order)
    return asked if asked is not None else _place(request, form, version)
