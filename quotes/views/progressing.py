"""The view for progressing a quote after the customer's acceptance (CON-19, CON-25)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.active_customer import switch_to
from portal.accounts.access import needs
from portal.core.errors import RuleError
from portal.core.forms import show_refusal
from portal.core.http import get_or_post
from portal.files.models import Attachment
from quotes.forms.asking import ProgressForm
from quotes.http import QuoteRequest, load_quote
from quotes.models import Quote
from quotes.services import progressing
from quotes.services.progressing import AlreadyProgressed, may_progress
from quotes.views.gone import not_open


@needs("progress_quote", load=load_quote, of="quote")
@get_or_post
def progress(request: QuoteRequest) -> HttpResponse:
    """Progress a quote: check the address, take the purchase order, make the drafts."""
    quote = request.quote
    if quote.state == Quote.State.PROGRESSED:
        messages.info(request, str(AlreadyProgressed(quote)))
        return redirect("quotes:quote", quote.pk)
    if not may_progress(quote):
        refused = not_open(request, "progress")
        assert refused is not None
        return refused
    initial = {"po_number": quote.po_number, "address_checked": quote.address_checked}
    form = ProgressForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _progressed(request, form)
        if answer is not None:
            return answer
    families = {line.family: line for line in quote.lines.select_related("product")}
    context = {
        "form": form,
        "quote": quote,
        "customer": quote.customer,
        "order_count": len(families),
        "unconfirmed": quote.is_draft,
        "files": list(Attachment.objects.about(quote).order_by("-created_at")),
    }
    return render(request, "quotes/progress.html", context)


def _progressed(request: QuoteRequest, form: ProgressForm) -> HttpResponse | None:
    """Save the details or progress the quote; return None if a rule refuses."""
    quote = request.quote
    try:
        if request.POST.get("then") == "save":
            progressing.save_progress_details(
                quote.pk, by=request.membership, at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("The details were saved. Nothing is ordered yet."))
            return redirect("quotes:quote", quote.pk)
        orders = progressing.progress_quote(
            quote.pk, by=request.membership, at=timezone.now(), **form.cleaned_data
        )
    except AlreadyProgressed as error:
        messages.info(request, str(error))
        return redirect("quotes:quote", quote.pk)
    except RuleError as error:
        show_refusal(form, error)
        return None
    switch_to(request, quote.customer)
    numbers = ", ".join(order.number for order in orders)
    messages.success(
        request,
        _("Draft %(orders)s for %(customer)s: fill in what the delivery needs, then place it.")
        % {"orders": numbers, "customer": quote.customer.label},
    )
    return (
        redirect("orders:products", orders[0].pk)
        if len(orders) == 1
        else redirect("quotes:quote", quote.pk)
    )
