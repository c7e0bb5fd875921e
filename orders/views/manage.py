"""Views of existing orders: page, cancel, delete, and changes of what runs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.http import CustomerRequest, load_customer
from orders.authority import porting_of
from orders.conversation import said_about
from orders.details import detail_rows
from orders.documents import PLAIN, PRICED
from orders.forms.existing import CancelForm
from orders.forms.talk import TalkForm
from orders.goods import goods_rows
from orders.http import OrderRequest, load_order
from orders.models import Order, Service
from orders.page_cards import cards_of, source_url
from orders.progress import next_of, steps_of
from orders.rows import lines_context
from orders.services.completeness import unready_of
from orders.services.drafts import start_draft
from orders.services.moving import delete_draft
from orders.services.recreating import ask_cancel, cancel_order
from orders.services.requests import withdraw_cancel
from orders.states import CSS, allowed, next_state
from orders.wording import day_label, title_of
from portal.accounts.access import needs
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.errors import WrongState
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import get_or_post
from portal.history.queries import timeline_of
from portal.outbox.models import Document
from portal.outbox.rows import DOCUMENT_CSS, rows_about


def _possible(order: Order, person: Membership) -> dict[str, bool]:
    """Return what this person may do with the order now."""
    writes, cancels = person.may("add_order"), person.may("cancel_order")
    placed_before = order.was_submitted or not order.is_draft
    return {
        "may_edit": order.is_draft and writes,
        "may_delete": order.is_draft and not order.was_submitted and writes,
        "may_cancel": cancels and allowed(order, "cancel") and placed_before,
        "may_recreate": cancels
        and writes
        and order.kind == Order.Kind.NEW
        and order.state == Order.State.SUBMITTED,
        "may_withdraw": cancels and allowed(order, "withdraw_cancel"),
        "may_ask": cancels and allowed(order, "ask_cancel") and order.cancel_asked_at is None,
        "may_copy": writes and order.kind == Order.Kind.NEW and not order.is_draft,
        "may_resend": person.may("manage_people"),
    }


def _documents(request: OrderRequest) -> dict[str, Any]:
    """Return the PDFs of the order that the person may read, the newest first (ORD-67)."""
    kind = PRICED if request.membership.may("view_prices") else PLAIN
    found = Document.objects.for_partner(request.partner).filter(about_id=request.order.pk)
    rows = list(found.filter(kind=kind).defer("content").order_by("-created_at")[:10])
    return {
        "documents": [(row, DOCUMENT_CSS[row.state]) for row in rows],
        "making": any(row.state == Document.State.PENDING for row in rows),
    }


def may_write(person: Membership) -> bool:
    """Return whether a person may write to channel sales about the orders that they see."""
    return person.may("add_order") or person.may("submit_order")


@needs("view_order", load=load_order, of="order")
@require_safe
def order_page(request: OrderRequest) -> HttpResponse:
    """Show one order: lines with state and delivery (ORD-29), details, timeline, actions."""
    return shown(request, TalkForm())


def shown(request: OrderRequest, talk: TalkForm, status: int = 200) -> HttpResponse:
    """Return the order's page, with the form of a message as it is filled."""
    order, person = request.order, request.membership
    lines = list(order.lines.select_related("product", "service").order_by("position"))
    recreated = Order.objects.filter(recreated_from=order).select_related("customer")
    possible = _possible(order, person)
    context = {
        **possible,
        "order": order,
        "progress": steps_of(order),
        "next": next_of(order, may_edit=possible["may_edit"], partner=request.partner.name),
        **lines_context(order, lines),
        "heading": title_of(order),
        "day_label": day_label(order),
        "receivers": order.chosen_receivers(),
        **_documents(request),
        "source_url": source_url(order, person),
        "css": CSS[Order.State(order.state)],
        "details": [*detail_rows(order), *goods_rows(order, lines)],
        "timeline": timeline_of(order),
        "emails": rows_about(request.partner, order),
        "assignees": order.assignees.select_related("membership__user").order_by("pk"),
        "prices": person.may("view_prices"),
        "said": said_about(order),
        "porting": porting_of(order, may_add=person.may("add_order")),
        "talk": talk,
        "may_write": may_write(person),
        "delivered": any(line.delivered_on for line in lines),
        "recreated_as": recreated.first(),
        "cards": cards_of(order, person),
        "unready": unready_of(order, lines) if order.is_draft and lines else [],
        "next_step": "orders:review" if lines else "orders:products",
    }
    return render(request, "orders/order.html", context, status=status)


def refused(request: OrderRequest, transition: str) -> HttpResponse | None:
    """Return to the order's page with a message if its state forbids a transition; else None."""
    try:
        next_state(request.order, transition)
    except WrongState as error:
        if request.order.state == Order.State.CANCELLED and request.method == "POST":
            return None  # Sent again: the service returns the existing draft.
        messages.error(request, str(error))
        return redirect("orders:order", request.order.pk)
    return None


@needs("add_order", load=load_order, of="order")
@get_or_post
def delete(request: OrderRequest) -> HttpResponse:
    """Delete a draft (ORD-07)."""
    order = request.order
    gone = refused(request, "delete")
    if gone is not None:
        return gone
    if request.method == "POST":
        with RefusalsAsMessages(request):
            delete_draft(order.pk)
            messages.success(request, _("The draft for %s was deleted.") % order.customer.label)
            return redirect("orders:list")
        return redirect("orders:order", order.pk)
    return render(request, "orders/delete.html", {"order": order})


@needs("cancel_order", load=load_order, of="order")
@get_or_post
def cancel(request: OrderRequest) -> HttpResponse:
    """Cancel an order with a reason; after acceptance, ask channel sales to (SM-ORDER)."""
    order = request.order
    asks = allowed(order, "ask_cancel")
    gone = refused(request, "ask_cancel" if asks else "cancel")
    if gone is not None:
        return gone
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            if asks:
                ask_cancel(order.pk, at=timezone.now(), by=request.membership, **form.cleaned_data)
            else:
                cancel_order(order.pk, at=timezone.now(), **form.cleaned_data)
            messages.success(
                request,
                _("Channel Sales was asked to cancel order %s.") % order.number
                if asks
                else _("Order %s was cancelled.") % order.number,
            )
            return redirect("orders:order", order.pk)
    may_recreate = request.membership.may("add_order") and order.kind == Order.Kind.NEW
    context = {"order": order, "form": form, "asks": asks, "may_recreate": may_recreate}
    return render(request, "orders/cancel.html", context)


@needs("cancel_order", load=load_order, of="order")
@require_POST
def withdraw(request: OrderRequest) -> HttpResponse:
    """Take the request to cancel an order back (CHAN-13)."""
    order = request.order
    with RefusalsAsMessages(request):
        withdraw_cancel(order.pk, by=request.membership, at=timezone.now())
        messages.success(request, _("Channel Sales was told that order %s stays.") % order.number)
    return redirect("orders:order", order.pk)


@needs("add_order", load=load_customer, of="customer")
@require_POST
def change_services(request: CustomerRequest, family: str, kind: str) -> HttpResponse:
    """Start an order that changes or ends what runs for a customer (D16)."""
    if family not in Family.values or kind not in (Order.Kind.CHANGE, Order.Kind.TERMINATE):
        raise Http404
    running = Service.objects.filter(customer=request.customer, family=family, ended_on=None)
    running = running.filter(product__rental=True)
    if not running.exists():
        messages.error(request, _("This customer has no active services of this family."))
        return redirect("customers:customer", request.customer.pk)
    with RefusalsAsMessages(request):
        order = start_draft(
            customer=request.customer,
            family=family,
            by=request.membership,
            at=timezone.now(),
            own_confirmed=True,
            kind=kind,
        )
        return redirect("orders:products", order.pk)
    return redirect("customers:customer", request.customer.pk)
