"""What the register refuses of a customer's values: each rule once, with its sentence.

Creating, changing, the form that shows every error at once (USE-07) and the check of an
imported file all ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.domains import FREE_MAIL, clean_domain
from customers.models import Customer, CustomerDomain, PartnerSettings
from customers.services.rules import (
    NumberLength,
    NumberPattern,
    NumberTaken,
    default_rate_plan,
    fits_pattern,
    partner_settings,
)
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from portal.channel.services import NameTaken, taken_names
from portal.core.errors import RuleError
from portal.core.formats import amount
from portal.core.sorting import search_key
from portal.tenancy.context import current_partner

# What is kept of a name and a number to find them by; a few letters stand for a dozen others each.
LONGEST_KEYS = {"name": 800, "number": 160}


@dataclass(frozen=True)
class Holders:
    """Who has names, numbers and domains already, by their keys."""

    names: frozenset[str] = frozenset()
    # The customer's name by the number's key, and its label by the domain.
    numbers: Mapping[str, str] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)
    # D21: domains of the partner's own people.
    own_people: frozenset[str] = frozenset()


def find_holders(
    *, names: Iterable[str] = (), numbers: Iterable[str] = (), domains: Iterable[str] = ()
) -> Holders:
    """Return who holds these keys and domains, in at most one statement for each kind."""
    names, numbers, domains = list(names), list(numbers), list(domains)
    held_numbers = Customer.objects.filter(number_key__in=numbers)
    held_domains = CustomerDomain.objects.filter(domain__in=domains).select_related("customer")
    return Holders(
        names=frozenset(taken_names(names)) if names else frozenset(),
        numbers=dict(held_numbers.values_list("number_key", "name")) if numbers else {},
        domains={each.domain: each.customer.label for each in held_domains} if domains else {},
        own_people=frozenset(_own_people_domains()) if domains else frozenset(),
    )


def _own_people_domains() -> set[str]:
    """Return the mail domains of the partner's own people (D21), but for mail providers'."""
    partner = current_partner()
    if partner is None:
        return set()
    people = Membership.objects.for_partner(partner).filter(customer_id=None)
    working = people.exclude(state=Membership.State.ENDED)
    hosts = {
        email.rpartition("@")[2].lower() for email in working.values_list("user__email", flat=True)
    }
    return hosts - FREE_MAIL


def refusals(
    values: Mapping[str, Any],
    *,
    by: Membership | None,
    before: Customer | None = None,
    looks_up_name: bool = True,
) -> Iterator[RuleError]:
    """Yield everything that the register refuses of these values, each at its field (USE-07).

    ``values`` may hold name, number, credit_limit, rate_plan and domains; what is missing is not
    judged, nor is what ``before`` has already. ``by`` None is channel sales. Saves nothing; the
    claim of a name judges again, so who is about to claim it passes ``looks_up_name=False``.
    """
    settings = partner_settings()
    broken = list(broken_rules(values, by=by, before=before, settings=settings))
    yield from broken
    asked = {name: value for name, value in values.items() if name != "name" or looks_up_name}
    fields = {error.field for error in broken}
    yield from taken({k: v for k, v in asked.items() if k not in fields}, before=before)


def refuse(found: Iterator[RuleError]) -> None:
    """Raise the first refusal, if there is one."""
    for error in found:
        raise error


def broken_rules(
    values: Mapping[str, Any],
    *,
    by: Membership | None,
    before: Customer | None = None,
    settings: PartnerSettings,
    plan: RatePlan | None = None,
) -> Iterator[RuleError]:
    """Yield what is refused without asking who else has it: the part of ``refusals`` that asks
    the database nothing. ``plan`` is the partner's default one, looked up where it is needed."""
    if "name" in values and not any(letter.isalnum() for letter in search_key(values["name"])):
        yield RuleError(gettext_lazy("Enter the customer's name."), field="name")
    if "number" in values and (before is None or values["number"] != before.number):
        yield from _number(values["number"], settings, by=by, before=before)
    for name, longest in LONGEST_KEYS.items():
        if name in values and len(search_key(values[name])) > longest:
            yield RuleError(gettext_lazy("This is too long. Shorten it."), field=name)
    if "credit_limit" in values and by is not None and not by.may("set_credit"):
        expected = before.rate_plan if before else plan or default_rate_plan(settings)
        # A plan that could not be read has its error already; the limit is judged all the same.
        chosen = expected if before else values.get("rate_plan") or expected
        yield from _credit(values["credit_limit"], settings, before)
        if chosen.pk != expected.pk:
            yield RuleError(
                gettext_lazy("Only an administrator can choose another rate plan."),
                field="rate_plan",
            )


def _number(
    number: str, settings: PartnerSettings, *, by: Membership | None, before: Customer | None
) -> Iterator[RuleError]:
    """REG-04, REG-05: who may change a number, and what it looks like."""
    if before is not None and by is not None and not by.may("change_settings"):
        yield RuleError(
            gettext_lazy("Only an administrator can change the customer number."), field="number"
        )
    if not settings.number_min <= len(number) <= settings.number_max:
        yield NumberLength(settings.number_min, settings.number_max)
    elif not fits_pattern(number, settings):
        yield NumberPattern(settings)


def _credit(
    limit: Decimal, settings: PartnerSettings, before: Customer | None
) -> Iterator[RuleError]:
    """D23: without the right to set credit at most the partner's limit."""
    allowed = settings.sales_credit_limit
    if limit > allowed and (before is None or limit != before.credit_limit):
        yield RuleError(
            _("You may give a credit limit of at most %(limit)s. Ask an administrator for more.")
            % {"limit": amount(allowed)},
            field="credit_limit",
        )


def taken(
    values: Mapping[str, Any], *, before: Customer | None = None, holders: Holders | None = None
) -> Iterator[RuleError]:
    """Yield what is refused of name, number and domains because somebody has it already.

    ``holders`` are asked instead of the register where many values are held against it.
    """
    name_key = search_key(values.get("name", ""))
    number_key = search_key(values.get("number", ""))
    wanted: set[str] = set()
    try:
        wanted = plain_domains(values.get("domains", ()))
    except RuleError as error:
        yield error
    if before is not None:
        name_key = "" if name_key == before.name_key else name_key
        number_key = "" if number_key == before.number_key else number_key
        wanted -= set(before.domains.values_list("domain", flat=True)) if wanted else set()
    if holders is None:
        holders = find_holders(
            names=[name_key] if name_key else (),
            numbers=[number_key] if number_key else (),
            domains=wanted,
        )
    if name_key in holders.names:
        yield NameTaken()
    if number_key in holders.numbers:
        yield NumberTaken(values["number"], holders.numbers[number_key])
    for domain in sorted(wanted):
        if domain in holders.own_people and not (before and before.is_own_company):
            yield _domain_error(
                _("%(domain)s is the domain of your own people. It can't be a customer's."), domain
            )
        if domain in holders.domains:
            sentence = _("%(domain)s is already a domain of %(name)s.")
            yield _domain_error(sentence, domain, name=holders.domains[domain])


def _domain_error(sentence: str, domain: str, **details: str) -> RuleError:
    return RuleError(sentence % {"domain": domain, **details}, field="domains")


def plain_domains(domains: Iterable[str]) -> set[str]:
    """Return domains in their plain form. Raises RuleError at ``domains`` for what is none or a
    free-mail provider's (D21)."""
    try:
        return {clean_domain(text) for text in domains if text.strip()}
    except RuleError as error:
        error.field = "domains"
        raise
