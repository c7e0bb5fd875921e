"""Playing the stories of the demo: each step calls the orders' own services, in the past."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

from django.db import transaction
from django.utils import timezone

from customers.models import Customer
from dev.demo.customers import MAILBOXES, mail_name
from dev.demo.mail import date_mail
from dev.demo.stories import STORIES, Act, Story
from orders.families import FORMS
from orders.models import Order, OrderLine, PortedBlock, Service
from orders.porting import working_days_after
from orders.services.delivering import plan_delivery
from orders.services.drafts import save_details, save_products, start_draft
from orders.services.ending import ending_of
from orders.services.fulfilment import (
    Delivery,
    accept_order,
    cancel_accepted,
    complete_order,
    deliver_lines,
    fail_order,
    provision_order,
    reject_order,
    retry_order,
    return_order,
)
from orders.services.placing import earliest_start, submit_order
from orders.services.porting import PortingNews, set_porting
from orders.services.recreating import ask_cancel, cancel_order, recreate_order
from orders.services.service_lines import save_service_lines
from portal.accounts.models import Membership, User
from portal.catalog.models import Part, Product
from portal.core.actor import acting, dated
from portal.tenancy.connection import connection
from portal.tenancy.context import require_partner

FIRST_NUMBER = {"nordlys": 386, "brueckner": 141, "harbour": 97}
# Numbers that the regulators reserve for fiction: prefix, significant digits, how many.
NUMBERS = {
    "SE": (("+46 31 390 06 ", 2, 50), ("+46 40 628 04 ", 2, 50), ("+46 8 465 004 ", 2, 50)),
    "DE": (("+49 40 66969 ", 3, 900), ("+49 30 23125 ", 3, 900)),
    "GB": (("+44 117 496 0", 3, 900), ("+44 191 498 0", 3, 900)),
}
STAFF_NAMES = {
    "SE": "Ida Lund;Erik Hallberg;Sofia Åström;Nils Öberg;Klara Wik;Anton Sved;Maja Holmgren;"
    "Lars Näslund;Elsa Roos;Viktor Dahlin;Julia Borg;Karl Ahlin;Lina Frisk;Gustav Ek;Alva Ström",
    "DE": "Anna Becker;Jan Köhler;Mia Schulte;Paul Winter;Lea Krämer;Finn Jürgens;Nele Busch",
    "GB": "Emma Clarke;Jack Barnes;Olivia Ward;Harry Dunn;Grace Ellis;George Lamb;Amelia Ross;"
    "Leo Hunt;Isla Page;Arthur Dean",
}
ROOMS = {
    "SE": ("Styrelserummet", "Kajutan", "Aulan", "Verkstan"),
    "DE": ("Besprechung 1", "Besprechung 2", "Saal"),
    "GB": ("Board room", "Library", "Workshop"),
}


@dataclass
class Play:
    """What the steps of one story work on."""

    story: Story
    customers: Mapping[str, Customer]
    people: Mapping[str, Membership]
    staff: User
    serial: count[int]
    numbers: dict[str, int] = field(default_factory=dict)
    order: Order | None = None

    @property
    def by(self) -> Membership:
        return self.people[self.story.by]

    @property
    def customer(self) -> Customer:
        if self.story.customer:
            return self.customers[self.story.customer]
        return Customer.objects.own_company().get()

    @property
    def placed(self) -> Order:
        assert self.order is not None
        return self.order


def working_days_ago(now: datetime, days: int) -> date:
    """Return the date so many working days before today (on a weekend, before Friday)."""
    day = now.date()
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    while days > 0:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day


def _moment(now: datetime, days: int, clock: str) -> datetime:
    at = datetime.combine(working_days_ago(now, days), time.fromisoformat(clock), now.tzinfo)
    return min(at, now - timedelta(minutes=50))


def _names(country: str, how_many: int) -> list[str]:
    names = STAFF_NAMES.get(country, STAFF_NAMES["GB"]).split(";")
    return [names[i % len(names)] for i in range(how_many)]


def _addresses(customer: Customer, names: list[str]) -> list[str]:
    country = str(customer.country.code)
    domain = customer.domains.values_list("domain", flat=True).first() or MAILBOXES[country]
    return [f"{mail_name(name, country)}@{domain}" for name in names]


# The term, in months, that was agreed on with a customer for a family.
TERMS = {
    ("10042", "trunk"): 12,
    ("10042", "flex"): 24,
    ("10038", "meeting"): 12,
    ("10058", "flex"): 12,
    ("10063", "flex"): 36,
    ("20003", "trunk"): 12,
    ("H2001", "trunk"): 12,
}


def _answers(story: Story, order: Order, products: list[Product], at: datetime) -> dict[str, str]:
    """Return the form data of the family's step beside the quantities."""
    customer = order.customer
    country = str(customer.country.code)
    wanted = {product: story.lines[product.sku] for product in products}
    data = {"users-TOTAL_FORMS": "0", "users-INITIAL_FORMS": "0"}
    if order.family == "trunk":
        site = customer.sites.filter(name=story.site).first()
        place = site or customer
        data |= {
            "site": str(site.pk) if site else "",
            "emergency_street": place.street,
            "emergency_postal_code": place.postal_code,
            "emergency_city": place.city,
        }
        numbers, provider = story.porting
        if numbers:
            data |= {"porting_numbers": numbers, "porting_provider": provider}
            data |= {"porting_holder": customer.name, "porting_contract": f"K-{customer.number}"}
            first = working_days_after(earliest_start(story.family, at.date()), story.later + 3)
            data["porting_date"] = first.isoformat()
    if order.family == "meeting":
        hosts = sum(q for product, q in wanted.items() if product.part == Part.HOST)
        names = [customer.name] if customer.is_residential else _names(country, hosts)
        data["hosts"] = "\n".join(_addresses(customer, names))
        rooms = sum(q for product, q in wanted.items() if product.part == Part.ROOM)
        data["rooms"] = "\n".join(ROOMS.get(country, ROOMS["GB"])[:rooms])
    if order.family == "flex" and story.users:
        seats = [p.sku for p, q in wanted.items() if p.part == Part.SEAT for _i in range(q)]
        names = _names(country, len(seats))
        data["users-TOTAL_FORMS"] = str(len(seats))
        for row, (name, address, sku) in enumerate(
            zip(names, _addresses(customer, names), seats, strict=True)
        ):
            data |= {
                f"users-{row}-name": name,
                f"users-{row}-email": address,
                f"users-{row}-seat": sku,
            }
    return data


def _products(play: Play, order: Order, at: datetime) -> Order:
    """Save the family's step through its own form."""
    story = play.story
    products = list(Product.objects.filter(sku__in=story.lines))
    form_class = FORMS[order.family]
    data = {form_class.key(product.pk): str(story.lines[product.sku]) for product in products}
    data |= _answers(story, order, products, at)
    form = form_class(data, order=order, today=at.date())
    if not form.is_valid():
        raise ValueError(f"{story.customer} {story.reference}: {form.errors.as_json()}")
    return save_products(
        order.pk,
        version=order.version,
        quantities=form.quantities(),
        details=form.details(),
        site=form.site(),
        at=at,
    )


def _service_lines(play: Play, order: Order, at: datetime) -> Order:
    """Save what a CHANGE or TERMINATE order states about running services."""
    running = Service.objects.filter(
        customer=order.customer, ended_on=None, product__sku__in=play.story.lines
    ).select_related("product")
    totals = {service.pk: play.story.lines[service.product.sku] for service in running}
    return save_service_lines(order.pk, version=order.version, totals=totals, at=at)


def _start(play: Play, at: datetime) -> None:
    story = play.story
    order = start_draft(
        customer=play.customer,
        family=story.family,
        by=play.by,
        at=at,
        own_confirmed=not story.customer,
        kind=story.kind,
    )
    if story.lines:
        new = story.kind == Order.Kind.NEW
        order = _products(play, order, at) if new else _service_lines(play, order, at)
        months = TERMS.get((story.customer, story.family), 0)
        if new and months:
            order.lines.filter(product__rental=True).update(term_months=months)
        contact = order.customer.contacts.filter(gets_orders=True).first()
        order = save_details(
            order.pk,
            version=order.version,
            at=at,
            reference=story.reference,
            po_number=story.po,
            start_date=working_days_after(earliest_start(story.family, at.date()), story.later + 1),
            contact=contact if story.to_contact else None,
        )
    play.order = order


def _submit(play: Play, act: Act, at: datetime) -> None:
    order = play.placed
    submit_order(order.pk, version=None, by=play.by, at=at, ending=ending_of(order))


def _cancel(play: Play, act: Act, at: datetime) -> None:
    cancel_order(play.placed.pk, reason=Order.CancelReason.WRONG_PRODUCTS, text=act.reason, at=at)


def _ask_cancel(play: Play, act: Act, at: datetime) -> None:
    ask_cancel(
        play.placed.pk,
        reason=Order.CancelReason.WRONG_CUSTOMER,
        text=act.reason,
        at=at,
        by=play.by,
        right_customer=play.customers[act.customer],
    )


def _recreate(play: Play, act: Act, at: datetime) -> None:
    copy, _dropped = recreate_order(play.placed.pk, play.customers[act.customer], by=play.by, at=at)
    contact = copy.customer.contacts.filter(gets_orders=True).first()
    # What the delivery needs differs by customer, so it is asked for again.
    copy = _products(play, copy, at)
    play.order = save_details(
        copy.pk,
        version=copy.version,
        at=at,
        reference=copy.reference,
        po_number=copy.po_number,
        start_date=copy.start_date,
        contact=contact,
    )


def _range(play: Play, size: int) -> str:
    """Return the next free block of fictional numbers in the partner's country."""
    partner = require_partner()
    for start, digits, how_many in NUMBERS[str(partner.country.code)]:
        used = play.numbers.get(start, 0)
        if used + size <= how_many:
            play.numbers[start] = used + size
            return f"{start}{used:0{digits}d} - {used + size - 1:0{digits}d}"
    return f"{size} numbers"


def _identifiers(play: Play, line: OrderLine) -> str:
    """Return the identifiers that provisioning enters for a line."""
    first = next(play.serial)
    part = line.product.part
    if part == Part.NUMBERS:
        size = int(line.product.sku.rpartition("-")[2])
        return "\n".join(_range(play, size) for _i in range(line.quantity))
    if part == Part.CHANNELS:
        return f"TG-{first}"
    if part in (Part.SEAT, Part.HOST, Part.ROOM):
        return f"{part.upper()} {first}00 - {first}{line.quantity - 1:02d}"
    if part == Part.DEVICE:
        return f"S/N 7H{first} - 7H{first + line.quantity - 1}"
    return ""


def _ported(play: Play, at: datetime) -> None:
    """Say of each block of numbers that it is ported."""
    news = {
        block.pk: PortingNews(PortedBlock.State.PORTED, at.date())
        for block in play.placed.ported_blocks.all()
    }
    if news:
        set_porting(play.placed.pk, news=news, at=at)


def _complete(play: Play, act: Act, at: datetime) -> None:
    _ported(play, at)
    lines = play.placed.lines.select_related("product").order_by("position")
    complete_order(
        play.placed.pk,
        delivered_on=at.date(),
        vendor_reference=f"KC-{next(play.serial)}",
        deliveries={
            line.pk: Delivery(f"KC-{next(play.serial)}", _identifiers(play, line)) for line in lines
        },
        at=at,
    )


def _deliver_first(play: Play, act: Act, at: datetime) -> None:
    """Deliver the first line; the others follow."""
    line = play.placed.lines.select_related("product").order_by("position")[0]
    deliver_lines(
        play.placed.pk,
        delivered_on=at.date(),
        vendor_reference="",
        deliveries={line.pk: Delivery(f"KC-{next(play.serial)}", _identifiers(play, line))},
        at=at,
    )


def _plan(play: Play, act: Act, at: datetime) -> None:
    expected = working_days_after(at.date(), 13)
    plan_delivery(play.placed.pk, expected_on=expected, tracking={}, at=at)


PARTNERS_ACTS: dict[str, Callable[[Play, Act, datetime], None]] = {
    "submit": _submit,
    "cancel": _cancel,
    "ask_cancel": _ask_cancel,
    "recreate": _recreate,
}
STAFF_ACTS: dict[str, Callable[[Play, Act, datetime], object]] = {
    "accept": lambda play, act, at: accept_order(play.placed.pk, at=at),
    "provision": lambda play, act, at: provision_order(play.placed.pk, at=at),
    "retry": lambda play, act, at: retry_order(play.placed.pk, at=at),
    "reject": lambda play, act, at: reject_order(play.placed.pk, reason=act.reason, at=at),
    "return": lambda play, act, at: return_order(play.placed.pk, reason=act.reason, at=at),
    "fail": lambda play, act, at: fail_order(play.placed.pk, reason=act.reason, at=at),
    "cancel_accepted": lambda play, act, at: cancel_accepted(
        play.placed.pk, reason=act.reason, at=at
    ),
    "plan": _plan,
    "deliver": _deliver_first,
    "complete": _complete,
}


def _do(play: Play, act: Act | None, at: datetime, since: datetime) -> None:
    """Carry out one step for the person who did it, dated in the log and the outbox."""
    staff = act is not None and act.name in STAFF_ACTS
    with transaction.atomic(), acting(play.staff if staff else play.by.user), dated(at):
        if act is None:
            _start(play, at)
        elif staff:
            STAFF_ACTS[act.name](play, act, at)
        else:
            PARTNERS_ACTS[act.name](play, act, at)
    date_mail(play.placed.pk, since=since, at=at)


def load_orders(
    slug: str,
    customers: Mapping[str, Customer],
    people: Mapping[str, Membership],
    *,
    staff: User,
    now: datetime,
) -> None:
    """Play the stories of one partner in chronological order, in that partner's context."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('orders_number', %s)", [FIRST_NUMBER[slug]])
    since = timezone.now()
    here = now.astimezone(timezone.get_current_timezone())
    serial, numbers = count(20418, 7), dict[str, int]()
    events: list[tuple[datetime, Play, Act | None]] = []
    for story in STORIES[slug]:
        play = Play(story, customers, people, staff, serial, numbers)
        at = _moment(here, story.days, story.time)
        events.append((at, play, None))
        for act in story.acts:
            at = max(_moment(here, act.days, act.time), at + timedelta(minutes=7))
            events.append((at, play, act))
    for moment, play, event in sorted(events, key=lambda event: event[0]):
        _do(play, event, moment, since)
