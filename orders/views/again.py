"""A new draft out of an order or a template, for a customer that is chosen (ORD-55)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.active_customer import active_customer
from customers.models import Customer
from customers.queries import Match, find_customers
from orders.forms.steps import CustomerStepForm
from orders.http import OrderRequest, TemplateRequest, load_order, load_template
from orders.models import Order
from orders.services.templates import order_again, order_from_template
from orders.views.wizard import ask_mismatch, warn_of_dropped
from portal.accounts.access import PartnerRequest, needs
from portal.core.forms import ShowRefusals
from portal.core.http import get_or_post, typed

Make = Callable[[Customer, CustomerStepForm], tuple[Order, list[str]]]


@needs("add_order", load=load_order, of="order")
@get_or_post
def again(request: OrderRequest) -> HttpResponse:
    """Order the same again, for the same customer or another one, whatever became of it."""
    order, page = request.order, {"order": request.order, "family": request.order.family}
    if order.kind != Order.Kind.NEW:
        messages.error(
            request, _("This order acts on services of its customer and can't be copied.")
        )
        return redirect("orders:order", order.pk)

    def make(customer: Customer, form: CustomerStepForm) -> tuple[Order, list[str]]:
        return order_again(
            order.pk,
            customer,
            by=request.membership,
            at=timezone.now(),
            own_confirmed=form.cleaned_data["own"],
            draft_id=form.cleaned_data["order_id"],
        )

    return _choose(request, "orders/again.html", page, first=order.customer, make=make)


@needs("add_order", load=load_template, of="template")
@get_or_post
def from_template(request: TemplateRequest) -> HttpResponse:
    """Order what a template holds, for a customer."""
    template = request.template
    lines = template.lines.select_related("product").order_by("position")
    page = {"template": template, "lines": lines, "family": template.family}

    def make(customer: Customer, form: CustomerStepForm) -> tuple[Order, list[str]]:
        return order_from_template(
            template,
            customer,
            by=request.membership,
            at=timezone.now(),
            own_confirmed=form.cleaned_data["own"],
            draft_id=form.cleaned_data["order_id"],
        )

    active = active_customer(request)
    return _choose(request, "orders/template_order.html", page, first=active, make=make)


def _choose(
    request: PartnerRequest,
    template: str,
    page: dict[str, object],
    *,
    first: Customer | None,
    make: Make,
) -> HttpResponse:
    """Ask for the customer, and make the draft; the posted customer decides (D2, ORD-26)."""
    data = request.POST if request.method == "POST" else None
    form = CustomerStepForm(data, person=request.membership, initial={"order_id": uuid4()})
    selectable = Customer.objects.visible_to(request.membership).selectable(str(page["family"]))
    chosen = selectable.filter(pk=first.pk).first() if first is not None else None
    if data is not None:
        valid, target = form.is_valid(), form.cleaned_data.get("customer")
        if request.POST.get("find"):
            kept = {"order_id": form.cleaned_data.get("order_id") or uuid4()}
            form = CustomerStepForm(person=request.membership, initial=kept)
        elif valid and target is not None:
            asked = ask_mismatch(request, target, back=request.get_full_path())
            if asked is not None:
                return asked
            with ShowRefusals(form):
                made, dropped = make(target, form)
                messages.success(
                    request, _("This draft is for %s. Check it, then place it.") % target.label
                )
                warn_of_dropped(request, dropped)
                return redirect("orders:products", made.pk)
        chosen = form.posted or chosen
    return render(request, template, {**page, **_picker(request, form, chosen, page)})


def _picker(
    request: PartnerRequest,
    form: CustomerStepForm,
    chosen: Customer | None,
    page: dict[str, object],
) -> dict[str, object]:
    searched, family = typed(request, "customer_search"), str(page["family"])
    matches: list[Match] = []
    if searched:
        matches = find_customers(searched, person=request.membership, family=family)
    own = chosen is not None and chosen.is_own_company
    return {
        "form": form,
        "chosen": None if own else chosen,
        "own": chosen if own else None,
        "searched": searched,
        "matches": matches,
        "suggest_url": f"{reverse('workspace:suggest')}?family={family}",
    }
