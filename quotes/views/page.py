"""Views of one quote: its page and its documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import needs
from portal.accounts.models import Membership
from portal.files.models import Attachment
from portal.history.queries import timeline_of
from portal.outbox.issuing import issued, make_again, queue_document
from portal.outbox.models import Document
from portal.outbox.rows import DOCUMENT_CSS, rows_about
from portal.tenancy.context import local_day, require_partner
from quotes.documents import PRICED
from quotes.http import QuoteRequest, load_quote
from quotes.models import Quote
from quotes.presentation import over_term
from quotes.services.progressing import may_progress
from quotes.states import CSS, allowed
from quotes.vat import vat_note, vat_of


def _documents(request: QuoteRequest) -> list[tuple[Document, str]]:
    """Return the quote's documents, newest first; priced ones only to those who may see prices."""
    found = Document.objects.for_partner(request.partner).filter(about_id=request.quote.pk)
    if not request.membership.may("view_prices"):
        found = found.exclude(kind=PRICED)
    return [
        (row, DOCUMENT_CSS[row.state]) for row in found.defer("content").order_by("-created_at")
    ]


def _possible(quote: Quote, person: Membership, *, was_sent: bool) -> dict[str, bool]:
    """Return what this person may do with the quote now."""
    writes, sends = person.may("change_quote"), person.may("send_confirmation")
    return {
        "may_resend": person.may("manage_people"),
        "may_write": writes and allowed(quote, "edit"),
        "may_delete": writes and quote.is_draft and not was_sent and quote.replaces is None,
        "may_send": sends and allowed(quote, "send"),
        "may_withdraw": sends and allowed(quote, "withdraw"),
        "may_revise": writes and (allowed(quote, "revise") or allowed(quote, "supersede")),
        "may_progress": person.may("progress_quote") and may_progress(quote),
    }


@needs("view_quote", load=load_quote, of="quote")
@require_safe
def quote_page(request: QuoteRequest) -> HttpResponse:
    """Show one quote, with the confirmation, its orders and its timeline."""
    quote, person = request.quote, request.membership
    confirmations = list(
        quote.confirmations.select_related("sent_by__user", "accepted_by", "contact").order_by(
            "-sent_at"
        )
    )
    documents = _documents(request)
    lines = list(quote.lines.select_related("product").order_by("position"))
    context: dict[str, Any] = {
        **_possible(quote, person, was_sent=bool(confirmations)),
        "quote": quote,
        "css": CSS[Quote.State(quote.state)],
        "lines": lines,
        "over_term": over_term(lines),
        "confirmation": confirmations[0] if confirmations else None,
        "earlier": confirmations[1:],
        "orders": list(quote.orders.select_related("order").order_by("number")),
        "replaced_by": Quote.objects.filter(replaces=quote).first(),
        "documents": documents,
        "files": list(Attachment.objects.about(quote).order_by("-created_at")),
        "making": any(document.state == "pending" for document, _css in documents),
        "timeline": timeline_of(quote),
        "emails": rows_about(request.partner, quote),
        "prices": person.may("view_prices"),
        "vat": vat_note(quote.customer, local_day(timezone.now())),
    }
    return render(request, "quotes/quote.html", context)


def _key(quote: Quote, *, at: datetime) -> str:
    """Return the key of the PDF: another one whenever its content would be another (VAT-06)."""
    vat = vat_of(quote.customer, local_day(at))
    key = (
        f"quote-{quote.pk}-{quote.version}-{quote.customer.version}"
        f"-{vat.rule.name.lower()}-{vat.percent.normalize():f}"
    )
    number = require_partner().vat_number
    return f"{key}-{number}" if number else key


@needs("view_quote", "view_prices", load=load_quote, of="quote")
@require_POST
def make_pdf(request: QuoteRequest) -> HttpResponse:
    """Queue a PDF of the quote with its prices; the worker makes it (D15)."""
    quote, at = request.quote, timezone.now()
    if not quote.lines.exists():
        messages.error(request, _("Choose at least one product."))
        return redirect("quotes:quote", quote.pk)
    document = queue_document(
        kind=PRICED,
        key=_key(quote, at=at),
        about=quote,
        file_name=f"{quote.number}-{quote.revision}-prices.pdf",
        language=request.user.language,
        at=at,
    )
    if document.state == Document.State.DEAD:
        make_again(document, at=at)
    messages.info(request, _("The PDF is being made. It appears under Documents."))
    return redirect("quotes:quote", quote.pk)


@needs("view_quote", load=load_quote, of="quote")
@require_safe
def document(request: QuoteRequest, document_id: UUID) -> HttpResponse:
    """Return one document of the quote."""
    found: Document = get_object_or_404(
        Document.objects.for_partner(request.partner).filter(about_id=request.quote.pk),
        pk=document_id,
    )
    if not found.is_ready or (found.kind == PRICED and not request.membership.may("view_prices")):
        raise Http404
    return issued(found)


@needs("send_confirmation", load=load_quote, of="quote")
@require_POST
def document_again(request: QuoteRequest, document_id: UUID) -> HttpResponse:
    """Try once more to make a document that was given up; e-mails that wait for it follow."""
    found: Document = get_object_or_404(
        Document.objects.for_partner(request.partner).filter(about_id=request.quote.pk),
        pk=document_id,
    )
    make_again(found, at=timezone.now())
    messages.info(request, _("The PDF is being made. It appears under Documents."))
    return redirect("quotes:quote", request.quote.pk)
