"""An order as a PDF: queued, and read when it is made (ORD-67)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orders.documents import PLAIN, PRICED
from orders.http import OrderRequest, load_order
from portal.accounts.access import needs
from portal.outbox.issuing import issued, make_again, queue_document
from portal.outbox.models import Document


@needs("view_order", load=load_order, of="order")
@require_POST
def make(request: OrderRequest) -> HttpResponse:
    """Queue the order as it is now as a PDF; without prices for people who don't see them."""
    order, at = request.order, timezone.now()
    kind = PRICED if request.membership.may("view_prices") else PLAIN
    language = request.user.language
    document = queue_document(
        kind=kind,
        key=f"{kind}-{order.pk}-{order.version}-{order.customer.version}-{language}",
        about=order,
        file_name=f"{order.number}.pdf",
        language=language,
        at=at,
    )
    if document.state == Document.State.DEAD:
        make_again(document, at=at)
    if document.is_ready:
        return redirect("orders:document", order.pk, document.pk)
    messages.info(request, _("The PDF is being made. It appears under Documents."))
    return redirect("orders:order", order.pk)


@needs("view_order", load=load_order, of="order")
@require_safe
def document(request: OrderRequest, document_id: UUID) -> HttpResponse:
    """Return a PDF of the order, uncached."""
    about = Document.objects.for_partner(request.partner).filter(
        about_id=request.order.pk, kind__in=(PRICED, PLAIN)
    )
    found: Document = get_object_or_404(about, pk=document_id)
    if not found.is_ready or (found.kind == PRICED and not request.membership.may("view_prices")):
        raise Http404
    return issued(found)
