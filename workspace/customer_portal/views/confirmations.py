"""What a customer was asked to confirm: read here, answered by the mailed link only (CON-11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.http import OwnCompanyRequest, load_own_company
from portal.accounts.access import customer_page
from portal.core.listing import Listing
from portal.outbox.issuing import issued
from quotes.in_charge import asker
from quotes.models import Confirmation
from quotes.presentation import proposed_lines, valid_until
from quotes.services.answering import document_of
from workspace.customer_portal.http import OwnConfirmationRequest, load_own_confirmation
from workspace.customer_portal.queries import confirmations_of

S = Confirmation.State
CSS = {
    S.SENT: "is-asked",
    S.ACCEPTED: "is-ok",
    S.DECLINED: "is-bad",
    S.EXPIRED: "is-off",
    S.WITHDRAWN: "is-off",
}
SORTS: dict[str, tuple[Any, ...]] = {"sent": ("sent_at",), "state": ("state", "sent_at")}


def _state(confirmation: Confirmation, at: datetime) -> Confirmation.State:
    """Return the state of now: one whose time has passed is over, recorded or not (D7)."""
    return S.EXPIRED if confirmation.is_over(at) else S(confirmation.state)


@customer_page("view_quote", load=load_own_company)
@require_safe
def confirmation_list(request: OwnCompanyRequest) -> HttpResponse:
    """Show what was sent to the own company for confirmation, and the answers."""
    at = timezone.now()
    listing = Listing(request, confirmations_of(request.customer), sorts=SORTS, default="-sent")
    states = [(row, _state(row, at)) for row in listing.rows]
    context = {
        "customer": request.customer,
        "listing": listing,
        "rows": [(row, CSS[state], state.label) for row, state in states],
    }
    return render(request, "customer_portal/confirmations.html", context)


@customer_page("view_quote", load=load_own_confirmation, of="own confirmation")
@require_safe
def confirmation_page(request: OwnConfirmationRequest) -> HttpResponse:
    """Show one confirmation without prices: what was asked, whom, and who answered."""
    confirmation, at = request.confirmation, timezone.now()
    state = _state(confirmation, at)
    document = document_of(confirmation) if state == S.ACCEPTED else None
    context = {
        "customer": request.customer,
        "confirmation": confirmation,
        "proposal": confirmation.snapshot,
        "lines": proposed_lines(confirmation.snapshot),
        "valid_until": valid_until(confirmation.snapshot),
        "css": CSS[state],
        "state_label": state.label,
        "is_open": state == S.SENT,
        "asker": asker(confirmation)[0],
        "document_ready": document is not None and document.is_ready,
    }
    return render(request, "customer_portal/confirmation.html", context)


@customer_page("view_quote", load=load_own_confirmation, of="own confirmation")
@require_safe
def confirmation_pdf(request: OwnConfirmationRequest) -> HttpResponse:
    """Return the signed agreement of an accepted confirmation, once it is made."""
    found = document_of(request.confirmation)
    if found is None or not found.is_ready:
        raise Http404
    return issued(found)
