"""Step 3 of an order: reading it again, and placing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import may_change
from orders.details import detail_rows
from orders.forms.ending import EndingForm
from orders.forms.steps import DetailsForm
from orders.goods import sends_goods
from orders.http import OrderRequest, load_form_of_order, require_version
from orders.models import Order, OrderLine
from orders.rows import lines_context
from orders.services.checks import FieldsMissing, ServiceBusy
from orders.services.completeness import unready_of
from orders.services.drafts import DETAIL_FIELDS, StaleOrder, save_details
from orders.services.placing import (
    PricesChanged,
    earliest_start,
    refresh_prices,
    submit_order,
)
from orders.services.service_lines import ServicesChanged, refresh_service_lines
from orders.terms import early_endings
from orders.views.gone import no_longer, of_draft
from orders.views.products import today
from orders.views.stale import ShowStale, review_rows, saved_review, seen
from orders.views.step_parts import credit_url, step_context
from orders.views.waiting import of_cleared
from orders.views.wizard import ask_mismatch
from portal.accounts.access import needs
from portal.accounts.models import Membership
from portal.core.errors import RuleError, WrongState
from portal.core.form_tokens import form_token
from portal.core.forms import show_refusal, warn_of_characters
from portal.core.http import form_data, get_or_post


def early_of(order: Order, lines: Sequence[OrderLine], person: Membership) -> list[str]:
    """Return what an order that ends services means for terms that run longer (ORD-56)."""
    if not order.ends_services:
        return []
    ends_on = order.start_date or today()
    return early_endings(lines, day=ends_on, prices=person.may("view_prices"))


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
    lines = list(order.lines.select_related("product", "service__product").order_by("position"))
    context = {
        **step_context(request, 2),
        "form": form,
        **lines_context(order, lines),
        "details": detail_rows(order),
        "may_submit": request.membership.may("submit_order"),
        "fill_in": fill_in and may_change(order.customer, request.membership),
        "seen": seen(request, order, lines=lines),
        "unready": unready_of(order, lines),
        "early": early_of(order, lines, request.membership),
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
            ending=form.confirmed() if isinstance(form, EndingForm) else None,
        )
    except WrongState:
        return no_longer(request)
    except StaleOrder:
        raise
    except RuleError as error:
        more: dict[str, Any] = {}
        status = show_refusal(form, error)
        if isinstance(error, PricesChanged | ServicesChanged):
            refresh = refresh_prices if isinstance(error, PricesChanged) else refresh_service_lines
            refresh(order.pk, at=timezone.now())
            order.refresh_from_db(fields=["one_off", "monthly", "exposure", "version"])
            more = {"form_token": form_token(order)}
            if isinstance(form, EndingForm):
                form.ask_again()
        if isinstance(error, ServiceBusy):
            more = {"busy": error.other}
        fill_in = isinstance(error, FieldsMissing)
        more["credit_url"] = credit_url(request, error)
        return _review_page(request, form, status, fill_in=fill_in, **more)
    messages.success(request, _said(placed))
    warn_of_characters(request, form)
    return redirect("orders:order", placed.pk)


def _said(order: Order) -> str:
    """Return what the next page says of an order that was placed."""
    words = {
        Order.Kind.NEW: _(
            "Order %(number)s for %(customer)s was placed. The confirmation is on its way to you."
        ),
        Order.Kind.CHANGE: _(
            "Change %(number)s for %(customer)s was placed. The confirmation is on its way to you."
        ),
        Order.Kind.TERMINATE: _(
            "Termination %(number)s for %(customer)s was sent. "
            "The confirmation is on its way to you."
        ),
    }[Order.Kind(order.kind)]
    return words % {"number": order.number, "customer": order.customer.label}


def _details_form(request: OrderRequest, lines: Sequence[OrderLine]) -> DetailsForm:
    """Return the form of step 3, with a tick for what ends (ORD-50), or an address for goods."""
    order, data = request.order, form_data(request)
    earliest = earliest_start(order.family, today()) if order.kind == Order.Kind.NEW else today()
    sends = request.POST.get("then") not in ("draft", "back")
    if not order.ends_services:
        goods = sends_goods(lines)
        return DetailsForm(data, instance=order, earliest=earliest, goods=goods, sends=sends)
    return EndingForm(data, instance=order, earliest=earliest, lines=lines, sends=sends)


@needs("add_order", load=load_form_of_order, of="order")
@get_or_post
@of_draft
@of_cleared
def review(request: OrderRequest) -> HttpResponse:
    """Show step 3: read the order again, set date and contact, place it or keep it."""
    order = request.order
    lines = list(order.lines.select_related("product").order_by("position"))
    if not lines:
        return redirect("orders:products", order.pk)
    form = _details_form(request, lines)
    if request.method != "POST":
        return _review_page(request, form)
    shown = ShowStale(
        request, form, mine=lambda: review_rows(order, form.cleaned_data), theirs=saved_review
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
    others = {name: form.cleaned_data.get(name) for name in ("copies", "goods")}
    save_details(order.pk, version=version, at=timezone.now(), **others, **kept)
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
