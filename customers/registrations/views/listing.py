"""The list of registrations, and the page of one (CHAN-03)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.models import CustomerRegistration
from customers.registrations.http import RegistrationRequest, load_registration
from customers.registrations.orders import order_url
from customers.registrations.states import CSS, allowed
from portal.accounts.access import PartnerRequest, needs
from portal.core.formats import with_currency
from portal.core.list_filters import typed_text
from portal.core.listing import Listing, without_place
from portal.files.models import Kind
from portal.files.services import as_download
from portal.history.queries import timeline_of

SORTS = {
    "customer": ("name", "pk"),
    "state": ("state", "changed_at", "pk"),
    "sent": ("created_at", "pk"),
    "changed": ("changed_at", "pk"),
}
State = CustomerRegistration.State
TABS = (State.SUBMITTED, State.NEEDS_INFO, State.APPROVED, State.REJECTED)


def _tabs(request: HttpRequest, found: QuerySet[CustomerRegistration], state: str) -> Any:
    """Return a tab for each state that people look for, with its number of registrations."""
    counts = dict(found.values_list("state").annotate(n=Count("pk")).order_by())
    tabs = [("", _("All"), sum(counts.values()))]
    tabs += [(code.value, str(code.label), counts.get(code.value, 0)) for code in TABS]
    query = without_place(request.GET)
    shown = []
    for code, label, count in tabs:
        query["state"] = code
        shown.append(
            {
                "label": label,
                "count": count,
                "url": "?" + query.urlencode(),
                "current": code == state,
            }
        )
    return shown


@needs("add_order")
@require_safe
def registration_list(request: PartnerRequest) -> HttpResponse:
    """Show the partner's registrations, the newest change first."""
    visible = CustomerRegistration.objects.visible_to(request.membership)
    text, state = typed_text(request.GET, "q"), request.GET.get("state", "")
    found = visible
    if text:
        of_customer = Q(customer__name__icontains=text) | Q(customer__number__startswith=text)
        found = found.filter(Q(name__icontains=text) | Q(number__startswith=text) | of_customer)
    state = state if state in State.values else ""
    rows = found.filter(state=state) if state else found
    listing = Listing(
        request,
        rows.select_related("customer", "created_by__user"),
        sorts=SORTS,
        default="-changed",
    )
    context = {
        "listing": listing,
        "rows": [(row, (CSS[row.state], row.get_state_display())) for row in listing.rows],
        "tabs": _tabs(request, found, state),
        "state": state,
        "q": text,
        "is_empty": not (text or state) and not listing.total,
    }
    return render(request, "customers/registrations/list.html", context)


@needs("add_order", load=load_registration, of="registration")
@require_safe
def registration_page(request: RegistrationRequest) -> HttpResponse:
    """Show a registration: what was sent, what channel sales said, and how to go on."""
    registration = request.registration
    file = getattr(registration, "file", None)
    limit = registration.credit_limit or Decimal(0)
    context = {
        "registration": registration,
        "state": (CSS[registration.state], registration.get_state_display()),
        "credit_limit": with_currency(limit, request.partner.currency),
        "file": file,
        "file_size": filesizeformat(file.size) if file is not None else "",
        "order_url": order_url(registration),
        "may_answer": allowed(registration, "answer"),
        "may_withdraw": allowed(registration, "withdraw"),
        "timeline": timeline_of(registration),
    }
    return render(request, "customers/registrations/registration.html", context)


@needs("add_order", load=load_registration, of="registration")
@require_safe
def download(request: RegistrationRequest) -> HttpResponse:
    """Return the file of a registration as a download."""
    file = getattr(request.registration, "file", None)
    if file is None:
        raise Http404
    return as_download(bytes(file.content), name=file.name, kind=Kind(file.kind))
