"""The first steps of a partner that has not ordered yet (USE-21, ONB-24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer, PartnerSettings
from orders.models import Order
from portal.accounts.models import Membership
from portal.core.listing import counts_up_to


@dataclass(frozen=True)
class FirstStep:
    """One step: what to do, why, whether it is done, and the pages where it is.

    ``leads``: it is what the page's main button is for.
    """

    name: str
    title: str
    text: str
    is_done: bool
    links: Sequence[tuple[str, str]]

    @property
    def leads(self) -> bool:
        return not self.is_done and self.name in ("customer", "order")


def first_steps(person: Membership) -> list[FirstStep]:
    """Return the steps that the person's rights allow; none if all of these are done."""
    people = Membership.objects.own_people(person.partner)
    pattern, colleagues, customers, orders = counts_up_to(
        [
            PartnerSettings.objects.filter(version__gt=1)[:1],
            people.exclude(pk=person.pk).exclude(state=Membership.State.ENDED)[:1],
            Customer.objects.filter(is_own_company=False)[:1],
            Order.objects.filter(submitted_at__isnull=False)[:1],
        ]
    )
    steps = []
    if person.may("change_settings"):
        steps.append(_numbers(done=bool(pattern)))
    if person.may("manage_people"):
        steps.append(_colleague(done=bool(colleagues)))
    if person.may("add_customer"):
        steps.append(_customer(done=bool(customers), imports=person.may("import_customer")))
    if person.may("add_order"):
        steps.append(_order(done=bool(orders)))
    return steps if not all(step.is_done for step in steps) else []


def _numbers(*, done: bool) -> FirstStep:
    return FirstStep(
        "numbers",
        _("Set how customer numbers look"),
        _("Length, prefix and characters: the form then refuses numbers that do not fit."),
        done,
        [(_("Settings"), reverse("customers:settings"))],
    )


def _colleague(*, done: bool) -> FirstStep:
    return FirstStep(
        "colleague",
        _("Invite a colleague"),
        _("They get a link by e-mail; their role says what they may do."),
        done,
        [(_("Invite"), reverse("accounts:invite"))],
    )


def _customer(*, done: bool, imports: bool) -> FirstStep:
    links = [(_("Create customer"), reverse("customers:create"))]
    if imports:
        links.append((_("Import"), reverse("customers:import_upload")))
    text = _("One at a time, or your whole register from a file.")
    if not imports:
        text = _("With its address, its contacts and its credit limit.")
    return FirstStep("customer", _("Create your first customer"), text, done, links)


def _order(*, done: bool) -> FirstStep:
    return FirstStep(
        "order",
        _("Place your first order"),
        _("It takes about a minute. Nothing is ordered before you have seen all of it."),
        done,
        [(_("New order"), reverse("orders:new"))],
    )
