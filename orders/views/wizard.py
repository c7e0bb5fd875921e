"""The wizard's steps for every family (ORD-02): customer, products, review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.active_customer import active_customer, switch_to
from customers.models import Customer, families_with_registration
from customers.queries import Match, find_customers
from customers.views.register import create_for, refuse_creation
from orders.forms.steps import CustomerStepForm
from orders.http import OrderRequest, agreed, agreement, load_form_of_order, require_version
from orders.models import Order
from orders.services.drafts import start_draft
from orders.services.moving import move_draft
from orders.views.gone import of_draft
from orders.views.stale import ShowStale, seen, step_token
from orders.views.waiting import register_url
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.kept_forms import keep_typed
from portal.catalog.models import Family
from portal.core.forms import ShowRefusals
from portal.core.http import form_data, get_or_post, parse_uuid, typed


def steps(current: int, order: Order | None) -> list[dict[str, str]]:
    """Return the three steps, with links to those that can be opened."""
    urls = ["", "", ""]
    if order is not None:
        urls = [reverse(f"orders:{name}", args=[order.pk]) for name in STEP_NAMES]
        if not order.lines.exists():
            urls[2] = ""
    labels = [_("Customer"), _("Products"), _("Review")]
    return [
        {
            "label": label,
            "url": urls[number],
            "state": "current" if number == current else "done" if number < current else "",
        }
        for number, label in enumerate(labels)
    ]


STEP_NAMES = ("customer", "products", "review")


def family_or_404(family: str) -> str:
    """Return the family of the address; raise Http404 for an unknown one."""
    if family not in Family.values:
        raise Http404
    return family


@needs("add_order")
@get_or_post
def new(request: PartnerRequest) -> HttpResponse:
    """Ask for the customer and the family of a new order on one page (D25, ORD-34)."""
    page = partial(_customer_page, request, family=None, order=None)
    family = request.POST.get("family", "") if request.method == "POST" else ""
    return _first_step(request, family if family in Family.values else None, page)


@needs("add_order")
@require_safe
def not_yet(request: PartnerRequest, family: str, step: str) -> HttpResponse:
    """Redirect a later step without a draft to the first one (ORD-03)."""
    return redirect("orders:start", family_or_404(family))


@needs("add_order", "add_customer")
@get_or_post
def create_inline(request: PartnerRequest, family: str) -> HttpResponse:
    """Create the customer from within the order (ORD-16); 403 for trunks (ORD-13)."""
    refuse_creation(family_or_404(family))
    return create_for(
        request, after=reverse("orders:start", args=[family]) + "?customer={id}", family=family
    )


def _prefilled(request: PartnerRequest, family: str | None) -> Customer | None:
    """Return the customer in the address, otherwise the active one (ORD-21)."""
    visible = Customer.objects.visible_to(request.membership).selectable(family)
    named = parse_uuid(request.GET.get("customer", ""))
    if named is not None:
        return visible.filter(pk=named).first()
    active = active_customer(request)
    return active if active is not None and visible.filter(pk=active.pk).exists() else None


def _cards() -> list[dict[str, Any]]:
    registration = families_with_registration()
    return [
        {"code": code, "label": label, "registration": code in registration}
        for code, label in Family.choices
    ]


def _token(request: PartnerRequest, order: Order | None) -> str:
    return "" if order is None else step_token(request, order)


def _left_out(request: PartnerRequest, family: str | None) -> Customer | None:
    """Return the active customer if it can't be chosen for the family."""
    active = active_customer(request)
    if active is None or Customer.objects.selectable(family).filter(pk=active.pk).exists():
        return None
    return active


def _register_url(form: CustomerStepForm, family: str) -> str:
    """Return where a customer is registered for a family that needs it (CHAN-04)."""
    posted = form.posted
    return register_url(family, posted.pk if posted is not None else None)


def _customer_page(
    request: PartnerRequest,
    *,
    form: CustomerStepForm,
    family: str | None,
    order: Order | None,
    chosen: Customer | None,
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show step 1, for a new order and for a draft; without a family it asks for that, too."""
    own = Customer.objects.visible_to(request.membership).own_company().first()
    shows_own = chosen is None or chosen.is_own_company
    searched = typed(request, "customer_search")
    registration = bool(family) and family in families_with_registration()
    matches: list[Match] = []
    if searched:
        matches = find_customers(searched, person=request.membership, family=family)
    active = active_customer(request)
    own_chosen = own is not None and active is not None and active.pk == own.pk
    if own_chosen:
        form.fields["own"].help_text = _(
            "You are working for your own company. Tick to confirm, or choose a customer below."
        )
    context = {
        "form": form,
        "own_chosen": own_chosen,
        "family": Family(family) if family else None,
        "cards": [] if family else _cards(),
        "order": order,
        "form_token": _token(request, order),
        "seen": seen(request, order) if order is not None else {},
        "steps": steps(0, order),
        "own": own if shows_own and not searched else None,
        "chosen": None if chosen is not None and chosen.is_own_company else chosen,
        "searched": searched,
        "matches": matches,
        "suggest_url": reverse("workspace:suggest") + (f"?family={family}" if family else ""),
        "registration": registration,
        "may_add": request.membership.may("add_customer"),
        "active_left_out": None if chosen or searched else _left_out(request, family),
        "register_url": _register_url(form, family) if family and registration else "",
        **(more or {}),
    }
    template = "orders/step_customer.html" if family else "orders/new.html"
    return render(request, template, context, status=status)


def ask_mismatch(
    request: PartnerRequest, target: Customer, *, back: str, order: Order | None = None
) -> HttpResponse | None:
    """Ask if the form is for another customer than the active one (ORD-26).

    Return None if there is nothing to ask: no active customer, the same one, or confirmed already.
    """
    active = active_customer(request)
    if active is None or active.pk == target.pk:
        return None
    if agreed(request.POST.get("agreed", ""), active.pk, target.pk):
        switch_to(request, target)
        return None
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "agreed", "customer_search", "customer_searched")
        for value in values
    ]
    context = {
        "active": active,
        "target": target,
        "order": order,
        "fields": fields,
        "agreed": agreement(active.pk, target.pk),
        "back": back,
    }
    return render(request, "orders/mismatch.html", context)


def _without_errors(request: PartnerRequest, form: CustomerStepForm) -> CustomerStepForm:
    return CustomerStepForm(
        person=request.membership,
        initial={"order_id": form.data.get("order_id", ""), "own": bool(form.data.get("own"))},
    )


def _posted_customer(
    request: PartnerRequest,
    form: CustomerStepForm,
    *,
    page: Callable[..., HttpResponse],
    order: Order | None = None,
) -> Customer | HttpResponse:
    """Return the customer of a posted step 1, or the page that shows the step again."""
    drafted = order.customer if order is not None else None
    valid = form.is_valid()
    target: Customer | None = form.cleaned_data.get("customer")
    if request.POST.get("find"):
        return page(form=_without_errors(request, form), chosen=drafted or target)
    with ShowRefusals(form) as shown:
        if order is not None:
            require_version(order, request.POST)
        if valid and target is not None:
            return target
    return page(form=form, chosen=target or form.posted or drafted, status=shown.status)


@needs("add_order")
@get_or_post
def start(request: PartnerRequest, family: str) -> HttpResponse:
    """Show step 1 of a new order (ORD-01, ORD-03 to ORD-06, ORD-21)."""
    page = partial(_customer_page, request, family=family_or_404(family), order=None)
    return _first_step(request, family, page)


def _first_step(
    request: PartnerRequest, family: str | None, page: Callable[..., HttpResponse]
) -> HttpResponse:
    """Show step 1 of a new order, or start the draft that it asks for."""
    if request.method != "POST":
        kept, initial = form_data(request), {"order_id": uuid4()}
        form = CustomerStepForm(kept, person=request.membership, initial=initial)
        picked = form.cleaned_data.get("customer") if kept and form.is_valid() else None
        return page(form=form, chosen=picked or _prefilled(request, family))
    form = CustomerStepForm(request.POST, person=request.membership)
    target = _posted_customer(request, form, page=page)
    if isinstance(target, HttpResponse):
        return target
    if family is None:
        form.add_error(None, _("Choose what to order."))
        return page(form=form, chosen=target)
    asked = ask_mismatch(request, target, back=request.get_full_path())
    if asked is not None:
        return asked
    with ShowRefusals(form):
        order = start_draft(
            customer=target,
            family=family,
            by=request.membership,
            at=timezone.now(),
            own_confirmed=form.cleaned_data["own"],
            order_id=form.cleaned_data["order_id"],
        )
        products = reverse("orders:products", args=[order.pk])
        keep_typed(request, products, request.POST.get("typed", ""))
        return redirect(products)
    return page(form=form, chosen=target)


@needs("add_order", load=load_form_of_order, of="order")
@get_or_post
@of_draft
def customer(request: OrderRequest) -> HttpResponse:
    """Keep the customer of a draft, or choose another one (D2, ORD-06)."""
    order = request.order
    if request.method != "POST":
        form = CustomerStepForm(person=request.membership)
        return _customer_page(
            request, form=form, family=order.family, order=order, chosen=order.customer
        )
    form = CustomerStepForm(request.POST, person=request.membership)
    page = partial(_customer_page, request, family=order.family, order=order)
    target = _posted_customer(request, form, page=page, order=order)
    if isinstance(target, HttpResponse):
        return target
    if target.pk == order.customer_id:
        return redirect("orders:products", order.pk)
    asked = ask_mismatch(request, target, back=request.get_full_path(), order=None)
    return asked if asked is not None else _move(request, form, target)


def _move(request: OrderRequest, form: CustomerStepForm, target: Customer) -> HttpResponse:
    order = request.order
    shown = ShowStale(
        request,
        form,
        mine=lambda: [(_("Customer"), target.label)],
        theirs=lambda saved: [(_("Customer"), saved.customer.label)],
    )
    with shown:
        moved, dropped = move_draft(
            order.pk,
            target,
            version=require_version(order, request.POST),
            by=request.membership,
            at=timezone.now(),
            own_confirmed=form.cleaned_data["own"],
        )
        messages.success(request, _("The draft is for %s now.") % target.label)
        warn_of_dropped(request, dropped)
        return redirect("orders:products", moved.pk)
    page = partial(_customer_page, request, form=form, family=order.family, order=order)
    return page(chosen=target, status=shown.status, more=shown.context)


def warn_of_dropped(request: PartnerRequest, dropped: Sequence[str]) -> None:
    """Name the products that a draft lost when it was moved to another customer (D2)."""
    if dropped:
        messages.warning(
            request,
            _("Not available to this customer, and so removed: %s.") % ", ".join(dropped),
        )
