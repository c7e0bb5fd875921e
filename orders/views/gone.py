"""A draft that is none any more while its form is filled: what happened, and what was typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from orders.families import FORMS
from orders.families.changing import services_form_of
from orders.forms.steps import DetailsForm
from orders.http import OrderRequest, deleted_draft
from orders.models import Order, Service
from orders.states import STATE_WORDS
from portal.accounts.kept_forms import typed_text
from portal.core.forms import typed_rows
from portal.core.http import parse_uuid
from portal.history.queries import last_acts, replacing

View = Callable[[OrderRequest], HttpResponse]
# States in which nothing of the order is delivered, so that it may be wanted again.
ENDED = (Order.State.CANCELLED, Order.State.REJECTED)


def of_draft(view: View) -> View:
    """Answer a step of an order that is no draft any more with a page that says so (ORD-36)."""

    @wraps(view)
    def wrapped(request: OrderRequest) -> HttpResponse:
        if request.order._state.adding or not request.order.is_draft:
            return no_longer(request)
        try:
            return view(request)
        except Order.DoesNotExist:
            return _deleted_meanwhile(request)

    return wrapped


def _deleted_meanwhile(request: OrderRequest) -> HttpResponse:
    """Answer a form whose draft was deleted while it was being saved."""
    gone = deleted_draft(request, request.order.pk)
    if gone is None:
        raise Http404
    request.order = gone
    return no_longer(request)


def _sent_again(request: OrderRequest) -> bool:
    """Return whether a form that placed the order came once more, from who placed it."""
    order = request.order
    return (
        _step(request) == "review"
        and request.POST.get("then") != "draft"
        and order.submitted_by_id == request.membership.pk
    )


def no_longer(request: OrderRequest) -> HttpResponse:
    """Say what became of the draft, show what was typed, and how to go on (ORD-36).

    Without a posted form, and for one that was sent twice, redirect to the order's page.
    """
    order = request.order
    if not order._state.adding:
        order.refresh_from_db(fields=["state", "submitted_by"])
        if request.method != "POST" or _sent_again(request):
            messages.info(
                request,
                _("Order %(number)s is %(state)s already. This is its page.")
                % {"number": order.number, "state": STATE_WORDS[order.state]},
            )
            return redirect("orders:order", order.pk)
    return render(request, "orders/gone.html", _context(request), status=409)


def _context(request: OrderRequest) -> dict[str, Any]:
    order = request.order
    is_deleted, moved = order._state.adding, None
    if is_deleted:
        moved = _moved_to(request)
    typed = _typed(request)
    again = (is_deleted and moved is None) or order.state in ENDED
    return {
        "order": order,
        "is_deleted": is_deleted,
        "events": last_acts(order.pk),
        "moved": moved,
        "typed": "\n".join(f"{label}: {text}" for label, text in typed),
        "typed_rows": min(len(typed) + 2, 15),
        "again": _again(request) if again and typed else None,
    }


def _moved_to(request: OrderRequest) -> Order | None:
    """Return the draft that replaced this one for another customer, if the person may see it."""
    found = replacing("order_moved", request.order.number)
    visible = Order.objects.visible_to(request.membership).select_related("customer")
    return visible.filter(pk=found).first() if found is not None else None


def _step(request: OrderRequest) -> str:
    return request.resolver_match.url_name or "" if request.resolver_match else ""


def _typed(request: OrderRequest) -> list[tuple[str, str]]:
    """Return the labels and texts of the posted form."""
    order = request.order
    if _step(request) == "customer":
        wanted = parse_uuid(request.POST.get("customer", ""))
        seen = Customer.objects.visible_to(request.membership)
        chosen = seen.filter(pk=wanted).first() if wanted is not None else None
        return [(_("Customer"), chosen.label)] if chosen is not None else []
    form: forms.BaseForm
    if _step(request) == "review":
        goods, today = "goods_to" in request.POST, timezone.localdate()
        form = DetailsForm(request.POST, instance=order, earliest=today, goods=goods)
    elif order.kind == Order.Kind.NEW:
        form = FORMS[order.family](request.POST, order=order, today=timezone.localdate())
    else:
        services = Service.objects.filter(customer=order.customer, family=order.family)
        running = list(services.select_related("product").order_by("started_on", "id"))
        form = services_form_of(order)(request.POST, order=order, services=running, marks={})
    return typed_rows(form)


def _again(request: OrderRequest) -> dict[str, str] | None:
    """Return what a form posts to start the order anew with the products that were typed."""
    order, person = request.order, request.membership
    if _step(request) != "products" or order.kind != Order.Kind.NEW:
        return None
    open_to = Customer.objects.visible_to(person).selectable(order.family)
    if not open_to.filter(pk=order.customer_id).exists():
        return None
    return {
        "url": reverse("orders:start", args=[order.family]),
        "customer": str(order.customer_id),
        "own": "on" if order.customer.is_own_company else "",
        "order_id": str(uuid4()),
        "typed": typed_text(request.POST),
    }
