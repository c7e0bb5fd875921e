"""The customer's agreement: proposal, terms and certificate, signed (CON-16, CON-20)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.outbox.issuing import Plan, builds
from portal.outbox.models import Document
from portal.tenancy.context import current_partner
from quotes.commercials import CommercialsShown, amounts_of, find_commercials
from quotes.emails import context_of
from quotes.models import Confirmation, Evidence
from quotes.presentation import clauses, terms_words
from quotes.services.answering import DOCUMENT
from quotes.services.evidence import append
from quotes.verify_code import verify_code


@builds(DOCUMENT)
def confirmation_document(document: Document, *, at: datetime) -> Plan:
    """Plan the document of an accepted confirmation: without commercials, signed.

    Its hash becomes evidence in the transaction that stores it (CON-16, CON-20).
    """
    confirmation = Confirmation.objects.select_related(
        "quote__created_by__user", "terms", "contact", "sent_by__user"
    ).get(pk=document.key.removeprefix("confirmation-"))
    proof = confirmation.evidence.get(kind=Evidence.Kind.ACCEPTED)
    with override(document.language):
        context = {
            **context_of(confirmation),
            "confirmation": confirmation,
            # The record names who sent it, whoever is in charge since.
            "sender_name": confirmation.snapshot["sender"]["name"],
            "clauses": clauses(confirmation.terms),
            "terms_words": terms_words(confirmation.snapshot),
            "proof": proof,
            "summary": proof.payload,
            "verify": verify_code(),
        }
        title = _("Agreement %(number)s, %(customer)s") % {
            "number": context["agreement"],
            "customer": context["customer_name"],
        }
        reason = _("Issued by %s; unchanged since.") % confirmation.snapshot["partner"]["name"]
    _refuse(confirmation, context)

    def done(made: Document) -> None:
        append(
            confirmation,
            Evidence.Kind.DOCUMENT,
            {
                "document": str(made.pk),
                "file_name": made.file_name,
                "sha256": made.sha256,
                "bytes": len(bytes(made.content or b"")),
                "at": at.isoformat(),
            },
            at=at,
        )

    return Plan("quotes/pdf/confirmation.html", title, context, signing_reason=reason, done=done)


def _refuse(confirmation: Confirmation, context: dict[str, object]) -> None:
    """Check everything but the terms' text for commercials once more (CON-02)."""
    html = render_to_string(
        "quotes/pdf/confirmation.html",
        {**context, "clauses": [], "language": "en", "title": "", "partner": current_partner()},
    )
    snapshot = confirmation.snapshot
    summary = cast("dict[str, Any]", context["summary"])
    names = [
        snapshot["partner"]["name"],
        snapshot["customer"]["name"],
        *snapshot["customer"]["address"],
        snapshot["customer"].get("organisation_number", ""),
        str(summary.get("accepter", {}).get("job_title", "")),
        snapshot["sender"]["name"],
        confirmation.decided_name,
        confirmation.addressee_name,
        str(summary["agent"]),
    ]
    body = strip_tags(html.partition("</style>")[2])
    found = find_commercials(body, amounts_of(confirmation.quote), names=names)
    if found:
        raise CommercialsShown(found)
