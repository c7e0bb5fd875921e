"""`/customers/settings/access/`: who of channel sales looked at what (CHAN-34)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.accounts.access import PartnerRequest, needs
from workspace.accesses import listed_accesses


@needs("change_settings")
@require_safe
def access_log(request: PartnerRequest) -> HttpResponse:
    """Show the accesses of channel sales to this partner, by day and person."""
    form, listing, rows = listed_accesses(request, request.partner)
    context = {"form": form, "listing": listing, "rows": rows, "is_asked": bool(request.GET)}
    return render(request, "workspace/accesses.html", context)
