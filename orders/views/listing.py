"""The list of orders and its file (REG-09, REG-10)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.finding import (
    FILE_FIELDS,
    SORTS,
    empty_words,
    file_columns,
    found_orders,
    order_filters,
    total_sentence,
)
from orders.groups import Group, groups_for
from orders.models import Order
from orders.queries import orders_for_list
from orders.rows import order_group_rows, order_rows
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.models import Membership
from portal.core.list_filters import (
    counts_of_tabs,
    list_context,
    read_filters,
    refuse_export,
    tabs_of,
)
from portal.core.listing import BigListing, Sorted, page_size
from portal.tenancy.downloads import download

GROUP_ROWS = 10


@needs("view_order")
@require_safe
def order_list(request: PartnerRequest) -> HttpResponse:
    """Show all orders that the person may see."""
    person = request.membership
    asked = read_filters(request.GET, order_filters(person))
    counts = counts_of_tabs(asked, Order.objects.visible_to(person), "state")
    # Above the whole list alone; what stands there does not stand below once more.
    groups = [] if request.GET else _groups(request)
    found = found_orders(asked, person)
    if groups:
        found = found.exclude(state=Order.State.SUBMITTED)
    listing = BigListing(
        request,
        found.select_related("customer"),
        counted=found,
        sorts=SORTS,
        default="-changed",
        size=page_size(request.GET),
    )
    context = {
        **list_context(asked, listing, request.GET),
        **_rights(person),
        "rows": order_rows(listing.rows),
        "tabs": tabs_of(request.GET, asked, "state", counts),
        "total_sentence": total_sentence(counts[0] if counts else listing.total),
        "groups": groups,
        "others": any(group.title == str(Order.State.SUBMITTED.label) for group in groups),
        "empty": empty_words(asked),
        "currency": request.partner.currency,
    }
    return render(request, "orders/list.html", context)


@needs("view_order", "export_customer")
@require_safe
def export(request: PartnerRequest) -> HttpResponseBase:
    """Return the orders on screen, of all pages, as a file (REG-10)."""
    person = request.membership
    asked = read_filters(request.GET, order_filters(person))
    if not asked.is_possible:
        return refuse_export(request, asked, reverse("orders:list"))
    order = Sorted(request, model=Order, sorts=SORTS, default="-changed")
    found = found_orders(asked, person).select_related("customer").only(*FILE_FIELDS)
    return download(
        found.order_by(*order.ordering),
        file_columns(prices=person.may("view_prices"), currency=request.partner.currency),
        kind=request.GET.get("format", ""),
        name="orders",
        title=_("Orders"),
        partner=request.partner,
        at=timezone.now(),
    )


def _rights(person: Membership) -> dict[str, bool]:
    """Return what this person may do in the list."""
    return {
        "prices": person.may("view_prices"),
        "may_add": person.may("add_order"),
        "may_export": person.may("export_customer"),
    }


def _groups(request: PartnerRequest) -> list[Group]:
    """Return what waits: for a customer's approval, then for channel sales (CON-26)."""
    submitted = orders_for_list(request.membership).filter(state=Order.State.SUBMITTED)
    found = groups_for(request.membership)
    rows = list(submitted.order_by("-submitted_at")[: GROUP_ROWS + 1])
    if rows:
        url = reverse("orders:list") + "?state=submitted"
        more = len(rows) > GROUP_ROWS
        found.append(
            Group(
                title=str(Order.State.SUBMITTED.label),
                rows=order_group_rows(rows[:GROUP_ROWS]),
                total=0 if more else len(rows),
                more_url=url if more else "",
            )
        )
    return found
