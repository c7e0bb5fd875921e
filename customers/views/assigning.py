"""Views that assign people to one customer, or to several from the list (REG-19)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import services
from customers.http import CustomerRequest, load_customer
from customers.models import Customer
from customers.people import ALL, NONE, colleagues, ticks_by_team
from customers.views.listing import clean_query, list_address
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.models import Membership
from portal.core.forms import RefusalsAsMessages
from portal.core.http import get_or_post

# More than a page of the list shows, and fewer than the fields that a form may have.
AT_ONCE = 2000


def _chosen(request: PartnerRequest) -> list[Customer]:
    """Return the ticked customers that the person sees; all others are ignored."""
    ids = set()
    for text in [*request.GET.getlist("customer"), *request.POST.getlist("customer")][:AT_ONCE]:
        try:
            ids.add(UUID(text))
        except ValueError:
            continue
    if not ids:
        return []
    visible = Customer.objects.visible_to(request.membership).filter(pk__in=ids)
    return list(visible.order_by("sort_key", "pk"))


def _wanted(
    request: PartnerRequest, people: list[Membership]
) -> tuple[list[Membership], list[Membership]]:
    """Return who is to be assigned and who is not any more.

    Ticks are compared with those at the time when the page was made, so that a colleague's changes
    in between stay. For several customers a person's field ``some_...`` says all or none.
    """
    had, ticked = set(request.POST.getlist("had")), set(request.POST.getlist("people"))
    add, remove = [], []
    for person in people:
        key = str(person.pk)
        said = request.POST.get(f"some_{key}", "")
        if said == ALL or key in ticked - had:
            add.append(person)
        elif said == NONE or key in had - ticked:
            remove.append(person)
    return add, remove


def _page(
    request: PartnerRequest,
    customers: list[Customer],
    back: str,
    *,
    back_id: UUID | None = None,
    query: str = "",
) -> HttpResponse:
    people = colleagues(request.partner)
    if request.method == "POST" and request.POST.get("save"):
        add, remove = _wanted(request, people)
        with RefusalsAsMessages(request):
            came, went = services.change_assignments(
                customers, add=add, remove=remove, at=timezone.now()
            )
            if came or went:
                messages.success(
                    request,
                    _(
                        "Saved: %(came)s assigned, %(went)s taken away. "
                        "The people concerned are notified."
                    )
                    % {"came": came, "went": went},
                )
            else:
                messages.info(request, _("Nothing was changed."))
            return redirect(back)
    one = customers[0].label if len(customers) == 1 else ""
    many = ngettext("%(n)s customer", "%(n)s customers", len(customers)) % {"n": len(customers)}
    context = {
        "customers": customers,
        "one": one,
        "title": one or many,
        "teams": ticks_by_team(people, customers),
        "back_url": back,
        "back_id": back_id,
        "query": query,
    }
    return render(request, "customers/assign.html", context)


@needs("assign_customer", load=load_customer, of="customer")
@get_or_post
def assign_one(request: CustomerRequest) -> HttpResponse:
    """Choose who is responsible for a customer (REG-17, REG-22)."""
    customer = request.customer
    back = reverse("customers:customer", args=[customer.pk])
    return _page(request, [customer], back, back_id=customer.pk)


@needs("assign_customer")
@get_or_post
def assign(request: PartnerRequest) -> HttpResponse:
    """Choose who is responsible for the customers ticked in the list (REG-19)."""
    customers = _chosen(request)
    # Back to the same search and filters.
    query = clean_query(request, request.POST.get("query", ""))
    if not customers:
        messages.info(request, _("Select customers first."))
        return redirect(list_address(query))
    return _page(request, customers, list_address(query), query=query)
