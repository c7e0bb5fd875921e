"""The two forms that send a registration: of a customer of the register, of a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.active_customer import active_customer
from customers.models import Customer, CustomerRegistration
from customers.queries import Match, find_customers
from customers.registrations.forms import ExistingForm, NewForm
from customers.registrations.services import register_customer, registration_refusals
from portal.accounts.access import PartnerRequest, needs
from portal.core.forms import ShowRefusals
from portal.core.http import form_data, get_or_post, parse_uuid, typed


def _order_id(request: PartnerRequest) -> UUID | None:
    return parse_uuid(request.GET.get("order", ""))


def _from_order(request: PartnerRequest) -> bool:
    """Return whether the address says that the form was opened from within an order (CHAN-04)."""
    return request.GET.get("from") == "order" or _order_id(request) is not None


def _prefilled(request: PartnerRequest) -> Customer | None:
    """Return the customer in the address, otherwise the active one."""
    visible = Customer.objects.visible_to(request.membership).active()
    named = parse_uuid(request.GET.get("customer", ""))
    if named is not None:
        return visible.filter(pk=named).first()
    active = active_customer(request)
    return active if active is not None and not active.is_own_company else None


def _send(
    request: PartnerRequest,
    data: dict[str, Any],
    customer: Customer | None,
    fields: dict[str, Any],
) -> HttpResponse:
    """Send a valid form; say that it was sent and what happens next. Raise RuleError."""
    sent = register_customer(
        family=data["family"],
        customer=customer,
        channels=data["channels"],
        remark=data["note"],
        file=data["file"],
        from_order=_from_order(request),
        order_id=_order_id(request),
        registration_id=data["registration_id"],
        by=request.membership,
        at=timezone.now(),
        **fields,
    )
    text = _("The registration of %(customer)s was sent. Channel Sales answers by e-mail.")
    messages.success(request, text % {"customer": sent.customer_label})
    return redirect("registrations:registration", sent.pk)


def _was_sent(request: PartnerRequest, registration_id: UUID | None) -> bool:
    """Return whether this very form was sent before: then what it made is shown, not refused."""
    if registration_id is None:
        return False
    rows = CustomerRegistration.objects.filter(created_by=request.membership)
    return rows.filter(pk=registration_id).exists()


def _context(request: PartnerRequest) -> dict[str, Any]:
    return {
        "from_order": _from_order(request),
        "query": request.GET.urlencode(),
        "may_add": request.membership.may("add_customer"),
    }


@needs("add_order")
@get_or_post
def existing(request: PartnerRequest) -> HttpResponse:
    """Register a customer of the register (ORD-15)."""
    searched, data = typed(request, "customer_search"), form_data(request)
    form = ExistingForm(
        data,
        files=request.FILES or None,
        person=request.membership,
        family=request.GET.get("family", ""),
        initial={"registration_id": uuid4()},
    )
    status = 200
    if request.method == "POST" and not request.POST.get("find"):
        with ShowRefusals(form) as shown:
            if form.is_valid():
                return _send(request, form.cleaned_data, form.cleaned_data["customer"], {})
        status = shown.status
    chosen = form.posted if data is not None and form.errors is not None else _prefilled(request)
    matches: list[Match] = []
    if searched:
        matches = find_customers(searched, person=request.membership)
    context = {
        **_context(request),
        "form": form,
        "chosen": chosen,
        "searched": searched,
        "matches": matches,
        "suggest_url": reverse("workspace:suggest"),
    }
    return render(request, "customers/registrations/existing.html", context, status=status)


@needs("add_order")
@get_or_post
def new(request: PartnerRequest) -> HttpResponse:
    """Register a customer that is in nobody's register yet (ORD-14)."""
    if not request.membership.may("add_customer"):
        raise PermissionDenied(_("Your role does not include creating customers."))
    posted = request.method == "POST"
    form = NewForm(
        form_data(request),
        files=request.FILES or None,
        person=request.membership,
        family=request.GET.get("family", ""),
        initial={"registration_id": uuid4(), "name": request.GET.get("name", "")[:200]},
    )
    if posted:
        valid = form.is_valid()
        if not _was_sent(request, form.cleaned_data.get("registration_id")):
            for error in registration_refusals(form.cleaned_data, by=request.membership):
                valid = False
                if error.field is None or not form.has_error(error.field):
                    form.add_error(error.field, str(error))
        with ShowRefusals(form):
            if valid:
                return _send(request, form.cleaned_data, None, form.customer_fields())
    context = {**_context(request), "form": form}
    return render(request, "customers/registrations/new.html", context)
