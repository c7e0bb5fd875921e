"""Views of existing orders: list, page, cancel, delete, re-create for another customer."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.active_customer import active_customer, switch_to
from customers.http import CustomerRequest, load_customer
from customers.models import Customer
from customers.queries import Match, find_customers
from orders.details import detail_rows
from orders.finding import (
    FILE_FIELDS,
    SORTS,
    empty_words,
    file_columns,
    filtered,
    order_filters,
    total_sentence,
)
from orders.forms.existing import CancelForm
from orders.forms.steps import CustomerStepForm
from orders.groups import Group, groups_for
from orders.http import OrderRequest, load_order
from orders.models import Order, OrderQuerySet, Service
from orders.queries import matches, orders_for_list
from orders.rows import order_group_rows, order_rows
from orders.services.drafts import OwnCompanyNotConfirmed, delete_draft, start_draft
from orders.services.recreating import ask_cancel, cancel_order, recreate_order
from orders.states import CSS, allowed, next_state
from orders.views.wizard import warn_of_dropped
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.errors import WrongState
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import get_or_post, typed
from portal.core.list_filters import (
    Asked,
    Filter,
    counts_of_tabs,
    list_context,
    read_filters,
    refuse_export,
    tabs_of,
)
from portal.core.listing import BigListing, Sorted, page_size
from portal.history.queries import timeline_of
from portal.outbox.rows import rows_about
from portal.tenancy.downloads import download

GROUP_ROWS = 10


def _filtered(asked: Asked[Filter], request: PartnerRequest) -> OrderQuerySet:
    found = filtered(Order.objects.visible_to(request.membership), asked, request.membership)
    text = asked.text
    if text:
        found = found.filter(matches(Order, text))
    return found


@needs("view_order")
@require_safe
def order_list(request: PartnerRequest) -> HttpResponse:
    """Show all orders that the person may see."""
    person = request.membership
    asked = read_filters(request.GET, order_filters(person))
    counts = counts_of_tabs(asked, Order.objects.visible_to(person), "state")
    # Above the whole list alone; what stands there does not stand below once more.
    groups = [] if request.GET else _groups(request)
    found = _filtered(asked, request)
    if groups:
        found = found.exclude(state=Order.State.SUBMITTED)
    listing = BigListing(
        request,
        found.select_related("customer"),
        counted=found,
        sorts=SORTS,
        default="-changed",
        size=page_size(request.GET),
    )
    context = {
        **list_context(asked, listing, request.GET),
        **_rights(person),
        "rows": order_rows(listing.rows),
        "tabs": tabs_of(request.GET, asked, "state", counts),
        "total_sentence": total_sentence(counts[0] if counts else listing.total),
        "groups": groups,
        "others": any(group.title == str(Order.State.SUBMITTED.label) for group in groups),
        "empty": empty_words(asked),
        "currency": request.partner.currency,
    }
    return render(request, "orders/list.html", context)


@needs("view_order", "export_customer")
@require_safe
def export(request: PartnerRequest) -> HttpResponseBase:
    """The orders on screen, of all pages, as a file (REG-10)."""
    person = request.membership
    asked = read_filters(request.GET, order_filters(person))
    if not asked.is_possible:
        return refuse_export(request, asked, reverse("orders:list"))
    order = Sorted(request, model=Order, sorts=SORTS, default="-changed")
    found = _filtered(asked, request).select_related("customer").only(*FILE_FIELDS)
    return download(
        found.order_by(*order.ordering),
        file_columns(prices=person.may("view_prices"), currency=request.partner.currency),
        kind=request.GET.get("format", ""),
        name="orders",
        title=_("Orders"),
        partner=request.partner,
        at=timezone.now(),
    )


def _rights(person: Membership) -> dict[str, bool]:
    """Return what this person may do in the list."""
    return {
        "prices": person.may("view_prices"),
        "may_add": person.may("add_order"),
        "may_export": person.may("export_customer"),
    }


def _groups(request: PartnerRequest) -> list[Group]:
    """Return what waits: for a customer's approval, then for channel sales (CON-26)."""
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
        "may_ask": cancels and allowed(order, "ask_cancel") and order.cancel_asked_at is None,
        "may_resend": person.may("manage_people"),
    }


@needs("view_order", load=load_order, of="order")
@require_safe
def order_page(request: OrderRequest) -> HttpResponse:
    """Show one order: lines with state and delivery (ORD-29), details, timeline, actions."""
    order, person = request.order, request.membership
    lines = list(order.lines.select_related("product", "service").order_by("position"))
    recreated = Order.objects.filter(recreated_from=order).select_related("customer")
    context = {
        **_possible(order, person),
        "order": order,
        "lines": lines,
        "css": CSS[Order.State(order.state)],
        "details": detail_rows(order),
        "timeline": timeline_of(order),
        "emails": rows_about(request.partner, order),
        "assignees": order.assignees.select_related("membership__user").order_by("pk"),
        "prices": person.may("view_prices"),
        "delivered": any(line.delivered_on for line in lines),
        "recreated_as": recreated.first(),
        "next_step": "orders:review" if lines else "orders:products",
    }
    return render(request, "orders/order.html", context)


def _refused(request: OrderRequest, transition: str) -> HttpResponse | None:
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
    gone = _refused(request, "delete")
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
    gone = _refused(request, "ask_cancel" if asks else "cancel")
    if gone is not None:
        return gone
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        service = ask_cancel if asks else cancel_order
        with ShowRefusals(form):
            service(order.pk, at=timezone.now(), **form.cleaned_data)
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
@get_or_post
def recreate(request: OrderRequest) -> HttpResponse:
    """Cancel an order for the wrong customer and re-create it, in one transaction (ORD-07)."""
    order = request.order
    gone = _refused(request, "ask_cancel" if allowed(order, "ask_cancel") else "cancel")
    if gone is not None:
        return gone
    active = active_customer(request)
    chosen = active if active is not None and active.pk != order.customer_id else None
    data = request.POST if request.method == "POST" else None
    form = CustomerStepForm(data, person=request.membership)
    if data is not None:
        valid = form.is_valid()
        target = form.cleaned_data.get("customer")
        if request.POST.get("find"):
            form = CustomerStepForm(person=request.membership)
        elif valid and target is not None:
            chosen = target
            with ShowRefusals(form):
                if target.is_own_company and not form.cleaned_data["own"]:
                    raise OwnCompanyNotConfirmed
                return _made_again(request, target)
        else:
            chosen = form.posted or chosen
    return _recreate_page(request, form, chosen)


def _recreate_page(
    request: OrderRequest, form: CustomerStepForm, chosen: Customer | None
) -> HttpResponse:
    order, searched = request.order, typed(request, "customer_search")
    matches: list[Match] = []
    if searched:
        matches = find_customers(searched, person=request.membership, family=order.family)
    own = chosen is not None and chosen.is_own_company
    context = {
        "order": order,
        "form": form,
        "chosen": None if own else chosen,
        "own": chosen if own else None,
        "asks": allowed(order, "ask_cancel"),
        "searched": searched,
        "matches": matches,
        "suggest_url": f"{reverse('workspace:suggest')}?family={order.family}",
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
    warn_of_dropped(request, dropped)
    # What the delivery needs differs by customer and is asked for again; Flex needs nothing.
    ready = copy.lines.exists() and copy.family == Family.FLEX
    return redirect("orders:review" if ready else "orders:products", copy.pk)


@needs("add_order", load=load_customer, of="customer")
@require_POST
def change_services(request: CustomerRequest, family: str, kind: str) -> HttpResponse:
    """Start an order that changes or ends what runs for a customer (D16)."""
    if family not in Family.values or kind not in (Order.Kind.CHANGE, Order.Kind.TERMINATE):
        raise Http404
    running = Service.objects.filter(customer=request.customer, family=family, ended_on=None)
    if not running.exists():
        messages.error(request, _("Nothing of this family runs for this customer."))
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
