"""Reporting a problem: whose it is, what it is, and who will be told (ONB-18)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.active_customer import active_customer
from customers.http import CustomerRequest, load_customer
from customers.models import may_change
from customers.queries import Match, find_customers
from portal.accounts.access import PartnerRequest, needs
from portal.core.forms import ShowRefusals
from portal.core.http import form_data, get_or_post, typed
from support.forms.reports import ReportForm, StartForm
from support.http import named_in_link
from support.recipients import recipients_of
from support.services.reporting import report_problem


@needs("add_report")
@get_or_post
def pick_customer(
    request: PartnerRequest,
    to: str = "support:new",
    template: str = "support/pick_customer.html",
) -> HttpResponse:
    """Ask whose problem it is, or where work was done; the active customer is filled in."""
    form = StartForm(form_data(request), person=request.membership)
    searched = typed(request, "customer_search")
    if request.method == "POST" and not request.POST.get("find") and form.is_valid():
        return redirect(to, form.cleaned_data["customer"].pk)
    if request.POST.get("find"):
        form.errors.clear()
    matches: list[Match] = []
    if searched:
        matches = find_customers(searched, person=request.membership)
    context = {
        "form": form,
        "chosen": form.posted if form.is_bound else active_customer(request),
        "searched": searched,
        "matches": matches,
        "suggest_url": reverse("workspace:suggest"),
    }
    return render(request, template, context)


@needs("add_report", load=load_customer, of="customer")
@get_or_post
def new_report(request: CustomerRequest) -> HttpResponse:
    """Report a problem of a customer; shows who will be told before it is sent (ONB-18)."""
    customer, person = request.customer, request.membership
    at = timezone.now()
    form = ReportForm(
        form_data(request),
        files=request.FILES or None,
        customer=customer,
        person=person,
        initial={**named_in_link(request), "report_id": uuid4()},
    )
    shown = ShowRefusals(form)
    if request.method == "POST" and form.is_valid():
        with shown:
            report = report_problem(
                customer,
                form.problem(),
                by=person,
                at=at,
                files=form.cleaned_data["uploads"],
                report_id=form.cleaned_data["report_id"],
            )
            messages.success(request, _("Report %s was sent.") % report.number)
            return redirect("support:report", report.pk)
    told = recipients_of(customer, at=at)
    context: dict[str, Any] = {"form": form, "customer": customer, "told": told}
    context["may_change"] = may_change(customer, person)
    return render(request, "support/new.html", context, status=shown.status)
