"""Playing the demo's onboardings through their own services, in the past."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from customers.models import Customer, Onboarding, ReachCheck
from customers.onboarding.flow import step_of
from customers.onboarding.people import Row, registered_people
from customers.onboarding.services import (
    begin_onboarding,
    complete_onboarding,
    save_customer_step,
    save_new_customer,
    save_step,
)
from dev.demo.mail import date_mail
from dev.demo.orders import working_days_ago
from portal.accounts.models import Membership
from portal.catalog.models import Platform
from portal.catalog.models.platforms import CUSTOMER
from portal.core.actor import acting, dated

GATEWAY: dict[str, Any] = {
    "site": {},
    "name": "GW-1",
    "serial": "GW10023456",
    "mac": "00:08:5D:4A:11:02",
    "mode": "dhcp",
    "address": None,
    "router": None,
    "dns": None,
}
PBX: dict[str, Any] = {
    "type": "430",
    "version": "7.2",
    "address": "10.20.4.10",
    "extensions": "100-149, 200",
}
CONNECT: dict[str, Any] = {"host": "gw1.havsbris.example", "port": 8443, "user": "service"}
SYNC: dict[str, Any] = {
    "source": "entra",
    "server": None,
    "schedule": "night",
    "numbers": True,
    "pictures": False,
}


@dataclass(frozen=True)
class Story:
    """One onboarding: whose, onto what, by whom, how many days ago, and how far it came.

    ``steps`` are the answers in order; the last one is only saved if ``is_open`` and ``stops``.
    """

    customer: str
    platform: str
    by: str
    days: int
    steps: tuple[tuple[str, dict[str, Any]], ...] = ()
    stops: bool = False
    completed: bool = False
    new: dict[str, Any] = field(default_factory=dict)


def _gateway(name: str, serial: str, mac: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return ("gateway", {**GATEWAY, "name": name, "serial": serial, "mac": mac, **more})


STORIES: dict[str, tuple[Story, ...]] = {
    "nordlys": (
        Story(
            "10042",
            "mivo400",
            "mikael",
            64,
            (
                _gateway("GW-Havsbris", "GW10023456", "00:08:5D:4A:11:02"),
                ("pbx", PBX),
                ("connect", CONNECT),
            ),
            completed=True,
        ),
        Story(
            "10131",
            "smbc",
            "anna",
            33,
            (
                _gateway("SMBC-Silverdalen", "GW10031190", "00:08:5D:51:7C:3E"),
                ("sync", SYNC),
            ),
            completed=True,
        ),
        Story(
            "10058",
            "mivo400",
            "mikael",
            5,
            (
                _gateway(
                    "GW-Nordvik",
                    "GW10044871",
                    "00:08:5D:66:20:9A",
                    mode="static",
                    address="10.8.0.5/24",
                    router="10.8.0.1",
                ),
                ("pbx", {**PBX, "extensions": "", "version": "7.2"}),
            ),
            stops=True,
        ),
        Story(
            "10205",
            "smbc",
            "jonas",
            2,
            (),
            new={
                "name": "Strandvägens Bokhandel AB",
                "street": "Strandvägen 19",
                "postal_code": "114 56",
                "city": "Stockholm",
                "billing_email": "faktura@strandbok.example",
                "domains": ["strandbok.example"],
                "people": ("Agnes Wrede", "Ivar Wrede"),
            },
        ),
        Story(
            "",
            "mivo400",
            "jonas",
            1,
            new={"name": "Fiskartorpets Camping AB", "city": "Nynäshamn"},
            stops=True,
        ),
    ),
    "brueckner": (
        Story(
            "20014",
            "mivo400",
            "tobias",
            47,
            (
                _gateway("GW-Deichwerk", "GW20010077", "00:08:5D:70:04:11"),
                ("pbx", {**PBX, "type": "470", "address": "192.168.40.10"}),
                ("connect", {**CONNECT, "host": "tk.deichwerk.example"}),
            ),
            completed=True,
        ),
        Story(
            "20011",
            "smbc",
            "lena",
            3,
            (_gateway("SMBC-Kanzlei", "GW20010412", "00:08:5D:70:19:C4"),),
        ),
    ),
    "harbour": (
        Story(
            "H2015",
            "smbc",
            "oliver",
            21,
            (
                _gateway("SMBC-Brewery", "GW30010218", "00:08:5D:81:22:0A"),
                ("sync", {**SYNC, "source": "csv", "schedule": "hand"}),
            ),
            completed=True,
        ),
        Story("H2004", "mivo400", "priya", 4),
    ),
}


def load_onboardings(
    slug: str, customers: dict[str, Customer], people: dict[str, Membership], *, now: datetime
) -> None:
    """Load the onboardings of one partner, in that partner's context."""
    platforms = {row.code: row for row in Platform._default_manager.all()}
    for story in STORIES[slug]:
        by = people[story.by]
        at = datetime.combine(
            working_days_ago(now, story.days), datetime.min.time(), now.tzinfo
        ).replace(hour=10, minute=20)
        with acting(by.user), dated(at):
            _play(story, customers, platforms[story.platform], by=by, at=at)


def _play(
    story: Story,
    customers: dict[str, Customer],
    platform: Platform,
    *,
    by: Membership,
    at: datetime,
) -> None:
    started = at
    known = customers.get(story.customer)
    customer = Customer.objects.get(pk=known.pk) if known is not None else None
    onboarding = begin_onboarding(platform, customer=customer, by=by, at=at)
    common: dict[str, Any] = {"by": by, "at": at}
    if story.new:
        onboarding = _new(onboarding, story, common)
        return
    assert customer is not None
    onboarding = save_customer_step(
        onboarding.pk,
        facts={
            "street": customer.street,
            "postal_code": customer.postal_code,
            "city": customer.city,
            "region": customer.region,
            "country": customer.country.code,
            "business_type": customer.business_type_id,
            "domains": [row.domain for row in customer.domains.order_by("domain")],
        },
        admins=[],
        support=registered_people(customer),
        is_done=True,
        goes_to="gateway",
        version=onboarding.version,
        customer_version=customer.version,
        **common,
    )
    for at_step, (code, answers) in enumerate(story.steps, start=1):
        onboarding = _step(
            onboarding, code, answers, story, last=at_step == len(story.steps), **common
        )
    if story.completed:
        complete_onboarding(onboarding.pk, version=onboarding.version, **common)
        date_mail(customer.pk, since=started, at=at)


def _step(
    onboarding: Onboarding,
    code: str,
    answers: dict[str, Any],
    story: Story,
    *,
    last: bool,
    by: Membership,
    at: datetime,
) -> Onboarding:
    step = step_of(onboarding, code)
    assert step is not None
    codes = [*onboarding.step_codes, "summary"]
    stays = last and story.stops
    saved = save_step(
        onboarding.pk,
        step,
        answers=answers,
        secrets={"password": "a demo secret"} if code == "connect" else {},
        uploads={},
        is_done=not stays,
        goes_to=code if stays else codes[codes.index(code) + 1],
        version=onboarding.version,
        by=by,
        at=at,
    )
    if code == "connect":
        ReachCheck.objects.create(
            onboarding=saved,
            step=code,
            host=answers["host"],
            port=answers["port"],
            result=ReachCheck.Result.ANSWERS,
            address="198.18.4.12",
            created_by=by,
            created_at=at,
            finished_at=at + timedelta(seconds=2),
        )
    return saved


def _new(onboarding: Onboarding, story: Story, common: dict[str, Any]) -> Onboarding:
    """Save the first step of a new customer, whole or as far as it was known."""
    if story.stops:
        return save_new_customer(
            onboarding.pk,
            form={"type": "normal", "country": "SE", "language": "sv", **story.new},
            values=None,
            admins=[],
            support=[],
            goes_to=CUSTOMER,
            version=onboarding.version,
            **common,
        )
    values = {name: value for name, value in story.new.items() if name != "people"}
    first, second = story.new["people"]
    host = values["domains"][0]
    support = [
        Row(first, f"{first.split()[0].lower()}@{host}", "on_site"),
        Row(second, f"{second.split()[0].lower()}@{host}", "maintainer"),
    ]
    return save_new_customer(
        onboarding.pk,
        form={},
        values={"number": story.customer, "credit_limit": Decimal(10000), **values},
        admins=[Row(support[0].name, support[0].email)],
        support=support,
        goes_to="gateway",
        version=onboarding.version,
        **common,
    )
