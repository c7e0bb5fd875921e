"""Orders that exist: list, page, cancel, delete, make again for the right customer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.http import CustomerRequest, load_customer
from customers.models import Customer
from customers.queries import find_customers
from orders.details import detail_rows
from orders.forms import CancelForm, CustomerStepForm, OrderFilterForm
from orders.groups import Group, groups_for
from orders.http import OrderRequest, load_order
from orders.models import Order, Service
from orders.queries import CSS, orders_for_list
from orders.rows import order_group_rows, order_rows
from orders.services.drafts import OwnCompanyNotConfirmed, delete_draft, start_draft
from orders.services.placing import ask_cancel, cancel_order, recreate_order
from orders.states import allowed, next_state
from portal.access import PartnerRequest, needs
from portal.active_customer import active_customer, switch_to
from portal.catalog.models import Family
from portal.errors import RuleError, WrongState
from portal.history.queries import timeline_of
from portal.http import typed
from portal.listing import Listing, filter_tools
from portal.outbox.rows import rows_about

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
GROUP_ROWS = 10
SORTS: dict[str, tuple[Any, ...]] = {
    "number": ("created_at",),
    "customer": ("customer__sort_key",),
    "family": ("family", "created_at"),
    "start": ("start_date",),
    "monthly": ("monthly",),
    "state": ("state", "created_at"),
    "changed": ("changed_at",),
}


@needs("view_order")
@require_safe
def order_list(request: PartnerRequest) -> HttpResponse:
    """All orders that the person may see."""
    form = OrderFilterForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    found = orders_for_list(request.membership)
    text = data.get("q", "").strip()
    if text:
        found = found.filter(
            Q(number__startswith=text)
            | Q(reference__icontains=text)
            | Q(po_number__icontains=text)
            | Q(customer__name_key__contains=text.casefold())
            | Q(customer__number_key__startswith=text.casefold())
        )
    for name in ("state", "family"):
        if data.get(name):
            found = found.filter(**{name: data[name]})
    if data.get("on"):
        found = found.put_on(request.membership)
    listing = Listing(request, found, sorts=SORTS, default="-changed")
    return render(
        request,
        "orders/list.html",
        {
            "form": form,
            "listing": listing,
            "rows": order_rows(listing.rows),
            "is_filtered": any(data.values()),
            "q": text,
            **filter_tools(
                request,
                [
                    (name, str(form.fields[name].label), form.fields[name].choices)  # type: ignore[attr-defined]
                    for name in ("state", "family", "on")
                ],
            ),
            "prices": request.membership.may("view_prices"),
            "currency": request.partner.currency,
            "may_add": request.membership.may("add_order"),
            # Only above the whole list: whoever filters looks for something else.
            "groups": [] if request.GET else _groups(request),
        },
    )


def _groups(request: PartnerRequest) -> list[Group]:
    """What waits: for a customer's approval, then for channel sales (CON-26)."""
    submitted = orders_for_list(request.membership).filter(state=Order.State.SUBMITTED)
    found = groups_for(request.membership)
    rows = list(submitted.order_by("-submitted_at")[: GROUP_ROWS + 1])
    if rows:
        url = reverse("orders:list") + "?state=submitted"
        more = len(rows) > GROUP_ROWS
        found.append(
            Group(
                title=str(Order.State.SUBMITTED.label),
                rows=order_group_rows(rows[:GROUP_ROWS]),
                total=0 if more else len(rows),
                more_url=url if more else "",
            )
        )
    return found


@needs("view_order", load=load_order, of="order")
@require_safe
def order_page(request: OrderRequest) -> HttpResponse:
    """One order: lines with state and delivery (ORD-29), details, timeline, what can be done."""
    order, person = request.order, request.membership
    lines = list(order.lines.select_related("product", "service").order_by("position"))
    may_cancel = person.may("cancel_order")
    context = {
        "order": order,
        "lines": lines,
        "css": CSS[Order.State(order.state)],
        "details": detail_rows(order),
        "timeline": timeline_of(order),
        "emails": rows_about(request.partner, order),
        "assignees": order.assignees.select_related("membership__user").order_by("pk"),
        "prices": person.may("view_prices"),
        "delivered": any(line.delivered_on for line in lines),
        "recreated_as": Order.objects.filter(recreated_from=order)
        .select_related("customer")
        .first(),
        "may_edit": order.is_draft and person.may("add_order"),
        "may_delete": order.is_draft and not order.was_submitted and person.may("add_order"),
        "may_cancel": may_cancel
        and allowed(order, "cancel")
        and (order.was_submitted or not order.is_draft),
        "may_recreate": may_cancel
        and person.may("add_order")
        and order.kind == Order.Kind.NEW
        and order.state == Order.State.SUBMITTED,
        "may_ask": may_cancel and allowed(order, "ask_cancel") and order.cancel_asked_at is None,
        "next_step": "orders:review" if lines else "orders:products",
        "may_resend": person.may("manage_people"),
    }
    return render(request, "orders/order.html", context)


def _refused(request: OrderRequest, act: str) -> HttpResponse | None:
    """A page for an act that the order's state does not allow says so on the order's page."""
    try:
        next_state(request.order, act)
    except WrongState as error:
        if request.order.state == Order.State.CANCELLED and request.method == "POST":
            return None  # Sent again: the service answers with what is there.
        messages.error(request, str(error))
        return redirect("orders:order", request.order.pk)
    return None


@needs("add_order", load=load_order, of="order")
@GET_POST
def delete(request: OrderRequest) -> HttpResponse:
    """Delete a draft (ORD-07)."""
    order = request.order
    gone = _refused(request, "delete")
    if gone is not None:
        return gone
    if request.method == "POST":
        try:
            delete_draft(order.pk)
        except RuleError as error:
            messages.error(request, str(error))
            return redirect("orders:order", order.pk)
        messages.success(request, _("The draft for %s was deleted.") % order.customer.label)
        return redirect("orders:list")
    return render(request, "orders/delete.html", {"order": order})


@needs("cancel_order", load=load_order, of="order")
@GET_POST
def cancel(request: OrderRequest) -> HttpResponse:
    """Cancel with a reason; after acceptance, ask channel sales to (SM-ORDER)."""
    order = request.order
    asks = allowed(order, "ask_cancel")
    gone = _refused(request, "ask_cancel" if asks else "cancel")
    if gone is not None:
        return gone
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = ask_cancel if asks else cancel_order
        try:
            act(order.pk, at=timezone.now(), **form.cleaned_data)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
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


@needs("cancel_order", "add_order", load=load_order, of="order")
@GET_POST
def recreate(request: OrderRequest) -> HttpResponse:
    """Ordered for the wrong customer: cancel it and make it again, in one act (ORD-07)."""
    order = request.order
    gone = _refused(request, "ask_cancel" if allowed(order, "ask_cancel") else "cancel")
    if gone is not None:
        return gone
    active = active_customer(request)
    chosen: Customer | None = None
    if active is not None and active.pk != order.customer_id:
        chosen = active
    data = request.POST if request.method == "POST" else None
    form = CustomerStepForm(data, person=request.membership)
    if data is not None:
        valid = form.is_valid()
        target = form.cleaned_data.get("customer")
        if request.POST.get("find"):
            form = CustomerStepForm(person=request.membership)
        elif valid and target is not None:
            try:
                if target.is_own_company and not form.cleaned_data["own"]:
                    raise OwnCompanyNotConfirmed
                return _made_again(request, target)
            except RuleError as error:
                form.add_error(error.field, str(error))
            chosen = target
    searched = typed(request, "customer_search")
    context = {
        "order": order,
        "form": form,
        "chosen": None if chosen is not None and chosen.is_own_company else chosen,
        "own": chosen if chosen is not None and chosen.is_own_company else None,
        "asks": allowed(order, "ask_cancel"),
        "searched": searched,
        "matches": find_customers(searched, person=request.membership, family=order.family)
        if searched
        else [],
        "suggest_url": f"{reverse('home:suggest')}?family={order.family}",
    }
    return render(request, "orders/recreate.html", context)


def _made_again(request: OrderRequest, target: Customer) -> HttpResponse:
    order, at = request.order, timezone.now()
    if allowed(order, "ask_cancel"):
        ask_cancel(
            order.pk,
            reason=Order.CancelReason.WRONG_CUSTOMER,
            text=target.label,
            at=at,
            right_customer=target,
        )
        messages.success(request, _("Channel Sales was asked to cancel order %s.") % order.number)
        return redirect("orders:order", order.pk)
    copy, dropped = recreate_order(order.pk, target, by=request.membership, at=at)
    if active_customer(request) is not None:
        switch_to(request, copy.customer)
    messages.success(
        request,
        _("Order %(old)s was cancelled. This is its copy for %(customer)s: check it, place it.")
        % {"old": order.number, "customer": copy.customer.label},
    )
    if dropped:
        messages.warning(
            request,
            _("Not available to this customer, and so removed: %s.") % ", ".join(dropped),
        )
    # What the delivery needs is the other customer's and asked for anew; Flex needs nothing.
    ready = copy.lines.exists() and copy.family == Family.FLEX
    return redirect("orders:review" if ready else "orders:products", copy.pk)


@needs("add_order", load=load_customer, of="customer")
@require_POST
def change_services(request: CustomerRequest, family: str, kind: str) -> HttpResponse:
    """Begin an order that changes or ends what runs for a customer (D16)."""
    if family not in Family.values or kind not in (Order.Kind.CHANGE, Order.Kind.TERMINATE):
        raise Http404
    running = Service.objects.filter(customer=request.customer, family=family, ended_on=None)
    if not running.exists():
        messages.error(request, _("Nothing of this family runs for this customer."))
        return redirect("home:customer", request.customer.pk)
    try:
        order = start_draft(
            customer=request.customer,
            family=family,
            by=request.membership,
            at=timezone.now(),
            own_confirmed=True,
            kind=kind,
        )
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("home:customer", request.customer.pk)
    return redirect("orders:products", order.pk)
