"""Views of the messages between partner and channel sales about an order (CHAN-14)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orders.conversation import files_of
from orders.forms.talk import TalkForm
from orders.http import OrderRequest, load_order
from orders.services.conversation import write_to_vendor
from orders.views.manage import may_write, shown
from portal.accounts.access import needs
from portal.core.forms import ShowRefusals
from portal.files.services import served


def may_say(request: OrderRequest) -> bool:
    """Return whether the person may write to channel sales, for ``needs(allow=...)``."""
    return may_write(request.membership)


@needs("view_order", load=load_order, of="order", allow=may_say)
@require_POST
def say(request: OrderRequest) -> HttpResponse:
    """Write to channel sales; what was typed stays on the page if something is wrong."""
    order = request.order
    form = TalkForm(request.POST, files=request.FILES)
    status = 200
    if form.is_valid():
        with ShowRefusals(form) as refusals:
            write_to_vendor(
                order.pk,
                text=form.cleaned_data["text"],
                files=form.cleaned_data["uploads"],
                by=request.membership,
                at=timezone.now(),
            )
            messages.success(request, _("The message was sent to Channel Sales."))
            return redirect(reverse("orders:order", args=[order.pk]) + "#talk")
        status = refusals.status
    return shown(request, form, status)


@needs("view_order", load=load_order, of="order")
@require_safe
def file(request: OrderRequest, file_id: UUID) -> HttpResponse:
    """Return a file of a message as a download."""
    found = files_of(request.order).select_related("content")
    return served(get_object_or_404(found, pk=file_id))
