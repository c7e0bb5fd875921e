"""The text that a customer is asked to confirm, as a PDF to read, print and keep (CON-54)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.core.pdf import render_pdf
from portal.tenancy.context import require_partner
from portal.tenancy.logos import logo_of
from quotes.emails import context_of
from quotes.models import Confirmation, ConfirmationPaper
from quotes.presentation import clauses, terms_words

AT_A_TIME = 50


def make_paper(confirmation_id: UUID, *, at: datetime) -> None:
    """Make the text of an open confirmation, unless it is there or not needed any more."""
    found = Confirmation.objects.open().filter(pk=confirmation_id, paper=None)
    confirmation = found.select_related(
        "quote__created_by__user", "terms", "contact", "sent_by__user"
    ).first()
    if confirmation is None:
        return
    partner = require_partner()
    with override(confirmation.language):
        context = {
            **context_of(confirmation),
            "partner": partner,
            "clauses": clauses(confirmation.terms),
            "terms_words": terms_words(confirmation.snapshot),
        }
        title = _("To read: %(title)s") % {"title": confirmation.snapshot["title"]}
    content = render_pdf(
        "quotes/pdf/paper.html",
        context,
        language=confirmation.language,
        zone=partner.tz,
        title=title,
        logo=logo_of(partner),
    )
    paper = ConfirmationPaper(confirmation=confirmation, content=content, made_at=at)
    ConfirmationPaper.objects.bulk_create([paper], ignore_conflicts=True)


def make_missing(*, at: datetime) -> int:
    """Make what is missing: the call after sending was lost, or it was sent before there were any.

    Return how many were tried.
    """
    ids = list(Confirmation.objects.open().filter(paper=None).values_list("pk", flat=True))
    for pk in ids[:AT_A_TIME]:
        make_paper(pk, at=at)
    return len(ids[:AT_A_TIME])
