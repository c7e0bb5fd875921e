"""The list of orders and its file (REG-09, REG-10)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from orders.finding import empty_words, listed_orders, total_sentence
from orders.groups import Group, groups_for
from orders.models import Order
from orders.queries import orders_for_list
from orders.rows import order_group_rows
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.models import Membership

GROUP_ROWS = 10


@needs("view_order")
@require_safe
def order_list(request: PartnerRequest) -> HttpResponse:
    """Show all orders that the person may see."""
    person = request.membership
    listed = listed_orders(request.GET, person)
    # Above the whole list alone; what stands there does not stand below once more.
    groups = [] if request.GET else _groups(request)
    found = listed.found.exclude(state=Order.State.SUBMITTED) if groups else listed.found
    context = {
        **listed.context(request, found, Order.objects.visible_to(person)),
        **_rights(person),
        "groups": groups,
        "others": any(group.title == str(Order.State.SUBMITTED.label) for group in groups),
        "empty": empty_words(listed.asked),
    }
    context["total_sentence"] = total_sentence(context["all_total"])
    return render(request, "orders/list.html", context)


@needs("view_order", "export_customer")
@require_safe
def export(request: PartnerRequest) -> HttpResponseBase:
    """Return the orders on screen, of all pages, as a file (REG-10)."""
    listed = listed_orders(request.GET, request.membership)
    return listed.file(request, request.partner, timezone.now())


def _rights(person: Membership) -> dict[str, bool]:
    """Return what this person may do in the list."""
    return {
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
