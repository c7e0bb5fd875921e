"""The list of customers: found, sorted, shown in chosen columns, and taken along as a file."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers import services
from customers.columns import offered_columns, with_needs
from customers.finding import CustomersAsked, asked_of, found_customers
from customers.forms.listing import SaveFilterForm
from customers.list_setup import ListSetup, list_setup
from customers.models import Customer, SavedFilter, sees_some
from customers.rows import customer_rows
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.models import Membership
from portal.accounts.rights import Right
from portal.core.forms import ShowRefusals
from portal.core.list_columns import choices_of, chosen_columns, sorts_of
from portal.core.list_filters import list_context, refuse_export
from portal.core.listing import BigListing, Sorted, page_size
from portal.tenancy.downloads import download, file_columns

COLUMN = re.compile("[a-z_]{1,40}")
# Orders of the list that are read along an index.
INDEXED_SORTS = ("name", "number", "credit", "credit_committed")
# The right that opens each list of another app.
RIGHTS: dict[str, Right] = {
    SavedFilter.List.ORDERS: Right.VIEW_ORDER,
    SavedFilter.List.QUOTES: Right.VIEW_QUOTE,
    SavedFilter.List.EMAILS: Right.MANAGE_PEOPLE,
    SavedFilter.List.REPORTS: Right.VIEW_REPORT,
    SavedFilter.List.SERVICES: Right.VIEW_ORDER,
}


def may_see_some(request: PartnerRequest) -> bool:
    """For ``needs(allow=...)``: the list is open to whoever sees all or the assigned."""
    return sees_some(request.membership)


def may_see_list(person: Membership, list_name: str) -> bool:
    """Return whether a list is open to the person, and its filters with it (REG-09)."""
    right = RIGHTS.get(list_name)
    return sees_some(person) if right is None else person.may(right)


def may_see_the_list(request: PartnerRequest) -> bool:
    """For ``needs(allow=...)``: whoever sees a list may save filters of it."""
    return may_see_list(request.membership, request.POST.get("list_name", ""))


def list_address(query: str = "") -> str:
    """The list with a query that was kept in a form."""
    return reverse("customers:list") + (f"?{query}" if query else "")


@needs(allow=may_see_some)
@require_safe
def customer_list(request: PartnerRequest) -> HttpResponse:
    """The list of the register (REG-08 to REG-14, ORD-09, ORD-12, ACC-04)."""
    person = request.membership
    setup = list_setup(person, request.GET.get("q", ""))
    asked = asked_of(request.GET, setup)
    offered = offered_columns(setup, person)
    columns = chosen_columns(offered, setup.columns)
    along_index = request.GET.get("sort", "name").lstrip("-") in INDEXED_SORTS
    found = found_customers(asked, person=person, setup=setup, along_index=along_index)
    size = page_size(request.GET)
    sorts = sorts_of(offered)
    shown = with_needs(found, columns)
    listing = BigListing(request, shown, counted=found, sorts=sorts, default="name", size=size)
    context = {
        **list_context(asked, listing, request.GET),
        "rows": customer_rows(listing.rows, columns, setup.names()),
        "columns": columns,
        "offered": choices_of(offered, columns),
        "may_add": person.may("add_customer"),
        "may_assign": person.may("assign_customer"),
        "may_export": person.may("export_customer"),
        "tabs": _tabs(setup, asked, request.GET),
    }
    return render(request, "customers/list.html", context)


def _tabs(setup: ListSetup, asked: CustomersAsked, data: QueryDict) -> list[dict[str, Any]]:
    """All customers, then the saved filters: her own first."""
    pairs = asked.pairs() + ([("sort", data["sort"])] if data.get("sort") else [])
    now = urlencode(pairs)
    tabs: list[dict[str, Any]] = [
        {"label": _("All"), "url": list_address(), "current": not now, "count": None}
    ]
    for saved in setup.saved:
        url = list_address(saved.query)
        tabs.append({"label": saved.name, "url": url, "current": saved.query == now, "count": None})
    return tabs if setup.saved else []


@needs("export_customer", allow=may_see_some)
@require_safe
def export(request: PartnerRequest) -> HttpResponseBase:
    """The rows on screen, of all pages, as a file (REG-10)."""
    person = request.membership
    setup = list_setup(person, request.GET.get("q", ""))
    asked = asked_of(request.GET, setup)
    offered = offered_columns(setup, person)
    columns = chosen_columns(offered, setup.columns)
    if not asked.is_possible:
        return refuse_export(request, asked, list_address())
    order = Sorted(request, model=Customer, sorts=sorts_of(offered), default="name")
    found = found_customers(asked, person=person, setup=setup)
    found = with_needs(found, columns)
    rows = found.order_by(*order.ordering)
    return download(
        rows,
        file_columns(columns, setup.names()),
        kind=request.GET.get("format", ""),
        name="customers",
        title=_("Customers"),
        partner=request.partner,
        at=timezone.now(),
    )


@needs()
@require_POST
def choose_columns(request: PartnerRequest) -> HttpResponse:
    """Which columns of a list this person sees from now on (REG-11, REG-45)."""
    list_name = request.POST.get("list_name") or SavedFilter.List.CUSTOMERS.value
    if list_name not in SavedFilter.PAGES:
        raise Http404
    query, wanted = request.POST.get("query", ""), request.POST.getlist("columns")
    if list_name == SavedFilter.List.CUSTOMERS:
        offered = offered_columns(list_setup(request.membership), request.membership)
        known = [column.name for column in offered]
        wanted, query = [name for name in known if name in wanted], clean_query(request, query)
    else:
        # The list itself, of another app, passes over what it does not know.
        wanted = [name for name in wanted[:50] if COLUMN.fullmatch(name)]
        query = plain_query(query)
    standard = request.POST.get("then") == "standard"
    services.choose_columns(request.membership, None if standard else wanted, list_name=list_name)
    return redirect(SavedFilter.page_of(list_name, query))


@needs(allow=may_see_the_list)
@require_POST
def save_filter(request: PartnerRequest) -> HttpResponse:
    """Keep search, filters and order under a name."""
    form = SaveFilterForm(request.POST)
    query, list_name = request.POST.get("query", ""), request.POST.get("list_name", "")
    if list_name in ("", SavedFilter.List.CUSTOMERS):
        query = clean_query(request, query)
    else:
        query = plain_query(query)
    if form.is_valid():
        with ShowRefusals(form):
            data = {**form.cleaned_data, "query": query}
            saved = services.save_filter(by=request.membership, at=timezone.now(), **data)
            messages.success(request, _("The filter %s was saved.") % saved.name)
            return redirect(saved.address)
    context = {"form": form, "query": query, "list_name": list_name}
    return render(request, "customers/filter.html", context)


def plain_query(query: str) -> str:
    """Return another list's query: plain names and their values, without the place in it."""
    try:
        pairs = parse_qsl(query[:4000], max_num_fields=40)
    except ValueError:
        return ""
    return urlencode([(name, text) for name, text in pairs if name.isalpha() and name != "page"])


def clean_query(request: PartnerRequest, query: str) -> str:
    """Only what the list knows, in its fixed order: it becomes a part of addresses."""
    setup = list_setup(request.membership)
    data = QueryDict(query[:4000])
    sorts = sorts_of(offered_columns(setup, request.membership))
    asked = data.get("sort", "")
    keep = [("sort", asked)] if asked.removeprefix("-") in sorts and asked != "name" else []
    return urlencode([*asked_of(data, setup).pairs(), *keep])
