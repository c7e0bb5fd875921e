"""Views that re-create an order for another customer (ORD-07)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.active_customer import active_customer, switch_to
from customers.models import Customer
from customers.queries import Match, find_customers
from orders.forms.steps import CustomerStepForm
from orders.http import OrderRequest, load_order
from orders.models import Order
from orders.services.drafts import OwnCompanyNotConfirmed
from orders.services.recreating import ask_cancel, recreate_order
from orders.states import allowed
from orders.views.manage import refused
from orders.views.wizard import warn_of_dropped
from portal.accounts.access import needs
from portal.catalog.models import Family
from portal.core.forms import ShowRefusals
from portal.core.http import get_or_post, typed


@needs("cancel_order", "add_order", load=load_order, of="order")
@get_or_post
def recreate(request: OrderRequest) -> HttpResponse:
    """Cancel an order for the wrong customer and re-create it, in one transaction (ORD-07)."""
    order = request.order
    gone = refused(request, "ask_cancel" if allowed(order, "ask_cancel") else "cancel")
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
            by=request.membership,
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
