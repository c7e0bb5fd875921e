"""The demo's partners and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from customers.models import Customer
from customers.services import (
    change_customer,
    change_settings,
    grant_clearance,
    partner_settings,
)
from portal.accounts.models import Membership, Role, Team, User
from portal.accounts.rights import Preset
from portal.accounts.services import add_staff, invite
from portal.catalog.models import BusinessType, Family
from portal.channel.models import StaffEvent, StaffSubscription
from portal.channel.telling import choose, mark_all_read
from portal.core.actor import acting, dated
from portal.core.staff_rights import StaffGroup
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from workspace.partners import add_person, create_partner

Person = tuple[str, str, str, str, int]  # mail name, name, preset, language, team (1 or 2)


@dataclass(frozen=True)
class DemoPartner:
    """One partner of the story, with its people."""

    slug: str
    name: str
    country: str
    language: str
    currency: str
    time_zone: str
    colour: str
    sales_limit: int
    organisation_number: str
    own: dict[str, Any]
    own_limit: int
    teams: tuple[str, str]
    people: tuple[Person, ...]

    @property
    def domain(self) -> str:
        return f"{self.slug}.example"


PARTNERS = (
    DemoPartner(
        slug="nordlys",
        name="Nordlys Telekom AB",
        country="SE",
        language="sv",
        currency="SEK",
        time_zone="Europe/Stockholm",
        colour="#3b3a8f",
        sales_limit=25000,
        organisation_number="556703-7485",
        own={
            "street": "Dragarbrunnsgatan 40",
            "postal_code": "753 20",
            "city": "Uppsala",
            "billing_email": "ekonomi@nordlys.example",
        },
        own_limit=50000,
        teams=("Sales", "Field service"),
        people=(
            ("anna", "Anna Bergström", Preset.ADMINISTRATOR, "en", 1),
            ("jonas", "Jonas Ek", Preset.SALES, "en", 1),
            ("mikael", "Mikael Norén", Preset.TECHNICIAN, "en", 2),
            ("oskar", "Oskar Hedman", Preset.SALES, "sv", 1),
        ),
    ),
    DemoPartner(
        slug="brueckner",
        name="Brückner IT GmbH",
        country="DE",
        language="de",
        currency="EUR",
        time_zone="Europe/Berlin",
        colour="#8a3b12",
        sales_limit=2500,
        organisation_number="HRB 148263",
        own={
            "street": "Speicherstraße 9",
            "postal_code": "20457",
            "city": "Hamburg",
            "billing_email": "buchhaltung@brueckner.example",
        },
        own_limit=5000,
        teams=("Vertrieb", "Technik"),
        people=(
            ("lena", "Lena Brückner", Preset.ADMINISTRATOR, "de", 1),
            ("tobias", "Tobias Kern", Preset.SALES, "de", 1),
        ),
    ),
    DemoPartner(
        slug="harbour",
        name="Harbour Networks Ltd",
        country="GB",
        language="en",
        currency="GBP",
        time_zone="Europe/London",
        colour="#0b5d3b",
        sales_limit=2000,
        organisation_number="08412937",
        own={
            "street": "17 Quayside Walk",
            "postal_code": "BS1 4XX",
            "city": "Bristol",
            "billing_email": "accounts@harbour.example",
        },
        own_limit=5000,
        teams=("Sales", "Support desk"),
        people=(
            ("oliver", "Oliver Marsh", Preset.ADMINISTRATOR, "en", 1),
            ("priya", "Priya Nair", Preset.SALES, "en", 1),
        ),
    ),
)
# Who may do everything, and who has which groups.
STAFF: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("staff@kontor.example", "Sam Whitlock", ()),
    ("helen@kontor.example", "Helen Carver", ()),
    ("ingrid@kontor.example", "Ingrid Solheim", (StaffGroup.READ,)),
    ("eirik@kontor.example", "Eirik Lund", (StaffGroup.ORDERS,)),
)


def load_staff(*, now: datetime) -> User:
    """Create channel sales; return the person who handles the orders of the story."""
    for email, name, groups in STAFF:
        if groups:
            add_staff(email=email, name=name, language="en", groups=groups)
        else:
            User.objects.create_superuser(email, None, name=name, language="en")
    for user in User.objects.filter(is_staff=True):
        mark_all_read(user, at=now - timedelta(days=2))
    eirik = User.objects.get(email="eirik@kontor.example")
    kinds = [StaffEvent.ORDER, StaffEvent.CANCEL]
    choose(eirik, kinds=kinds, partners=[], mail=StaffSubscription.Mail.AT_ONCE, at=now)
    return User.objects.get(email=STAFF[0][0])


def load_partner(demo: DemoPartner, *, staff: User, at: datetime) -> Partner:
    """Create one partner with hosts, settings, teams, people and its own company's data."""
    with acting(staff), dated(at):
        partner = create_partner(
            name=demo.name,
            slug=demo.slug,
            country=demo.country,
            currency=demo.currency,
            language=demo.language,
            time_zone=demo.time_zone,
            brand_colour=demo.colour,
            notification_email=f"orders@{demo.domain}",
            at=at,
        )
    own_address = demo.own
    partner.address = "\n".join(
        [own_address["street"], f"{own_address['postal_code']} {own_address['city']}"]
    )
    partner.organisation_number = demo.organisation_number
    partner.save(update_fields=["address", "organisation_number"])
    teams = [Team.objects.create(partner=partner, name=name) for name in demo.teams]
    for mail_name, name, preset, language, team in demo.people:
        place = add_person(
            partner=partner,
            email=f"{mail_name}@{demo.domain}",
            name=name,
            preset=preset,
            password=None,
            at=at,
        )
        place.team = teams[team - 1]
        place.save(update_fields=["team"])
        User.objects.filter(pk=place.user_id).update(language=language)
    with in_partner(partner), acting(staff), dated(at):
        change_settings(partner_settings(), sales_credit_limit=Decimal(demo.sales_limit))
        own = Customer.objects.own_company().get()
        change_customer(
            own,
            at=at,
            by=None,
            version=own.version,
            credit_limit=Decimal(demo.own_limit),
            domains=[demo.domain],
            business_type=BusinessType.objects.get(name="Telecommunications"),
            country=demo.country,
            **demo.own,
        )
        grant_clearance(own, Family.TRUNK, at=at, granted_by=staff.name)
    return partner


def people_of(partner: Partner) -> dict[str, Membership]:
    """Return the partner's own people by the part of their address before the @."""
    places = Membership.objects.own_people(partner).select_related("user", "role")
    return {place.user.email.partition("@")[0]: place for place in places}


def load_invitation(partner: Partner, *, at: datetime) -> None:
    """Invite one person who has not accepted yet."""
    by = people_of(partner)["anna"].user
    with in_partner(partner), acting(by), dated(at):
        invite(
            partner=partner,
            email="mira@nordlys.example",
            name="Mira Falk",
            role=Role.objects.for_partner(partner).get(preset=Preset.TECHNICIAN),
            language="en",
            by=by,
            at=at,
        )


def open_sign_ins() -> None:
    """Give everybody a verified address and the demo's password.

    The password is refused outside the embedded run.
    """
    here = User.objects.exclude(memberships__state=Membership.State.INVITED)
    here.update(password=make_password(settings.DEMO_PASSWORD))
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in here
    )
