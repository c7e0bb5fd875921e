"""Step 3 of an order: reading it again, and placing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import may_change
from orders.details import detail_rows
from orders.forms.steps import DetailsForm
from orders.http import OrderRequest, load_form_of_order, require_version
from orders.models import Order
from orders.services.checks import FieldsMissing
from orders.services.completeness import unready_of
from orders.services.drafts import DETAIL_FIELDS, StaleOrder, save_details
from orders.services.placing import (
    PricesChanged,
    earliest_start,
    refresh_prices,
    submit_order,
)
from orders.views.gone import no_longer, of_draft
from orders.views.products import credit_url, step_context, today
from orders.views.stale import ShowStale, review_rows, saved_review, seen
from orders.views.waiting import of_cleared
from orders.views.wizard import ask_mismatch
from portal.accounts.access import needs
from portal.core.errors import RuleError, WrongState
from portal.core.form_tokens import form_token
from portal.core.forms import show_refusal, warn_of_characters
from portal.core.http import form_data, get_or_post


def _review_page(
    request: OrderRequest,
    form: DetailsForm,
    status: int = 200,
    *,
    fill_in: bool = False,
    **more: Any,
) -> HttpResponse:
    """Show step 3; with ``fill_in``, also a link to the customer's custom fields."""
    order = request.order
    lines = list(order.lines.select_related("product", "service").order_by("position"))
    context = {
        **step_context(request, 2),
        "form": form,
        "lines": lines,
        "details": detail_rows(order),
        "may_submit": request.membership.may("submit_order"),
        "fill_in": fill_in and may_change(order.customer, request.membership),
        "seen": seen(request, order, lines=lines),
        "unready": unready_of(order, lines),
        **more,
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
        return no_longer(request)
    except StaleOrder:
        raise
    except RuleError as error:
        more: dict[str, Any] = {}
        status = show_refusal(form, error)
        if isinstance(error, PricesChanged):
            refresh_prices(order.pk, at=timezone.now())
            order.refresh_from_db(fields=["one_off", "monthly", "exposure", "version"])
            more = {"form_token": form_token(order)}
        fill_in = isinstance(error, FieldsMissing)
        more["credit_url"] = credit_url(request, error)
        return _review_page(request, form, status, fill_in=fill_in, **more)
    messages.success(
        request,
        _("Order %(number)s for %(customer)s was placed. The confirmation is on its way to you.")
        % {"number": placed.number, "customer": order.customer.label},
    )
    warn_of_characters(request, form)
    return redirect("orders:order", placed.pk)


@needs("add_order", load=load_form_of_order, of="order")
@get_or_post
@of_draft
@of_cleared
def review(request: OrderRequest) -> HttpResponse:
    """Show step 3: read the order again, set date and contact, place it or keep it."""
    order = request.order
    if not order.lines.exists():
        return redirect("orders:products", order.pk)
    earliest = earliest_start(order.family, today()) if order.kind == Order.Kind.NEW else today()
    data = form_data(request)
    form = DetailsForm(data, instance=order, earliest=earliest)
    if request.method != "POST":
        return _review_page(request, form)
    shown = ShowStale(
        request, form, mine=lambda: review_rows(form.cleaned_data), theirs=saved_review
    )
    with shown:
        version = require_version(order, request.POST)
        if form.is_valid():
            return _reviewed(request, form, version)
        if request.POST.get("then") == "back":
            return _back(request, form, version)
    return _review_page(request, form, shown.status, **shown.context)


def _back(request: OrderRequest, form: DetailsForm, version: int) -> HttpResponse:
    """Keep what is right of step 3, and go back to step 2 (ORD-62). Raise StaleOrder."""
    order = request.order
    kept = {name: form.cleaned_data.get(name, getattr(order, name)) for name in DETAIL_FIELDS}
    copies = form.cleaned_data.get("copies")
    save_details(order.pk, version=version, at=timezone.now(), copies=copies, **kept)
    return redirect("orders:products", order.pk)


def _reviewed(request: OrderRequest, form: DetailsForm, version: int) -> HttpResponse:
    """Save or place a valid step 3; ask first if ORD-26 requires it. Raise RuleError."""
    order = request.order
    then = request.POST.get("then")
    if then in ("draft", "back"):
        save_details(order.pk, version=version, at=timezone.now(), **form.cleaned_data)
        warn_of_characters(request, form)
        if then == "back":
            return redirect("orders:products", order.pk)
        messages.success(request, _("The draft was kept."))
        return redirect("orders:order", order.pk)
    if not request.membership.may("submit_order"):
        form.add_error(None, _("You may write orders, but not place them. Keep it as a draft."))
        return _review_page(request, form, 403)
    asked = ask_mismatch(request, order.customer, back=request.get_full_path(), order=order)
    return asked if asked is not None else _place(request, form, version)
