"""Planning a work order, or starting a service report at once (SUP-01)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.http import CustomerRequest, load_customer
from customers.people import access_to, colleagues
from portal.accounts.access import needs
from portal.accounts.models import Membership
from portal.core.forms import ShowRefusals
from portal.core.http import form_data, get_or_post, parse_uuid
from support.forms.plans import PlanForm
from support.models import ProblemReport
from support.services.work_orders import plan_work_order, start_report


def _technicians(request: CustomerRequest) -> list[Membership]:
    """Return who can do work at the customer: sees it, and may write reports."""
    seen = access_to(request.customer, colleagues(request.partner))
    return [each.person for each in seen if each.sees and each.person.may("change_report")]


def _report(request: CustomerRequest) -> ProblemReport | None:
    """Return the problem report that the address names; raise Http404 for another customer's."""
    named = request.GET.get("report", "")
    if not named:
        return None
    pk, visible = parse_uuid(named), ProblemReport.objects.visible_to(request.membership)
    found = visible.filter(customer=request.customer, pk=pk).first() if pk is not None else None
    if found is None:
        raise Http404
    return found


def _initial(request: CustomerRequest, report: ProblemReport | None) -> dict[str, Any]:
    """Return what is filled in: from the problem report, or what the link names."""
    found: dict[str, Any] = {"work_id": uuid4(), "technician": request.membership.pk}
    for name in ("site", "order"):
        found[name] = parse_uuid(request.GET.get(name, ""))
    if report is not None:
        found |= {
            "task": f"{report.subject}\n\n{report.description}"[:5_000],
            "site": report.site_id,
            "order": report.order_id,
        }
        if report.handler_id is not None:
            found["technician"] = report.handler_id
    return found


@needs("change_report", load=load_customer, of="customer")
@get_or_post
def new_work(request: CustomerRequest) -> HttpResponse:
    """Plan a work order of a customer, or write its service report at once."""
    customer, by, at = request.customer, request.membership, timezone.now()
    report = _report(request)
    form = PlanForm(
        form_data(request),
        customer=customer,
        person=by,
        people=_technicians(request),
        initial=_initial(request, report),
    )
    shown = ShowRefusals(form)
    if request.method == "POST" and form.is_valid():
        plan, work_id = form.plan(report), form.cleaned_data["work_id"]
        with shown:
            if request.POST.get("act") == "write":
                work = start_report(customer, plan, by=by, at=at, work_id=work_id)
                return redirect("service:write", work.pk)
            work = plan_work_order(customer, plan, by=by, at=at, work_id=work_id)
            messages.success(request, _("Work order %s was planned.") % work.number)
            return redirect("service:work", work.pk)
    context = {"form": form, "customer": customer, "report": report}
    return render(request, "support/service/new.html", context, status=shown.status)
