"""The letter of authority for the numbers that an order ports (ORD-58)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.authority import letters_of
from orders.forms.existing import AuthorityForm
from orders.http import OrderRequest, load_order
from orders.services.authority import add_letter, remove_letter
from portal.accounts.access import needs
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import get_or_post
from portal.files.models import Attachment
from portal.files.services import served


@needs("add_order", load=load_order, of="order")
@get_or_post
def add(request: OrderRequest) -> HttpResponse:
    """Add a letter of authority to an order, a draft or one that is placed."""
    order = request.order
    form = AuthorityForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form) as shown:
            add_letter(
                order.pk, form.cleaned_data["file"], by=request.membership, at=timezone.now()
            )
            messages.success(request, _("The letter of authority was added."))
            return redirect("orders:order", order.pk)
        status = shown.status
    context = {"order": order, "form": form, "letters": letters_of(order)}
    return render(request, "orders/authority.html", context, status=status)


@needs("view_order", load=load_order, of="order")
@require_safe
def letter(request: OrderRequest, file_id: UUID) -> HttpResponse:
    """Return a letter of authority as a download."""
    found = Attachment.objects.about(request.order).select_related("content")
    return served(get_object_or_404(found, pk=file_id))


@needs("add_order", load=load_order, of="order")
@get_or_post
def remove(request: OrderRequest, file_id: UUID) -> HttpResponse:
    """Ask, then remove a letter of authority."""
    order = request.order
    found = get_object_or_404(Attachment.objects.about(order), pk=file_id)
    if request.method == "POST":
        with RefusalsAsMessages(request):
            remove_letter(order.pk, found.pk)
            messages.success(request, _("%(name)s was removed.") % {"name": found.name})
        return redirect("orders:order", order.pk)
    return render(request, "orders/authority_remove.html", {"order": order, "file": found})
