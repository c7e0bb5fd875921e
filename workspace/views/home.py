"""Views over several apps: dashboard, switching the active customer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.active_customer import active_customer, leave, switch_to
from customers.models import Customer
from customers.services import create_own_company
from portal.accounts.access import PartnerRequest, needs
from portal.core.forms import RefusalsAsMessages
from portal.core.http import parse_uuid
from workspace.home.page import greeting, home_page
from workspace.home.scope import Scope


@needs(customers=True)
@require_safe
def dashboard(request: PartnerRequest) -> HttpResponse:
    """Show the home page of a partner's people (ONB-24); lead a customer's people to theirs.

    With an active customer it is about that one; ``?all=1`` shows all again.
    """
    person = request.membership
    if person.customer_id is not None:
        return redirect("my:home")
    active = active_customer(request)
    shows_all = "all" in request.GET
    scope = Scope(person, None if shows_all else active, timezone.now())
    context = {
        "greeting": greeting(request.user.get_short_name()),
        "about": scope.customer,
        "could_narrow": active is not None and shows_all,
        **home_page(scope),
    }
    return render(request, "workspace/dashboard.html", context)


def _after(request: HttpRequest, default: str) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return default


@needs()
@require_POST
def switch(request: PartnerRequest) -> HttpResponse:
    """Make a customer the active one and open its page (ACC-03, ORD-20)."""
    customer_id = parse_uuid(request.POST.get("customer", ""))
    visible = Customer.objects.visible_to(request.membership)
    customer = get_object_or_404(visible, pk=customer_id)
    if not customer.is_active:
        messages.error(
            request,
            _('"%(customer)s" is inactive and cannot be ordered for.')
            % {"customer": customer.name},
        )
        return redirect("customers:customer", customer.pk)
    switch_to(request, customer)
    messages.success(request, _("You are working for %s.") % customer.label)
    return HttpResponseRedirect(_after(request, reverse("customers:customer", args=[customer.pk])))


@needs()
@require_POST
def leave_customer(request: PartnerRequest) -> HttpResponse:
    """Stop working for a customer (ACC-03)."""
    leave(request)
    return HttpResponseRedirect(_after(request, reverse("workspace:dashboard")))


@needs("add_customer")
@require_POST
def make_own_company(request: PartnerRequest) -> HttpResponse:
    """Create the missing own-company customer (ORD-11)."""
    with RefusalsAsMessages(request):
        customer = create_own_company(at=timezone.now(), by=request.membership)
        messages.success(request, _("%s is there now.") % customer.label)
        return redirect("customers:customer", customer.pk)
    return redirect("workspace:dashboard")
