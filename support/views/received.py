"""E-mail that came in and waits for a person: the list, a message, and what is done (OUT-38)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.models import Customer
from customers.queries import Match, find_customers
from portal.accounts.access import PartnerRequest, needs
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import form_data, get_or_post, typed
from portal.core.list_filters import list_context, read_filters, tabs_of, typed_text
from portal.core.listing import BigListing, page_size
from portal.core.templatetags.addresses import breakable
from portal.outbox.arriving import inbound_address
from portal.outbox.mail.decoding import clean, decoded
from portal.outbox.models import InboundEmail
from portal.outbox.settling import dismiss as dismiss_mail
from support.forms.received import AnsweredForm, TakenForm
from support.queries import received_for
from support.received import (
    SORTS,
    as_row,
    counts_of_states,
    empty_words,
    found_received,
    received_filters,
)
from support.services.incoming import customers_knowing
from support.services.received import mail_of, take_as_answer, take_as_report

SHOWN_SOURCE = 20_000


class ReceivedRequest(PartnerRequest):
    """A request whose address names a received message that the person may see."""

    row: InboundEmail


def load_received(request: ReceivedRequest, kwargs: dict[str, Any]) -> None:
    """Load the message of the address; raise Http404 also if it is not visible."""
    row_id: UUID = kwargs.pop("row_id")
    row = received_for(request.membership).filter(pk=row_id).first()
    if row is None:
        raise Http404
    request.row = row


@needs("change_report")
@require_safe
def received_list(request: PartnerRequest) -> HttpResponse:
    """Show the messages that came in: those that wait, or another tab."""
    visible = received_for(request.membership)
    asked = read_filters(request.GET, received_filters())
    counts = counts_of_states(asked, visible)
    found = found_received(asked, visible)
    listing = BigListing(
        request,
        found.defer("raw", "text"),
        counted=found,
        sorts=SORTS,
        default="-received",
        size=page_size(request.GET),
    )
    tabs = tabs_of(request.GET, asked, "state", counts)
    tabs[0]["label"] = _("Waiting")
    context = {
        **list_context(asked, listing, request.GET),
        "rows": [as_row(row) for row in listing.rows],
        "tabs": tabs,
        "empty": empty_words(asked),
        "inbound_address": inbound_address(request.partner),
    }
    return render(request, "support/received.html", context)


def is_unsettled(row: InboundEmail) -> bool:
    """Return whether something may still be decided about a message."""
    return row.state in (InboundEmail.State.WAITING, InboundEmail.State.AUTOMATIC)


@needs("change_report", load=load_received, of="received")
@require_safe
def received_page(request: ReceivedRequest) -> HttpResponse:
    """Show one message as plain text, with its files and why it waits."""
    row, mail = request.row, mail_of(request.row)
    facts = [
        (_("From"), _sender(row)),
        (_("To"), breakable(row.recipient)),
        (_("Received"), as_row(row).when),
        (_("About"), row.about_label),
        (_("Taken care of by"), row.handled_by),
    ]
    context = {
        "row": row,
        "shown": as_row(row),
        "text": mail.whole or row.text,
        "source": clean(decoded(bytes(row.raw or b"")[:SHOWN_SOURCE])),
        "files": [(each.name, filesizeformat(len(each.content))) for each in mail.files],
        "left_out": mail.left_out,
        "cut": filesizeformat(mail.cut_size) if mail.cut_size else "",
        "summary": [(label, value) for label, value in facts if value],
        "is_unsettled": is_unsettled(row),
        "report_url": _about_url(request),
    }
    return render(request, "support/received_page.html", context)


def _sender(row: InboundEmail) -> SafeString:
    """Return who wrote, on a line each: the name and the address."""
    parts = [part for part in (row.from_name, row.from_address) if part]
    return format_html_join(SafeString("<br>"), "{}", ((breakable(part),) for part in parts))


def _about_url(request: ReceivedRequest) -> str:
    is_report = request.row.about_type == "support.problemreport" and request.row.about_id
    return reverse("support:report", args=[request.row.about_id]) if is_report else ""


@needs("change_report", load=load_received, of="received")
@get_or_post
def received_answer(request: ReceivedRequest) -> HttpResponse:
    """Make a message an answer to a report that the person chooses."""
    row, person, words = request.row, request.membership, typed_text(request.GET, "q")
    likely = [each.pk for each in customers_knowing(row.from_address)]
    form = AnsweredForm(
        form_data(request),
        person=person,
        first=likely + ([row.customer_id] if row.customer_id else []),
        words=words,
        initial={"report": row.about_id},
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        report = form.cleaned_data["report"]
        with ShowRefusals(form) as shown:
            take_as_answer(row.pk, report=report, by=person, at=timezone.now())
            text = _("The e-mail is an answer to %(report)s now.") % {"report": report.label}
            messages.success(request, text)
            return redirect("support:report", report.pk)
        status = shown.status
    context = {"form": form, "row": row, "shown": as_row(row), "words": words}
    return render(request, "support/received_answer.html", context, status=status)


@needs("change_report", "add_report", load=load_received, of="received")
@get_or_post
def received_report(request: ReceivedRequest) -> HttpResponse:
    """Report what a message says as a problem of a customer that the person chooses."""
    row, person = request.row, request.membership
    form = TakenForm(form_data(request), person=person, initial={"subject": row.subject[:150]})
    status = 200
    if request.method == "POST" and not request.POST.get("find") and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("customer", "subject", "severity")}
        with ShowRefusals(form) as shown:
            report = take_as_report(row.pk, **data, by=person, at=timezone.now())
            messages.success(request, _("%(report)s was made.") % {"report": report.label})
            return redirect("support:report", report.pk)
        status = shown.status
    if request.POST.get("find"):
        form.errors.clear()
    context = {"form": form, "row": row, "shown": as_row(row), **_picker(request, form)}
    return render(request, "support/received_report.html", context, status=status)


def _picker(request: ReceivedRequest, form: TakenForm) -> dict[str, Any]:
    """Return what the box of the customer shows; the only one that knows the sender is chosen."""
    searched = typed(request, "customer_search")
    matches: list[Match] = []
    if searched:
        matches = find_customers(searched, person=request.membership)
    chosen: Customer | None = form.posted if form.is_bound else None
    if not form.is_bound:
        known = {each.pk for each in customers_knowing(request.row.from_address)}
        visible = Customer.objects.visible_to(request.membership).filter(pk__in=known)
        chosen = visible.first() if len(known) == 1 else None
    return {
        "chosen": chosen,
        "searched": searched,
        "matches": matches,
        "suggest_url": reverse("workspace:suggest"),
    }


@needs("change_report", load=load_received, of="received")
@get_or_post
def received_dismiss(request: ReceivedRequest) -> HttpResponse:
    """Ask whether nothing has to be done about a message; POST says so."""
    row = request.row
    if request.method == "POST":
        with RefusalsAsMessages(request):
            dismiss_mail(row.pk, by=request.membership.shown_name, at=timezone.now())
            messages.success(request, _("The e-mail was dismissed."))
        return redirect("support:received")
    context = {"row": row, "shown": as_row(row)}
    return render(request, "support/received_dismiss.html", context)
