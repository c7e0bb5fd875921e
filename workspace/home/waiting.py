"""What waits for a person, from every app: the list that is worked down (ONB-24).

Another app takes part with one function in ``SOURCES``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.onboarding.entries import waiting_onboardings
from customers.registrations.entries import waiting_registrations
from orders.entries import waiting_orders
from portal.core.listing import COUNTED, short_total
from portal.outbox.entries import undelivered_mail
from portal.tenancy.entries import Entries, Entry, age_in_words, most_urgent
from quotes.entries import waiting_quotes
from support.entries import waiting_mail, waiting_reports, waiting_visits
from support.queries import received_for
from workspace.home.scope import Scope

# So many are listed, and of one kind as long as others have some left.
SHOWN, OF_A_KIND = 10, 4
Source = Callable[[Scope], list[Entries]]


def _orders(scope: Scope) -> list[Entries]:
    return waiting_orders(scope.person, scope.orders, scope.query)


def _quotes(scope: Scope) -> list[Entries]:
    return waiting_quotes(scope.person, scope.quotes, scope.query)


def _reports(scope: Scope) -> list[Entries]:
    return waiting_reports(scope.person, scope.reports, scope.query, now=scope.now)


def _visits(scope: Scope) -> list[Entries]:
    return waiting_visits(scope.person, scope.visits, scope.query, now=scope.now)


def _undelivered(scope: Scope) -> list[Entries]:
    if not scope.person.may("manage_people"):
        return []
    customer = Customer.objects.filter(pk=OuterRef("customer_id"))
    names = (Subquery(customer.values("name")), Subquery(customer.values("number")))
    partner = scope.person.partner
    return [undelivered_mail(partner, scope.narrowed, scope.query, customer=names)]


def _received(scope: Scope) -> list[Entries]:
    if not (scope.person.may("view_report") and scope.person.may("change_report")):
        return []
    return [waiting_mail(received_for(scope.person).filter(**scope.narrowed))]


def _onboardings(scope: Scope) -> list[Entries]:
    return waiting_onboardings(scope.person, scope.narrowed)


def _registrations(scope: Scope) -> list[Entries]:
    return waiting_registrations(scope.person, scope.narrowed)


SOURCES: tuple[Source, ...] = (
    *(_orders, _quotes, _registrations, _onboardings),
    *(_reports, _visits, _undelivered, _received),
)


def waiting_kinds(scope: Scope) -> list[Entries]:
    """Return what can wait for the person by their rights."""
    return [kind for source in SOURCES for kind in source(scope)]


@dataclass(frozen=True)
class Line:
    """An entry as the page shows it."""

    entry: Entry
    age: str


def lines_of(scope: Scope, entries: Sequence[Entry]) -> list[Line]:
    """Return the entries with their age."""
    return [Line(entry, age_in_words(entry.since, scope.now)) for entry in entries]


@dataclass(frozen=True)
class Waiting:
    """The list: its lines, how many there are, and links to what it leaves out."""

    lines: Sequence[Line]
    total: str
    more: Sequence[tuple[str, str]]


def read_of(kind: Entries, entries: Sequence[Entry]) -> int:
    """Return how many entries of a kind were read."""
    return sum(entry.kind is kind for entry in entries)


def waiting_list(
    scope: Scope, entries: Sequence[Entry], counts: Sequence[tuple[Entries, int]]
) -> Waiting:
    """Return the list of these entries; ``counts`` are how many there are of each kind."""
    shown = most_urgent(entries, limit=SHOWN, of_a_kind=OF_A_KIND)
    more = []
    for kind, count in counts:
        left = count - read_of(kind, shown)
        if left > 0:
            # Beyond the limit it is not counted, nor is what is left of it.
            words = short_total(count if count > COUNTED else left)
            more.append((_("%(n)s more: %(kind)s") % {"n": words, "kind": kind.many}, kind.more))
    return Waiting(lines_of(scope, shown), short_total(sum(n for _kind, n in counts)), more)
