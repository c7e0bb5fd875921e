"""Step 2 of an order: products, or the services that run."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.credit import exceeded_in_words
from orders.details import detail_rows
from orders.families import FORMS
from orders.families.base import FamilyForm
from orders.http import OrderRequest, load_form_of_order, require_version
from orders.models import Order
from orders.services.drafts import save_products
from orders.views.gone import no_longer, of_draft
from orders.views.service_step import services_step
from orders.views.stale import Rows, ShowStale, products_row, saved_products
from orders.views.step_parts import credit_url, step_context
from orders.views.waiting import of_cleared
from portal.accounts.access import needs
from portal.core.errors import WrongState
from portal.core.http import form_data, get_or_post


def today() -> Any:
    """Return the date in the partner's time zone (D20)."""
    return timezone.localdate()


@needs("add_order", load=load_form_of_order, of="order")
@get_or_post
@of_draft
@of_cleared
def products(request: OrderRequest) -> HttpResponse:
    """Show step 2: what is ordered, by the family's own form."""
    order = request.order
    if order.kind != Order.Kind.NEW:
        return services_step(request)
    parks = request.POST.get("then") == "draft"
    form = FORMS[order.family](form_data(request), order=order, today=today(), parks=parks)
    shown = ShowStale(request, form, mine=lambda: _mine(form), theirs=saved_products)
    rebuilt = form.rebuilt(request.POST.get("then", "")) if request.method == "POST" else None
    if rebuilt is not None:
        form = rebuilt
    elif request.method == "POST":
        with shown:
            saved = _save_products(request, form)
            if saved is not None:
                return saved
    context = {
        **step_context(request, 1),
        "form": form,
        "template": form.template,
        "totals": form.totals(),
        "exceeded": exceeded_in_words(
            "{need}", order.customer.credit_available, order.customer.credit_limit
        ),
        "credit_url": credit_url(request, shown.error),
        **shown.context,
    }
    return render(request, "orders/step_products.html", context, status=shown.status)


def _mine(form: FamilyForm) -> Rows:
    """Return what was posted in step 2 as rows, to compare it with what is saved."""
    chosen = form.quantities()
    names = [
        f"{chosen[product.pk]} × {product.title}"
        for product in form.products
        if product.pk in chosen
    ]
    posted = Order(details=form.details(), site=form.site())
    return [*products_row("\n".join(names)), *detail_rows(posted)]


def _save_products(request: OrderRequest, form: FamilyForm) -> HttpResponse | None:
    """Save a posted step 2; return None if the form has errors. Raise RuleError."""
    order = request.order
    version = require_version(order, request.POST)
    if not form.is_valid():
        return None
    try:
        save_products(
            order.pk,
            version=version,
            quantities=form.quantities(),
            details=form.details(),
            site=form.site(),
            at=timezone.now(),
            parks=form.parks,
        )
    except WrongState:
        return no_longer(request)
    if request.POST.get("then") == "draft":
        messages.success(request, _("The draft was kept."))
        return redirect("orders:order", order.pk)
    return redirect("orders:review", order.pk)
