"""The demo's registrations with channel sales, played through their own services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from customers.models import Customer, CustomerRegistration
from customers.registrations.services import (
    approve_registration,
    ask_about_registration,
    register_customer,
    reject_registration,
)
from dev.demo.mail import date_mail
from portal.accounts.models import Membership, User
from portal.catalog.models import Family
from portal.core.actor import acting, dated

DECISIONS = {
    "approve": approve_registration,
    "ask": ask_about_registration,
    "reject": reject_registration,
}


@dataclass(frozen=True)
class Story:
    """One registration: whose, by whom, how many days ago, and what channel sales answered."""

    customer: str
    by: str
    days: int
    channels: int
    note: str
    decision: str = ""
    answer: str = ""
    from_order: bool = False
    new: dict[str, Any] = field(default_factory=dict)


STORIES: dict[str, tuple[Story, ...]] = {
    "nordlys": (
        Story(
            "10179",
            "jonas",
            1,
            30,
            "The school moves from ISDN in January, two sites.",
            from_order=True,
        ),
        Story(
            "10160",
            "jonas",
            4,
            60,
            "Seasonal: 20 channels in winter, 60 from May to September.",
            "ask",
            "Which of their sites will have the trunk? The head office in Malmö is on copper "
            "until March.",
        ),
        Story(
            "10150",
            "anna",
            19,
            10,
            "One restaurant, one number.",
            "reject",
            "The building has no fibre before the autumn. Meetings and Flex seats can be ordered.",
        ),
        Story(
            "",
            "jonas",
            6,
            40,
            "Took over three shops of a chain and keeps their numbers.",
            "approve",
            "Approved with the limit asked for.",
            new={
                "name": "Sjömarken Järn & Bygg AB",
                "number": "10186",
                "billing_email": "faktura@sjomarkenjarn.example",
                "credit_limit": Decimal(45000),
                "street": "Sjöbogatan 12",
                "postal_code": "506 48",
                "city": "Borås",
                "country": "SE",
                "language": "sv",
            },
        ),
    ),
    "brueckner": (
        Story(
            "",
            "lena",
            2,
            20,
            "Neue Niederlassung, Rufnummernblock wird portiert.",
            new={
                "name": "Elbufer Spedition GmbH",
                "number": "20115",
                "billing_email": "rechnung@elbufer-hamburg.example",
                "credit_limit": Decimal(5000),
                "street": "Große Elbstraße 40",
                "postal_code": "22767",
                "city": "Hamburg",
                "country": "DE",
                "language": "de",
            },
        ),
    ),
    "harbour": (
        Story(
            "H2053",
            "oliver",
            3,
            25,
            "Five surgeries on one trunk; the out-of-hours line has to keep its number.",
        ),
    ),
}


def load_registrations(
    slug: str,
    customers: dict[str, Customer],
    people: dict[str, Membership],
    *,
    staff: User,
    now: datetime,
) -> None:
    """Play the registrations of one partner, in that partner's context."""
    for story in STORIES[slug]:
        at = now - timedelta(days=story.days, hours=3)
        by = people[story.by]
        with acting(by.user), dated(at):
            sent = register_customer(
                family=Family.TRUNK,
                customer=customers.get(story.customer),
                channels=story.channels,
                remark=story.note,
                from_order=story.from_order,
                by=by,
                at=at,
                **story.new,
            )
        if story.decision:
            _decide(story, sent, staff=staff, at=at + timedelta(hours=26))


def _decide(story: Story, sent: CustomerRegistration, *, staff: User, at: datetime) -> None:
    with acting(staff), dated(at):
        decide = DECISIONS[story.decision]
        decide(sent.pk, version=sent.version, by=staff.name, text=story.answer, at=at)
    date_mail(sent.pk, since=at, at=at)
