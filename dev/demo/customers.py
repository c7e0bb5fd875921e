"""The demo's customers, written through the register's own services."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from customers.models import Contact, Customer, Site
from customers.services import (
    assign,
    create_customer,
    deactivate_customer,
    grant_clearance,
    save_contact,
    save_site,
)
from dev.demo.register import ASSIGNED, BRUECKNER, HARBOUR, NORDLYS, SITES
from portal.accounts.models import Membership, User
from portal.catalog.models import BusinessType, Family, RatePlan
from portal.core.actor import acting, dated

TABLES = {"nordlys": NORDLYS, "brueckner": BRUECKNER, "harbour": HARBOUR}
PLANS = {"S": "Standard", "B": "Business 25", "M": "Master"}
COUNTRIES = frozenset({"SE", "DE", "GB", "NO", "DK", "FI"})
LANGUAGE = {"SE": "sv", "DE": "de"}
INVOICES = {"SE": "faktura", "DE": "rechnung"}
MAILBOXES = {"SE": "brevladan.example", "DE": "briefkasten.example", "GB": "letterbox.example"}
# Numbers that the regulators (PTS, Bundesnetzagentur, Ofcom) reserve for fiction.
LANDLINES = {"SE": "+46 31 390 06 %02d", "DE": "+49 40 66969 1%02d", "GB": "+44 117 496 01%02d"}
MOBILES = {"SE": "+46 70 174 06 %02d", "DE": "+49 176 040690%02d", "GB": "+44 7700 9001%02d"}
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Entry:
    """One line of the tables."""

    number: str
    name: str
    street: str
    postal_code: str
    city: str
    business: str
    plan: str
    limit: Decimal
    domain: str
    contacts: tuple[tuple[str, str, bool], ...]  # name, job, gets order confirmations
    marks: frozenset[str]

    @property
    def is_home(self) -> bool:
        return "home" in self.marks


def entries(table: str) -> list[Entry]:
    """Return the lines of a table of `dev.demo.register`."""
    found = []
    for line in table.strip().splitlines():
        number, name, address, business, plan, limit, domain, contacts, marks = (
            part.strip() for part in line.split("|")
        )
        street, postal_code, city = (part.strip() for part in address.rsplit(",", 2))
        people = []
        for person in filter(None, contacts.split(";")):
            who, _comma, job = person.partition(",")
            people.append((who.strip(), job.strip().rstrip("*"), person.rstrip().endswith("*")))
        found.append(
            Entry(
                number=number,
                name=name,
                street=street,
                postal_code=postal_code,
                city=city,
                business="" if business == "-" else business,
                plan=PLANS[plan],
                limit=Decimal(limit),
                domain=domain,
                contacts=tuple(people),
                marks=frozenset(marks.split()),
            )
        )
    return found


def mail_name(name: str, country: str) -> str:
    """Return ``first.last`` in ASCII letters, as companies form addresses."""
    text = name.lower().replace("ı", "i").replace("ø", "o")
    if country == "DE":
        text = text.translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", text)
    words = "".join(c if c.isalnum() else " " for c in plain if c.isascii()).split()
    return f"{words[0]}.{words[-1]}"


def _organisation_number(entry: Entry, country: str, position: int) -> str:
    """Return a plausible number that belongs to nobody: wrong check digits or an unused range."""
    if entry.is_home:
        return ""
    if country == "DE":
        return f"HRB 9{position:05d}"
    if country == "GB":
        return f"99{position * 37 + 4100:06d}"
    if country == "SE":
        stem = f"5599{position:02d}40{position % 10}"
        digits = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(stem)]
        check = (10 - sum(d // 10 + d % 10 for d in digits) % 10) % 10
        return f"{stem[:6]}-{stem[6:]}{(check + 1) % 10}"
    return ""


def _phone(country: str, position: int, *, home: bool) -> str:
    if home:
        return MOBILES[country] % (position % 90 + 5) if country in MOBILES else ""
    return LANDLINES[country] % (position % 50) if country in LANDLINES else ""


def _contacts(
    entry: Entry, customer: Customer, *, country: str, position: int, at: datetime
) -> None:
    people = entry.contacts or ((entry.name, "", False),)
    domain = entry.domain or MAILBOXES[country]
    for place, (name, job, orders) in enumerate(people):
        first, _space, last = name.rpartition(" ")
        save_contact(
            customer,
            Contact(
                first_name=first,
                last_name=last,
                email=f"{mail_name(name, country)}@{domain}",
                phone=_phone(country, position + place * 30, home=entry.is_home),
                job_title=job,
                role=Contact.Role.DECIDES if place == 0 and job else "",
                is_primary=place == 0,
                gets_orders=orders,
            ),
            at=at,
        )


def _marks(entry: Entry, customer: Customer, *, staff: User, at: datetime, now: datetime) -> None:
    """Apply an entry's marks: clearance by channel sales, and deactivation."""
    if "trunk" in entry.marks:
        cleared_at = at + timedelta(days=1)
        with acting(staff), dated(cleared_at):
            grant_clearance(customer, Family.TRUNK, at=cleared_at, granted_by=staff.name)
    if "gone" in entry.marks:
        left_at = now - timedelta(days=12)
        with dated(left_at):
            deactivate_customer(customer, at=left_at)


def load_customers(
    slug: str, people: dict[str, Membership], *, country: str, staff: User, now: datetime
) -> dict[str, Customer]:
    """Create the customers of one partner, in that partner's context; return them by number.

    They are dated over the year before ``now``, in the names of the administrator and sales.
    """
    plans = {plan.name: plan for plan in RatePlan.objects.all()}
    businesses = {business.name: business for business in BusinessType.objects.all()}
    rows = entries(TABLES[slug])
    administrator = next(p for p in people.values() if p.may("set_credit"))
    made: dict[str, Customer] = {}
    for position, entry in enumerate(rows):
        at = now - timedelta(days=420 - position * 380 // len(rows), hours=position % 7)
        where = next((mark for mark in entry.marks if mark in COUNTRIES), country)
        billing = f"{INVOICES.get(where, 'accounts')}@{entry.domain}"
        if entry.is_home:
            billing = f"{mail_name(entry.name, where)}@{MAILBOXES[where]}"
        with acting(administrator.user), dated(at):
            customer = create_customer(
                at=at,
                by=administrator,
                name=entry.name,
                number=entry.number,
                billing_email=billing,
                credit_limit=entry.limit,
                rate_plan=plans[entry.plan],
                domains=[entry.domain] if entry.domain else [],
                type=Customer.Type.RESIDENTIAL if entry.is_home else Customer.Type.NORMAL,
                lifecycle=Customer.Lifecycle.PROSPECT
                if "prospect" in entry.marks
                else Customer.Lifecycle.CUSTOMER,
                organisation_number=_organisation_number(entry, where, position),
                business_type=businesses.get(entry.business),
                language=LANGUAGE.get(where, "en"),
                street=entry.street,
                postal_code=entry.postal_code,
                city=entry.city,
                country=where,
            )
            _contacts(entry, customer, country=where, position=position, at=at)
            for name, street, postal_code, city in SITES.get(entry.number, ()):
                site = Site(
                    name=name, street=street, postal_code=postal_code, city=city, country=where
                )
                save_site(customer, site)
            _marks(entry, customer, staff=staff, at=at, now=now)
        made[entry.number] = customer
    technician = people.get("mikael")
    for number in ASSIGNED if technician is not None else ():
        assert technician is not None
        assign(made[number], technician, at=now - timedelta(days=40))
    return made
