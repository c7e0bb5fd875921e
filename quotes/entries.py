"""Quotes on the home page: what waits for a person or a customer, and how long (ONB-24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import Membership
from portal.tenancy.entries import Entries
from quotes.models import Quote, QuoteQuerySet
from quotes.states import CSS

S = Quote.State
# Waiting for so many days at least, and for less than so many.
AGES: tuple[tuple[int, int | None], ...] = ((0, 3), (3, 8), (8, 15), (15, None))


def _url(pk: UUID) -> str:
    return reverse("quotes:quote", args=[pk])


def _sign(state: str) -> tuple[str, str]:
    return CSS[state], str(S(state).label)


def waiting_quotes(person: Membership, found: QuoteQuerySet, query: str) -> list[Entries]:
    """Return the quotes that the customer has confirmed, and the person's own drafts.

    ``found`` are the visible quotes that the page is about; ``query`` narrows a list's address to
    them.
    """
    address = reverse("quotes:list")
    kinds = []
    if person.may("view_quote") and person.may("progress_quote"):
        kinds.append(
            Entries(
                "confirmed",
                _("Confirmed quote"),
                "circle-check",
                found.filter(state=S.CONFIRMED),
                ("changed_at",),
                lambda pk: reverse("quotes:progress", args=[pk]),
                _("Order it"),
                _("confirmed quotes"),
                f"{address}?state=confirmed{query}",
                rank=3,
                detail="title",
                since="confirmed_at",
            )
        )
    if person.may("view_quote") and person.may("change_quote"):
        kinds.append(
            Entries(
                "quote_drafts",
                _("Quote draft"),
                "file-text",
                found.filter(state=S.DRAFT, created_by=person),
                ("changed_at",),
                _url,
                _("Continue"),
                _("quote drafts"),
                f"{address}?state=draft&by=me{query}",
                rank=7,
                detail="title",
            )
        )
    return kinds


def changed_quotes(found: QuoteQuerySet) -> Entries:
    """Return the quotes by their last change, without drafts."""
    sent = found.exclude(state=S.DRAFT)
    label = _("Quote")
    return Entries(
        "quote", label, "file-text", sent, ("-changed_at",), _url, detail="state", sign=_sign
    )


def longest_waiting(found: QuoteQuerySet) -> Entries:
    """Return the quotes that customers have not answered, by the day they were sent."""
    label = _("Quotes waiting for the customer")
    waiting = found.waiting()
    return Entries(
        "asked", label, "send", waiting, ("sent_at",), _url, detail="title", since="sent_at"
    )


def waiting_by_age(found: QuoteQuerySet, *, now: datetime) -> Sequence[QuoteQuerySet]:
    """Return the quotes that wait for a customer, apart by how long they have."""
    return [_of_age(found.waiting(), now, least, below) for least, below in AGES]


def _of_age(waiting: QuoteQuerySet, now: datetime, least: int, below: int | None) -> QuoteQuerySet:
    if least:
        waiting = waiting.filter(sent_at__lte=now - timedelta(days=least))
    if below is None:
        return waiting
    return waiting.filter(sent_at__gt=now - timedelta(days=below))


def age_labels() -> list[str]:
    """Return what the ages are called, in the order of ``waiting_by_age``."""
    *some, (oldest, _none) = AGES
    between = [
        _("%(from)s–%(to)s days") % {"from": least, "to": (below or 0) - 1} for least, below in some
    ]
    return [*between, _("%s days or more") % oldest]
