"""The home page, put together: one statement for the lists, one for the counts (ONB-24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.onboarding.entries import by_onboarding_state
from orders.entries import changed_orders
from orders.models import Order
from orders.queries import in_each_state
from portal.tenancy.entries import Entries, Entry, read_entries
from quotes.entries import changed_quotes, longest_waiting, waiting_by_age
from support.entries import changed_reports
from workspace.home.figures import (
    IN_A_WEEK,
    Counts,
    age_bars,
    credits_of,
    onboarding_bars,
    report_figures,
    state_bars,
    week_bars,
)
from workspace.home.first_steps import first_steps
from workspace.home.scope import Scope
from workspace.home.waiting import SHOWN, lines_of, read_of, waiting_kinds, waiting_list

# How many recent changes, waiting quotes and assigned customers are listed.
RECENT, ASKED, ASSIGNED = 6, 3, 20


def greeting(name: str) -> str:
    """Return a greeting for the partner's time of day: Good morning, Ida."""
    hour = timezone.localtime().hour
    if hour < 11:
        return _("Good morning, %s") % name
    return (_("Good afternoon, %s") if hour < 18 else _("Good evening, %s")) % name


@dataclass(frozen=True)
class _Lists:
    """The entries of the page's three lists."""

    waiting: Sequence[Entry]
    recent: Sequence[Entry]
    asked: Sequence[Entry]


def _lists(scope: Scope, waiting: Sequence[Entries]) -> _Lists:
    """Read all lists of the page in one statement."""
    person = scope.person
    recent = [changed_orders(scope.orders)] if person.may("view_order") else []
    recent += [changed_quotes(scope.quotes)] if person.may("view_quote") else []
    recent += [changed_reports(scope.reports)] if person.may("view_report") else []
    asked = [longest_waiting(scope.quotes)] if person.may("view_quote") else []
    found = read_entries([*waiting, *recent, *asked], each=SHOWN)

    def among(kinds: Sequence[Entries]) -> list[Entry]:
        return [entry for entry in found if any(entry.kind is kind for kind in kinds)]

    newest = sorted(among(recent), key=lambda entry: entry.since, reverse=True)
    return _Lists(among(waiting), newest[:RECENT], among(asked)[:ASKED])


def home_page(scope: Scope) -> dict[str, Any]:
    """Return what the template shows to this person, about this customer or all."""
    person = scope.person
    kinds = waiting_kinds(scope)
    lists = _lists(scope, kinds)
    counts = Counts()
    # What was read to its end is counted already.
    read = {kind.name: read_of(kind, lists.waiting) for kind in kinds}
    more = [kind for kind in kinds if read[kind.name] == SHOWN]
    of_more = counts.ask([kind.rows for kind in more])
    of_states = counts.ask(in_each_state(scope.orders) if person.may("view_order") else [])
    may_quote = person.may("view_quote")
    of_ages = counts.ask(waiting_by_age(scope.quotes, now=scope.now) if may_quote else [])
    shows_onboarding = person.may("onboard_customer") and scope.customer is None
    onboarding = by_onboarding_state(person) if shows_onboarding else []
    of_onboarding = counts.ask([rows for *_words, rows in onboarding])
    own = counts.ask([Customer.objects.own_company()])
    placed = counts.ask([Order.objects.filter(submitted_at__isnull=False)[:1]])
    read |= {kind.name: n for kind, n in zip(more, counts.of(of_more), strict=True)}
    is_new = not counts.of(placed)[0]
    context = {
        "waiting": waiting_list(scope, lists.waiting, [(kind, read[kind.name]) for kind in kinds]),
        "recent": lines_of(scope, lists.recent),
        "own_missing": person.may("add_customer") and not counts.of(own)[0],
        "assigned": [] if person.may("view_order") else _assigned(scope),
        "is_new": is_new,
        **report_figures(scope),
    }
    if is_new:
        steps = first_steps(person)
        done = sum(step.is_done for step in steps)
        first = next((step.name for step in steps if step.leads), "")
        return {**context, "steps": steps, "steps_done": done, "first": first}
    if person.may("view_order"):
        weeks = week_bars(scope)
        states = state_bars(counts.of(of_states), scope)
        context |= {"weeks": weeks, "placed": sum(bar.count for bar in weeks), "states": states}
        context["week_limit"] = IN_A_WEEK
        context["order_total"] = sum(part[1] for part in states)
    if may_quote:
        ages = age_bars(counts.of(of_ages))
        context |= {"ages": ages, "asked_total": sum(bar.count for bar in ages)}
        context["asked"] = lines_of(scope, lists.asked)
    if onboarding:
        context["onboarding"] = onboarding_bars(onboarding, counts.of(of_onboarding))
    return {**context, "credits": credits_of(scope)}


def _assigned(scope: Scope) -> list[Customer]:
    """Return the customers of somebody who sees no orders, by name."""
    if scope.customer is not None:
        return [scope.customer]
    visible = Customer.objects.visible_to(scope.person, few=True).active()
    return list(visible.order_by("sort_key")[:ASSIGNED])
