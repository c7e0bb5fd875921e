"""Views that change a customer depending on what runs for it: type and rate plan."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.forms.changes import PlanForm, TypeForm
from customers.http import CustomerRequest, load_customer
from customers.views.register import may_change_this
from orders.services.customer_changes import change_customer_type, change_rate_plan, plan_preview
from portal.accounts.access import needs
from portal.catalog.models import RatePlan
from portal.core.forms import ShowRefusals
from portal.core.http import get_or_post


@needs(load=load_customer, of="customer", allow=may_change_this)
@get_or_post
def change_type(request: CustomerRequest) -> HttpResponse:
    """Change the type to normal or residential (ACC-05, ACC-08)."""
    customer = request.customer
    form = TypeForm(request.POST or None, initial={"type": customer.type})
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            change_customer_type(customer, form.cleaned_data["type"], at=timezone.now())
            messages.success(request, _("%s was saved.") % customer.label)
            return redirect("customers:customer", customer.pk)
    return render(request, "customers/type.html", {"form": form, "customer": customer})


@needs("set_credit", load=load_customer, of="customer", allow=may_change_this)
@get_or_post
def change_plan(request: CustomerRequest) -> HttpResponse:
    """Change the rate plan, after a preview of its effect (ACC-14)."""
    customer = request.customer
    form = PlanForm(request.POST or None, initial={"rate_plan": customer.rate_plan_id})
    preview: list[dict[str, object]] = []
    plan: RatePlan | None = None
    if request.method == "POST" and form.is_valid():
        plan = form.cleaned_data["rate_plan"]
        assert plan is not None
        preview = plan_preview(customer, plan, at=timezone.now())
        if request.POST.get("confirmed") == str(plan.pk):
            with ShowRefusals(form):
                change_rate_plan(customer, plan, by=request.membership, at=timezone.now())
                messages.success(
                    request,
                    _("%(customer)s has the rate plan %(plan)s now.")
                    % {"customer": customer.label, "plan": plan.name},
                )
                return redirect("customers:customer", customer.pk)
    context = {
        "form": form,
        "customer": customer,
        "plan": plan,
        "preview": preview,
        "currency": request.partner.currency,
    }
    return render(request, "customers/plan.html", context)
