"""What the register refuses of a customer's values: each rule once, with its message.

Creating, changing, the form that shows all errors at once (USE-07) and the check of an imported
file use these functions.
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

# The size of the columns for the keys; a few characters become a dozen others in a key.
LONGEST_KEYS = {"name": 800, "number": 160}


@dataclass(frozen=True)
class Holders:
    """The names, numbers and domains that are in use, by their keys."""

    names: frozenset[str] = frozenset()
    # The customer's name by the number's key, and its label by the domain.
    numbers: Mapping[str, str] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)
    # D21: domains of the partner's own people.
    own_people: frozenset[str] = frozenset()


def find_holders(
    *, names: Iterable[str] = (), numbers: Iterable[str] = (), domains: Iterable[str] = ()
) -> Holders:
    """Return who uses these keys and domains, with at most one statement for each kind."""
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
    """Return the mail domains of the partner's own people, without mail providers' (D21)."""
    partner = current_partner()
    if partner is None:
        return set()
    people = Membership.objects.own_people(partner)
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

    ``values`` may hold name, number, credit_limit, rate_plan and domains. What is missing, or the
    same as in ``before``, is not checked. ``by`` None is channel sales. Nothing is saved. A claim
    checks the name again, so a caller that is about to claim it passes ``looks_up_name=False``.
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
    """Yield the part of ``refusals`` that does not depend on who else uses a value.

    Name, number and domains are not looked up. ``plan`` is the partner's default rate plan, looked
    up if missing.
    """
    if "name" in values and not any(letter.isalnum() for letter in search_key(values["name"])):
        yield RuleError(gettext_lazy("Enter the customer's name."), field="name")
    if "number" in values and (before is None or values["number"] != before.number):
        yield from _number(values["number"], settings, by=by, before=before)
    for name, longest in LONGEST_KEYS.items():
        if name in values and len(search_key(values[name])) > longest:
            yield RuleError(gettext_lazy("This is too long. Shorten it."), field=name)
    if "credit_limit" in values and by is not None and not by.may("set_credit"):
        expected = before.rate_plan if before else plan or default_rate_plan(settings)
        # An invalid plan has its error already; the limit is checked all the same.
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
    """Yield the refusals of a number: who may change it, and its form (REG-04, REG-05)."""
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
    """Yield the refusal of a limit that sales may not give or take away (D23, ORD-65)."""
    allowed = settings.sales_credit_limit
    if before is not None and limit == before.credit_limit:
        return
    if before is not None and before.credit_limit > allowed:
        yield RuleError(
            _("An administrator gave this limit, which is above your %(limit)s. Ask them.")
            % {"limit": amount(allowed)},
            field="credit_limit",
        )
    elif limit > allowed:
        yield RuleError(
            _("You may give a credit limit of at most %(limit)s. Ask an administrator for more.")
            % {"limit": amount(allowed)},
            field="credit_limit",
        )
    elif before is not None and limit < before.credit_committed:
        yield RuleError(
            _("%(used)s of the credit is in use. Ask an administrator for a limit below that.")
            % {"used": amount(before.credit_committed)},
            field="credit_limit",
        )


def taken(
    values: Mapping[str, Any], *, before: Customer | None = None, holders: Holders | None = None
) -> Iterator[RuleError]:
    """Yield the refusals of a name, number or domains that somebody uses, or invalid domains.

    ``holders`` replaces the look-up in the database where many values are checked.
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
    """Return domains in their normal form.

    Raise RuleError at ``domains`` for an invalid one, or one of a free-mail provider (D21).
    """
    try:
        return {clean_domain(text) for text in domains if text.strip()}
    except RuleError as error:
        error.field = "domains"
        raise
