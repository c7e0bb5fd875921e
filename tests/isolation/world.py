"""Two partners that have everything, each marked by a word that only its own pages may show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from customers.imports import jobs
from customers.models import (
    Contact,
    Customer,
    CustomerImport,
    CustomerRegistration,
    CustomField,
    Onboarding,
    SavedFilter,
    Site,
    System,
)
from customers.services import (
    assign,
    choose_columns,
    delete_customer,
    save_custom_field,
    save_filter,
    set_domains,
)
from orders.models import Order, OrderTemplate, Service
from orders.services.fulfilment import Delivery, accept_order, complete_order, provision_order
from orders.services.templates import save_as_template
from portal.accounts.models import Membership, Role, Team, User
from portal.accounts.rights import Preset
from portal.accounts.services import invite
from portal.channel.models import PriceAnnouncement
from portal.files.models import Attachment
from portal.notices.models import Notice
from portal.notices.services import notify
from portal.outbox.models import Document, InboundEmail, OutboundEmail
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from quotes.models import Confirmation, Quote
from quotes.services.drafts import delete_quote
from support.models import ProblemReport, ServiceReport
from support.services.conversation import add_comment
from support.services.drafts import Part, add_picture, save_draft
from support.services.progress import acknowledge
from support.services.reporting import Problem, report_problem
from support.services.work_orders import Plan, start_report
from tests import factories
from tests.conftest import NOW, PASSWORD, HostClient, choose_place, give_reasons
from tests.isolation.onboardings import make_onboarding, make_system
from tests.isolation.registrations import make_announcement, make_registration
from tests.support.work_helpers import FACTS, picture, sign
from workspace.partners import add_person

# Words that occur nowhere else, so that one partner's word on another's page is a leak.
CANARY = {"nordlys": "zqnordkanarie", "brueckner": "zqbrueckkanarie"}
# In what only the partner's people may read: notes, reasons, references of the vendor.
INTERNAL = "zqinternkanarie"
# In the names of customers' users, who are never among the partner's people.
CUSTOMERS_PEOPLE = "zqkundkanarie"


@dataclass(frozen=True)
class Things:
    """What a partner has, one of each kind that an address can name."""

    partner: Partner
    canary: str
    assigned: Customer
    other: Customer
    deleted_customer: UUID
    contact: Contact
    site: Site
    other_contact: Contact
    other_site: Site
    custom_field: CustomField
    saved_filter: SavedFilter
    draft: Order
    other_draft: Order
    placed: Order
    completed: Order
    service: Service
    deleted_order: UUID
    email: OutboundEmail
    dead_email: OutboundEmail
    invited: Membership
    quote: Quote
    sent_quote: Quote
    confirmation: Confirmation
    document: Document
    deleted_quote: UUID
    administrator: Membership
    role: Role
    team: Team
    notice: Notice
    # The names of the people whom ``notice`` belongs to.
    told: frozenset[str]
    upload: CustomerImport
    attachment: Attachment
    other_attachment: Attachment
    report: ProblemReport
    other_report: ProblemReport
    report_file: Attachment
    note_file: Attachment
    # The same for customers' people: what belongs to the other customer.
    other_placed: Order
    other_confirmation: Confirmation
    customer_user: Membership
    other_customer_user: Membership
    work: ServiceReport
    other_work: ServiceReport
    signed_work: ServiceReport
    picture: Attachment
    received: InboundEmail
    onboarding: Onboarding
    other_onboarding: Onboarding
    announcement: PriceAnnouncement
    template: OrderTemplate
    registration: CustomerRegistration
    other_registration: CustomerRegistration
    system: System
    other_system: System


@dataclass(frozen=True)
class World:
    """Both partners, and the people who visit them."""

    nordlys: Things
    brueckner: Things
    people: dict[str, Membership | User | None]
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)


def partner_of(slug: str) -> Partner:
    """Return one of the two partners of the tests' database."""
    found: Partner = Partner.objects.get(slug=slug)
    return found


def member(partner: Partner, name: str) -> Membership:
    """Return a person of a partner by the first part of their address."""
    return (
        Membership.objects.for_partner(partner)
        .select_related("user", "role", "partner")
        .get(user__email=f"{name}@{partner.slug}.example")
    )


def _customer(canary: str, letter: str, number: str, *, at: datetime, cleared: bool) -> Customer:
    customer = factories.make_customer(
        f"{canary} {letter} AB",
        number,
        at=at,
        cleared=cleared,
        billing_email=f"invoice@{canary}{letter}.example",
        notes=f"{canary} notes {INTERNAL}",
        street=f"{canary} street 1",
        city=f"{canary}stad",
    )
    set_domains(customer, [f"{canary}{letter}.example"])
    return customer


def _contact(customer: Customer, canary: str, *, at: datetime) -> Contact:
    return factories.make_contact(
        customer,
        at=at,
        first_name=canary,
        last_name="Sandell",
        email=f"annika@{canary}.example",
    )


def _custom_field(canary: str, customers: tuple[Customer, ...]) -> CustomField:
    """Create a field that is filled in for these customers."""
    found = save_custom_field(
        CustomField(
            label=f"{canary} level", kind="choice", suggestions=[f"{canary} gold"], in_list=True
        )
    )
    for customer in customers:
        customer.custom_values = {found.key: f"{canary} gold"}
        customer.save(update_fields=["custom_values"])
    return found


def _complete(order: Order, *, at: datetime) -> Order:
    accept_order(order.pk, at=at)
    provision_order(order.pk, at=at)
    deliveries = {
        line.pk: Delivery(vendor_reference="V-1", identifiers="+46 8 555 01 00")
        for line in order.lines.all()
    }
    return complete_order(
        order.pk, delivered_on=at.date(), vendor_reference="V-1", deliveries=deliveries, at=at
    )


def _dead(partner: Partner, email: OutboundEmail, canary: str, *, at: datetime) -> OutboundEmail:
    """Create a copy of a message that was given up."""
    found = OutboundEmail.objects.for_partner(partner).get(pk=email.pk)
    found.pk, found.key, found.message_id = uuid4(), f"dead-{canary}", f"<dead-{canary}@x.example>"
    found.state, found.dead_at, found.last_error = OutboundEmail.State.DEAD, at, f"550 {canary}"
    found.save(force_insert=True)
    return found


def _quotes(
    customer: Customer, by: Membership, canary: str, *, at: datetime, letter: str = "a"
) -> tuple[Quote, Quote, Confirmation]:
    """Create a draft, and another quote that was sent to the customer."""
    notes = f"{canary} {INTERNAL}"
    details = {"title": f"{canary} proposal", "message": canary, "notes": notes}
    draft = factories.make_quote(customer, by=by, at=at, **details)  # type: ignore[arg-type]
    sent = factories.make_quote(customer, by=by, at=at, **details)  # type: ignore[arg-type]
    asked = factories.make_confirmation(
        sent, by=by, at=at, email=f"asked@{canary}{letter}.example", first_name=canary
    )
    sent.refresh_from_db()
    return draft, sent, asked


def _document(partner: Partner, quote: Quote, canary: str, *, at: datetime) -> Document:
    """Create a document of the quote, as if it had been made."""
    content = f"%PDF-1.7 {canary}".encode()
    return Document.objects.for_partner(partner).create(
        partner=partner,
        key=f"canary-{quote.pk}",
        kind="quote",
        file_name=f"{canary}.pdf",
        language="en",
        about_type="quotes.quote",
        about_id=quote.pk,
        about_label=canary,
        customer_id=quote.customer_id,
        state="ready",
        content=content,
        sha256=sha256(content).hexdigest(),
        next_try_at=at,
        created_at=at,
        ready_at=at,
    )


def _report(customer: Customer, canary: str, *, by: Membership, at: datetime) -> ProblemReport:
    """Report a problem that is acknowledged, with a file, an answer and an internal note."""
    said = Problem(subject=f"{canary} subject", description=f"{canary} description", severity="2")
    upload = SimpleUploadedFile(f"{canary}-report.txt", canary.encode())
    report = report_problem(customer, said, by=by, at=at, files=[upload])
    for audience in ("all", "internal"):
        upload = SimpleUploadedFile(f"{canary}-{audience}.txt", f"{canary}{audience}".encode())
        add_comment(
            report.pk,
            text=f"{canary} {audience}",
            audience=audience,
            by=by,
            at=at,
            files=[upload],
        )
    return acknowledge(report.pk, by=by, at=at)


def _users_of_customers(
    slug: str, assigned: Customer, other: Customer, *, at: datetime
) -> tuple[Membership, Membership]:
    """Create the people of both customers; return the administrators.

    At Nordlys, two of the assigned customer, one of the other, and one with a place at both.
    """
    administrator, user = Preset.CUSTOMER_ADMINISTRATOR, Preset.CUSTOMER_USER
    word = CUSTOMERS_PEOPLE
    first = {"nordlys": "karin", "brueckner": "kurt"}[slug]
    second = {"nordlys": "ulla", "brueckner": "uwe"}[slug]
    at_assigned = factories.make_customer_user(assigned, f"{first} {word}", administrator, at=at)
    at_other = factories.make_customer_user(other, f"{second} {word}", administrator, at=at)
    if slug == "nordlys":
        factories.make_customer_user(assigned, f"per {word}", user, at=at)
        for customer in (assigned, other):
            factories.make_customer_user(customer, f"bo {word}", user, at=at)
    return at_assigned, at_other


def customers_person(things: Things, name: str, customer: Customer) -> Membership:
    """Return the place of one of a customer's people by the first part of their address."""
    places = Membership.objects.users_of(things.partner, customer.pk)
    return places.select_related("user", "role", "partner").get(user__email__startswith=f"{name}.")


def _work(customer: Customer, canary: str, *, by: Membership, at: datetime) -> ServiceReport:
    """Write a service report that can be signed, with a picture."""
    planned = Plan(task=f"{canary} task")
    work = start_report(customer, planned, by=by, at=at)
    add_picture(work.pk, picture(f"{canary}.png"), by=by, at=at)
    facts = {**FACTS, "work": f"{canary} work"}
    parts = [Part(1, f"{canary} part", f"{canary} serial")]
    return save_draft(work.pk, facts, parts, version=work.version, by=by, at=at)


def _signed(work: ServiceReport, canary: str, *, by: Membership) -> ServiceReport:
    """Have it signed off; its PDF is there."""
    signed = sign(work, by, name=f"{canary} signer")
    documents = Document.objects.for_partner(by.partner).filter(about_id=signed.pk)
    content = f"%PDF-1.7 {canary}".encode()
    documents.update(
        state="ready", content=content, sha256=sha256(content).hexdigest(), ready_at=NOW
    )
    return signed


def _received(report: ProblemReport, canary: str, *, at: datetime) -> InboundEmail:
    """Create an e-mail about a report that waits for a person."""
    return InboundEmail.objects.create(
        partner=partner_of("nordlys" if canary == CANARY["nordlys"] else "brueckner"),
        state=InboundEmail.State.WAITING,
        reason=InboundEmail.Reason.OTHER_SENDER,
        digest=sha256(canary.encode()).hexdigest(),
        raw=f"From: {canary}@x.example\nSubject: {canary}\n\n{canary} says\n".encode(),
        size=100,
        from_address=f"{canary}@x.example",
        subject=canary,
        text=f"{canary} says",
        about_type="support.problemreport",
        about_id=report.pk,
        about_label=canary,
        customer_id=report.customer_id,
        received_at=at,
    )


def _things(slug: str, administrator: str, technician: str, *, at: datetime) -> Things:
    partner, canary = partner_of(slug), CANARY[slug]
    admin = member(partner, administrator)
    with in_partner(partner):
        assigned = _customer(canary, "a", "20001", at=at, cleared=True)
        other = _customer(canary, "b", "20002", at=at, cleared=False)
        gone = _customer(canary, "c", "20003", at=at, cleared=False)
        assign(assigned, member(partner, technician), at=at)
        contact, site = _contact(assigned, canary, at=at), factories.make_site(assigned, canary)
        other_contact = _contact(other, canary, at=at)
        other_site = factories.make_site(other, canary)
        custom_field = _custom_field(canary, (assigned, other))
        saved_filter = save_filter(
            by=admin, name=f"{canary} filter", query=f"q={canary}", is_shared=True, at=at
        )
        choose_columns(admin, ["number", "contact", "notes", custom_field.name])
        gone_id = gone.pk
        delete_customer(gone, at=at)
        draft = factories.make_draft(assigned, by=admin, at=at)
        other_draft = factories.make_draft(other, by=admin, at=at, family="meeting")
        thrown = factories.make_draft(assigned, by=admin, at=at)
        thrown_id = thrown.pk
        thrown.delete()
        placed = factories.make_order(assigned, by=admin, at=at, quantities={"FLX-D30": 1})
        other_placed = factories.make_order(other, by=admin, at=at, quantities={"FLX-D30": 1})
        template = save_as_template(placed.pk, name=f"{canary} set", by=admin, at=at)
        Order.objects.filter(pk=placed.pk).update(reference=f"{canary} ref", po_number=canary)
        Order.objects.update(state_reason=INTERNAL, vendor_reference=INTERNAL)
        completed = _complete(factories.make_order(assigned, by=admin, at=at), at=at)
        service = Service.objects.filter(customer=assigned).first()
        assert service is not None
        email = OutboundEmail.objects.for_partner(partner).filter(about_id=placed.pk).first()
        assert email is not None
        dead = _dead(partner, email, canary, at=at)
        role = admin.role
        quote, sent_quote, confirmation = _quotes(assigned, admin, canary, at=at)
        asked_other = _quotes(other, admin, canary, at=at, letter="b")[2]
        document = _document(partner, quote, canary, at=at)
        gone_quote = factories.make_quote(assigned, by=admin, at=at)
        gone_quote_id = gone_quote.pk
        delete_quote(gone_quote_id)
        notice = notify(admin, "assigned", at=at, url="/customers/", customer=canary)
        upload = jobs.upload(
            content=f"Customer number;Customer name;Billing e-mail\n1;{canary};x\n".encode(),
            name=f"{canary}.csv",
            by=admin,
            language="en",
            at=at,
        )
        jobs.run(upload.pk, at=at)
        report, other_report = (
            _report(customer, canary, by=admin, at=at) for customer in (assigned, other)
        )
        report_file = Attachment.objects.about(report).get()
        note_file = Attachment.objects.get(name=f"{canary}-internal.txt", customer=assigned)
        customer_user, other_customer_user = _users_of_customers(slug, assigned, other, at=at)
        work, other_work, signed_work = (
            _work(customer, canary, by=admin, at=at) for customer in (assigned, other, assigned)
        )
        shot = Attachment.objects.about(work).get()
        signed_work = _signed(signed_work, canary, by=admin)
        received = _received(report, canary, at=at)
        onboarding, other_onboarding = (
            make_onboarding(customer, canary, by=admin, at=at) for customer in (assigned, other)
        )
        registration, other_registration = (
            make_registration(customer, canary, by=admin, at=at) for customer in (assigned, other)
        )
        system, other_system = (
            make_system(customer, canary, by=admin, at=at) for customer in (assigned, other)
        )
        attachment, other_attachment = (
            factories.make_file(customer, f"{canary}.txt", by=admin, at=at)
            for customer in (assigned, other)
        )
    own_role = Role.objects.create(partner=partner, name=f"{canary} role", rights=[])
    team = Team.objects.create(partner=partner, name=f"{canary} team")
    invited = invite(
        partner=partner,
        email=f"{canary}@people.example",
        name=f"{canary} Invited",
        role=role,
        language="en",
        by=admin.user,
        at=at,
    )
    return Things(
        partner=partner,
        canary=canary,
        assigned=assigned,
        other=other,
        deleted_customer=gone_id,
        contact=contact,
        site=site,
        other_contact=other_contact,
        other_site=other_site,
        custom_field=custom_field,
        saved_filter=saved_filter,
        draft=draft,
        other_draft=other_draft,
        placed=placed,
        completed=completed,
        service=service,
        deleted_order=thrown_id,
        email=email,
        dead_email=dead,
        invited=invited,
        quote=quote,
        sent_quote=sent_quote,
        confirmation=confirmation,
        document=document,
        deleted_quote=gone_quote_id,
        administrator=admin,
        role=own_role,
        team=team,
        notice=notice,
        told=frozenset({administrator}),
        upload=upload,
        attachment=attachment,
        other_attachment=other_attachment,
        report=report,
        other_report=other_report,
        report_file=report_file,
        note_file=note_file,
        other_placed=other_placed,
        other_confirmation=asked_other,
        customer_user=customer_user,
        other_customer_user=other_customer_user,
        work=work,
        other_work=other_work,
        signed_work=signed_work,
        picture=shot,
        received=received,
        onboarding=onboarding,
        other_onboarding=other_onboarding,
        system=system,
        other_system=other_system,
        announcement=make_announcement(partner, canary, at=at),
        template=template,
        registration=registration,
        other_registration=other_registration,
    )


def sign_in(person: Membership | User) -> dict[str, str]:
    """Return the cookies of a person's own session, made on their own host."""
    partner = person.partner if isinstance(person, Membership) else None
    user = person.user if isinstance(person, Membership) else person
    client = HostClient(f"{partner.slug}.localhost" if partner else "localhost")
    before = connection.tenant
    if partner is not None:
        connection.set_tenant(partner)
    else:
        connection.set_schema_to_public()
    try:
        client.force_login(user)
        if user.is_staff:
            give_reasons(client)
        if isinstance(person, Membership) and person.customer_id is not None:
            choose_place(client, person)
    finally:
        connection.set_tenant(before)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def build_world() -> World:
    """Fill both partners and sign everybody in, as part of the test's transaction."""
    at = NOW
    connection.set_schema_to_public()
    nordlys = _things("nordlys", "anna", "mikael", at=at)
    brueckner = _things("brueckner", "lena", "mia", at=at)
    add_person(
        partner=nordlys.partner,
        email="mona@nordlys.example",
        name="Mona Test",
        preset=Preset.TECHNICIAN,
        password=PASSWORD,
        at=at,
    )
    people: dict[str, Membership | User | None] = {
        "anna": member(nordlys.partner, "anna"),
        "jonas": member(nordlys.partner, "jonas"),
        "mikael": member(nordlys.partner, "mikael"),
        "mona": member(nordlys.partner, "mona"),
        "lena": member(brueckner.partner, "lena"),
        # Customers' people: administrator and user of the assigned customer, administrator of the
        # other, one with a place at both who is at the assigned one, and the other partner's.
        "karin": nordlys.customer_user,
        "per": customers_person(nordlys, "per", nordlys.assigned),
        "ulla": nordlys.other_customer_user,
        "bo": customers_person(nordlys, "bo", nordlys.assigned),
        "kurt": brueckner.customer_user,
        "staff": User.objects.get(email="staff@kontor.example"),
        "nobody": None,
    }
    world = World(nordlys=nordlys, brueckner=brueckner, people=people)
    for name, person in people.items():
        world.cookies[name] = sign_in(person) if person is not None else {}
    return world


def client_for(world: World, name: str, host: str) -> HostClient:
    """Return a new client on ``host`` with the cookies of one person, wherever they were made."""
    client = HostClient(host)
    for cookie, value in world.cookies[name].items():
        client.cookies[cookie] = value
    return client
