"""Views of saved filters: list, rename, share, delete (REG-09)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers import services
from customers.forms.listing import SavedFilterForm
from customers.models import SavedFilter
from customers.views.listing import may_see_list
from portal.accounts.access import PartnerRequest, needs
from portal.core.forms import ShowRefusals
from portal.core.http import get_or_post


class FilterRequest(PartnerRequest):
    """A request whose address contains a saved filter that the person may see."""

    saved: SavedFilter


def load_filter(request: FilterRequest, kwargs: dict[str, Any]) -> None:
    """Set ``request.saved`` from the address, for ``needs``.

    Raise Http404 unless it is the person's own or shared, and its list is open to them.
    """
    filter_id: UUID = kwargs.pop("filter_id")
    saved = SavedFilter.objects.visible_to(request.membership).filter(pk=filter_id).first()
    if saved is None or not may_see_list(request.membership, saved.list_name):
        raise Http404
    request.saved = saved


def may_change_this_filter(request: FilterRequest) -> bool:
    """Return whether the person may change the filter, for ``needs(allow=...)``."""
    return bool(request.saved.may_be_changed_by(request.membership))


def may_see_a_list(request: PartnerRequest) -> bool:
    """For ``needs(allow=...)``: the page is open to whoever sees one of the lists."""
    return any(may_see_list(request.membership, name) for name in SavedFilter.List.values)


@needs(allow=may_see_a_list)
@require_safe
def filters(request: PartnerRequest) -> HttpResponse:
    """Show the person's own filters and the shared ones."""
    person = request.membership
    lists = [name for name in SavedFilter.List.values if may_see_list(person, name)]
    visible = SavedFilter.objects.visible_to(person).select_related("membership__user")
    rows = [
        {
            "saved": saved,
            "url": saved.address,
            "owner": saved.membership.shown_name,
            "may_change": saved.may_be_changed_by(person),
        }
        for name in lists
        for saved in visible.of_list(name)
    ]
    return render(request, "customers/filters.html", {"rows": rows})


@needs(load=load_filter, of="filter", allow=may_change_this_filter)
@get_or_post
def change_filter(request: FilterRequest) -> HttpResponse:
    """Rename a filter, share it or make it private."""
    form = SavedFilterForm(request.POST or None, instance=request.saved)
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            saved = services.change_filter(request.saved, **form.cleaned_data)
            messages.success(request, _("The filter %s was saved.") % saved.name)
            return redirect("customers:filters")
    return render(request, "customers/filter.html", {"form": form, "saved": request.saved})


@needs(load=load_filter, of="filter", allow=may_change_this_filter)
@get_or_post
def delete_filter(request: FilterRequest) -> HttpResponse:
    """Delete a filter, after a confirmation."""
    saved = request.saved
    if request.method == "POST":
        services.delete_filter(saved)
        messages.success(request, _("The filter %s was deleted.") % saved.name)
        return redirect("customers:filters")
    context = {
        "saved": saved,
        "title": _("Delete the filter %s?") % saved.name,
        "text": _("Everybody it is shared with loses it. What it shows stays as it is.")
        if saved.is_shared
        else _("What it shows stays as it is."),
        "submit": _("Delete the filter %s") % saved.name,
    }
    return render(request, "customers/filter_delete.html", context)
