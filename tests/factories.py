"""Builders of test data: plain functions, keyword-only where it matters."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Contact, Customer, Site
from customers.services import (
    create_customer,
    grant_clearance,
    save_contact,
    save_site,
    set_domains,
)
from orders.models import Order, Service
from orders.services.drafts import save_details, save_products, start_draft
from orders.services.fulfilment import accept_order, complete_order, provision_order
from orders.services.placing import submit_order
from orders.services.service_lines import save_service_lines
from portal.accounts.models import Membership
from portal.catalog.models import Part, Price, Product, RatePlan, TermsVersion
from portal.files.models import Attachment
from portal.files.services import store_file
from portal.tenancy.context import require_partner
from quotes.models import Confirmation, Quote
from quotes.services.drafts import LineRequest, save_lines, start_quote
from quotes.services.sending import send_confirmation
from workspace.partners import add_person

# sku -> (family, part, one-off, monthly, extras)
PRODUCTS: dict[str, tuple[str, str, str, str, dict[str, Any]]] = {
    "TRK-10": ("trunk", Part.CHANNELS, "990.00", "690.00", {}),
    "TRK-NUM20": ("trunk", Part.NUMBERS, "490.00", "180.00", {}),
    "TRK-PORT": ("trunk", Part.PORTING, "250.00", "0.00", {"rental": False}),
    "MTG-HOST": ("meeting", Part.HOST, "0.00", "99.00", {"available_to_residential": True}),
    "MTG-ROOM": ("meeting", Part.ROOM, "0.00", "199.00", {}),
    "FLX-PRO": ("flex", Part.SEAT, "0.00", "129.00", {}),
    "FLX-HOME": ("flex", Part.SEAT, "0.00", "59.00", {"available_to_residential": True}),
    "FLX-D30": ("flex", Part.DEVICE, "1295.00", "0.00", {"rental": False}),
    "FLX-GUIDE": ("flex", Part.SERVICE, "100.00", "0.00", {"chargeable": False}),
    "FLX-OLD": ("flex", Part.SEAT, "0.00", "149.00", {"orderable": False}),
}


def make_catalogue(*, at: datetime) -> None:
    """Create three plans and ten products with prices in SEK and EUR."""
    plans = [
        RatePlan._default_manager.create(name=name, position=position, is_master=master)
        for name, position, master in (
            ("Standard", 1, False),
            ("Business 25", 2, False),
            ("Master", 3, True),
        )
    ]
    for position, (sku, (family, part, one_off, monthly, extras)) in enumerate(PRODUCTS.items()):
        product = Product.objects.create(
            sku=sku, family_id=family, part=part, name=f"Product {sku}", position=position, **extras
        )
        for number, plan in enumerate(plans):
            for currency in ("SEK", "EUR"):
                Price._default_manager.create(
                    product=product,
                    rate_plan=plan,
                    currency=currency,
                    valid_from=date(2026, 1, 1),
                    one_off=Decimal(one_off),
                    monthly=Decimal(monthly) * (100 - 10 * number) / 100,
                )


TERMS = (
    "1. Scope\nThese terms apply to every service.\n\n2. Prices\nPrices in EUR are those agreed."
)


def make_terms(*, at: datetime) -> None:
    """Publish terms in each language."""
    for language in ("en", "de", "sv"):
        TermsVersion._default_manager.create(
            language=language,
            version="4",
            title=f"Terms and conditions ({language})",
            text=TERMS,
            published_at=at - timedelta(days=60),
        )


def product(sku: str) -> Product:
    """Return a product of the catalogue by its SKU."""
    return Product.objects.get(sku=sku)


def make_customer(
    name: str,
    number: str,
    *,
    at: datetime,
    cleared: bool = False,
    credit_limit: str = "40000.00",
    **fields: Any,
) -> Customer:
    """Create a customer of the current partner."""
    customer = create_customer(
        at=at,
        by=None,
        name=name,
        number=number,
        billing_email=fields.pop("billing_email", "invoice@customer.example"),
        credit_limit=Decimal(credit_limit),
        street=fields.pop("street", "Norra Kungsgatan 14"),
        postal_code=fields.pop("postal_code", "803 20"),
        city=fields.pop("city", "Gävle"),
        **fields,
    )
    if cleared:
        grant_clearance(customer, "trunk", at=at, granted_by="Sam Whitlock")
    return customer


def make_contact(customer: Customer, *, at: datetime, **fields: Any) -> Contact:
    """Create a contact of a customer; one of a name that is there gets a job title (REG-42)."""
    values = {
        "first_name": "Annika",
        "last_name": "Sandell",
        "email": "annika.sandell@havsbris.example",
        "gets_orders": True,
        **fields,
    }
    names = {key: values[key] for key in ("first_name", "last_name")}
    same = customer.contacts.filter(**names).count()
    if same:
        values.setdefault("job_title", f"Colleague {same + 1}")
    return save_contact(customer, Contact(**values), at=at)


def make_site(customer: Customer, name: str = "Head office") -> Site:
    """Create a site of a customer."""
    return save_site(customer, Site(name=name, street="Hamngatan 1", city="Gävle", country="SE"))


def make_file(
    customer: Customer, name: str = "Agreement.txt", *, by: Membership, at: datetime
) -> Attachment:
    """Attach a file to a customer; its text is its name."""
    upload = SimpleUploadedFile(name, name.encode())
    return store_file(customer=customer, about=customer, upload=upload, by=by, at=at)


def make_draft(
    customer: Customer,
    *,
    by: Membership,
    at: datetime,
    family: str = "flex",
    quantities: dict[str, int] | None = None,
    details: dict[str, Any] | None = None,
) -> Order:
    """Create a draft with products and a start date, ready to be placed."""
    order = start_draft(customer=customer, family=family, by=by, at=at, own_confirmed=True)
    defaults = {"flex": {"FLX-PRO": 2}, "trunk": {"TRK-10": 1}, "meeting": {"MTG-HOST": 1}}
    wanted: dict[UUID, int] = {
        product(sku).pk: quantity for sku, quantity in (quantities or defaults[family]).items()
    }
    hosts = (quantities or defaults["meeting"]).get("MTG-HOST", 0)
    told: dict[str, dict[str, Any]] = {
        "flex": {},
        "trunk": {"emergency": {"street": "Hamngatan 1", "postal_code": "1", "city": "Gävle"}},
        "meeting": {"hosts": [f"host{n}@havsbris.example" for n in range(hosts)]},
    }
    order = save_products(
        order.pk,
        version=order.version,
        quantities=wanted,
        details=told[family] if details is None else details,
        site=None,
        at=at,
    )
    return save_details(
        order.pk,
        version=order.version,
        at=at,
        reference="Office move",
        po_number="HB-1",
        start_date=date(2026, 12, 7),
        contact=None,
    )


def make_order(customer: Customer, *, by: Membership, at: datetime, **kwargs: Any) -> Order:
    """Create an order that was placed."""
    draft = make_draft(customer, by=by, at=at, **kwargs)
    return submit_order(draft.pk, version=draft.version, by=by, at=at)


def make_running(
    customer: Customer, *, by: Membership, at: datetime, sku: str = "FLX-PRO", quantity: int = 2
) -> Service:
    """Create a service that runs since ``at``."""
    order = make_order(customer, by=by, at=at, quantities={sku: quantity})
    accept_order(order.pk, at=at)
    provision_order(order.pk, at=at)
    complete_order(order.pk, delivered_on=at.date(), vendor_reference="V", deliveries={}, at=at)
    return Service.objects.get(customer=customer, product__sku=sku, ended_on=None)


def make_draft_on(
    service: Service,
    kind: str,
    total: int,
    *,
    by: Membership,
    at: datetime,
    contact: Contact | None = None,
) -> Order:
    """Create a draft that changes or ends a service, ready to be placed."""
    order = start_draft(
        customer=service.customer,
        family=service.family,
        by=by,
        at=at,
        own_confirmed=True,
        kind=kind,
    )
    order = save_service_lines(order.pk, version=order.version, totals={service.pk: total}, at=at)
    return save_details(
        order.pk,
        version=order.version,
        at=at,
        reference="Desk moves",
        po_number="HB-7",
        start_date=date(2026, 12, 7),
        contact=contact,
    )


def make_quote(
    customer: Customer,
    *,
    by: Membership,
    at: datetime,
    quantities: dict[str, int] | None = None,
    discount: str = "0",
    **details: Any,
) -> Quote:
    """Create a draft quote with products, valid for 30 days."""
    quote = start_quote(
        customer=customer,
        title=details.pop("title", "Telephony for the new office"),
        valid_until=details.pop("valid_until", (at + timedelta(days=30)).date()),
        by=by,
        at=at,
        **details,
    )
    wanted = {
        product(sku).pk: LineRequest(quantity, 24, Decimal(discount))
        for sku, quantity in (quantities or {"FLX-PRO": 12, "FLX-D30": 4}).items()
    }
    return save_lines(quote.pk, version=quote.version, wanted=wanted, at=at)


def make_domain_contact(customer: Customer, *, at: datetime, **fields: Any) -> Contact:
    """Create a contact in the customer's domain, unless it is there; set a missing domain."""
    if not customer.domains.exists():
        set_domains(customer, [str(fields.get("email", "@havsbris.example")).rpartition("@")[2]])
    email = str(fields.get("email", "annika.sandell@havsbris.example"))
    there = customer.contacts.filter(email__iexact=email).first()
    return there or make_contact(customer, at=at, **fields)


def make_confirmation(quote: Quote, *, by: Membership, at: datetime, **fields: Any) -> Confirmation:
    """Send a quote to a contact in the domain."""
    contact = make_domain_contact(quote.customer, at=at, **fields)
    return send_confirmation(quote.pk, contact, version=quote.version, by=by, at=at)


def make_customer_user(
    customer: Customer, name: str, preset: str, *, at: datetime, email: str = ""
) -> Membership:
    """Create a user of a customer who has accepted; a known address gets another place."""
    partner = require_partner()
    place = add_person(
        partner=partner,
        email=email or f"{name.replace(' ', '.')}@{partner.slug}-customers.example",
        name=f"{name.capitalize()} Test",
        preset=preset,
        password="a long enough password",
        at=at,
        customer_id=customer.pk,
    )
    place.partner = partner
    return place
