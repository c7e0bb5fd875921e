"""Changes of a customer that need to know what runs for it: type and rate plan."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.forms.register import PlanForm, TypeForm
from customers.http import CustomerRequest, load_customer
from customers.views.register import may_change_this
from orders.services.customer_changes import change_customer_type, change_rate_plan, plan_preview
from portal.accounts.access import needs
from portal.catalog.models import RatePlan
from portal.core.errors import RuleError

GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@needs(load=load_customer, of="customer", allow=may_change_this)
@GET_POST
def change_type(request: CustomerRequest) -> HttpResponse:
    """Normal or residential (ACC-05, ACC-08)."""
    customer = request.customer
    form = TypeForm(request.POST or None, initial={"type": customer.type})
    if request.method == "POST" and form.is_valid():
        try:
            change_customer_type(customer, form.cleaned_data["type"], at=timezone.now())
        except RuleError as error:
            form.add_error("type", str(error))
        else:
            messages.success(request, _("%s was saved.") % customer.label)
            return redirect("customers:customer", customer.pk)
    return render(request, "customers/type.html", {"form": form, "customer": customer})


@needs("set_credit", load=load_customer, of="customer", allow=may_change_this)
@GET_POST
def change_plan(request: CustomerRequest) -> HttpResponse:
    """Another rate plan: first what it changes now, then the change (ACC-14)."""
    customer = request.customer
    form = PlanForm(request.POST or None, initial={"rate_plan": customer.rate_plan_id})
    preview: list[dict[str, object]] = []
    plan: RatePlan | None = None
    if request.method == "POST" and form.is_valid():
        plan = form.cleaned_data["rate_plan"]
        assert plan is not None
        preview = plan_preview(customer, plan, at=timezone.now())
        if request.POST.get("confirmed") == str(plan.pk):
            try:
                change_rate_plan(customer, plan, by=request.membership, at=timezone.now())
            except RuleError as error:
                form.add_error("rate_plan", str(error))
            else:
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
