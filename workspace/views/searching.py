"""The search over several apps: suggestions while one types, and the page of results."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.active_customer import recent_ids
from customers.queries import MIN_LETTERS, Match, find_contacts, find_customers, matches_of
from customers.rows import customer_address
from orders.queries import search_orders
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.finding import Wanted
from portal.core.limits import exceeded, too_many
from quotes.overview import search_quotes

SEARCHES_A_MINUTE = 60
# Suggestions in the top bar: customers, and each of the other groups.
MOST_CUSTOMERS, MOST_OTHERS = 6, 4


def match_tags(match: Match) -> list[dict[str, str]]:
    """Return the tags beside a suggestion: what can be ordered for this customer."""
    if match.is_own_company:
        return [{"label": _("Own company"), "tone": "is-accent"}]
    if match.is_residential:
        return [{"label": _("Residential: limited choice"), "tone": ""}]
    if Family.TRUNK in match.cleared:
        return [{"label": _("All products"), "tone": "is-ok"}]
    return [{"label": _("Not yet for SIP trunks"), "tone": "is-warn"}]


def _shown(wanted: Wanted | None, *texts: str) -> list[list[tuple[str, bool]]]:
    """Return texts in pieces, marked where they were found."""
    return [wanted.pieces(text) if wanted else [(text, False)] for text in texts]


def match_json(match: Match, wanted: Wanted | None = None) -> dict[str, Any]:
    """Return a suggestion for the scripts: name, number and town (ORD-20)."""
    rest = ", ".join(filter(None, (match.number, match.town)))
    return {
        "id": str(match.id),
        "name": match.name,
        "number": match.number,
        "town": match.town,
        "url": customer_address(match.id),
        "tags": match_tags(match),
        "shown": _shown(wanted, match.name, rest),
    }


def _others(text: str, person: Membership) -> list[dict[str, Any]]:
    """Return orders, quotes and contacts as suggestions, each only with the right to it."""
    wanted = Wanted(text)
    found: list[tuple[str, str, str, str]] = []
    for order in search_orders(person, text, limit=MOST_OTHERS):
        rest = ", ".join(filter(None, (order.reference, order.customer.name)))
        url = reverse("orders:order", args=[order.pk])
        found.append((_("Orders"), url, order.number, rest))
    for quote in search_quotes(person, text, limit=MOST_OTHERS):
        rest = f"{quote.title}, {quote.customer.name}"
        url = reverse("quotes:quote", args=[quote.pk])
        found.append((_("Quotes"), url, quote.number, rest))
    for contact in find_contacts(text, person=person, limit=MOST_OTHERS):
        told = contact.phone if wanted.phone else contact.email
        url = customer_address(contact.customer_id)
        found.append((_("Contacts"), url, contact.name, f"{told}, {contact.customer}"))
    return [
        {"group": group, "url": url, "name": name, "shown": _shown(wanted, name, rest)}
        for group, url, name, rest in found
    ]


@needs()
@require_safe
def suggest(request: PartnerRequest) -> HttpResponse:
    """Return suggestions while a person types, from three characters on (ORD-19).

    ``family`` limits them to the customers that can be chosen for it (ORD-22, ORD-24); ``all``
    adds orders, quotes and contacts, in groups (REG-40).
    """
    text = request.GET.get("q", "")[:200]
    if len(text.strip()) < MIN_LETTERS:
        return JsonResponse({"results": []})
    wait = exceeded("search", str(request.user.pk), allowed=SEARCHES_A_MINUTE, seconds=60)
    if wait:
        return too_many(request, wait, _("Too many searches in a minute."))
    family = request.GET.get("family") or None
    if family is not None and family not in Family.values:
        raise Http404
    person, wanted = request.membership, Wanted(text)
    if not request.GET.get("all"):
        found = find_customers(text, person=person, family=family)
        return JsonResponse({"results": [match_json(match, wanted) for match in found]})
    found = find_customers(text, person=person, limit=MOST_CUSTOMERS)
    customers = [{**match_json(match, wanted), "group": _("Customers")} for match in found]
    return JsonResponse({"results": [*customers, *_others(text, person)]})


@needs()
@require_safe
def recent(request: PartnerRequest) -> HttpResponse:
    """Return the customers that this person switched to last, for an empty box (REG-40)."""
    found = matches_of(recent_ids(request), person=request.membership)
    group = _("Recent customers")
    return JsonResponse({"results": [{**match_json(match), "group": group} for match in found]})


@needs()
@require_safe
def search(request: PartnerRequest) -> HttpResponse:
    """Show the search as a page, for the box in the top bar without scripts (ORD-17)."""
    text = request.GET.get("q", "").strip()[:200]
    wait = text and exceeded("search", str(request.user.pk), allowed=SEARCHES_A_MINUTE, seconds=60)
    if wait:
        return too_many(request, wait, _("Too many searches in a minute."))
    person = request.membership
    found = find_customers(text, person=person, limit=50)
    groups = {
        "matches": [(match, match_tags(match)) for match in found],
        "orders": search_orders(person, text),
        "quotes": search_quotes(person, text),
        "contacts": find_contacts(text, person=person, limit=20),
    }
    context = {
        "text": text,
        "wanted": Wanted(text),
        "too_short": 0 < len(text) < MIN_LETTERS,
        "found_any": any(groups.values()),
        **groups,
    }
    return render(request, "workspace/search.html", context)
