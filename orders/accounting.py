"""Customers, orders and charges for a partner's accounting program (REG-30, D13, ACC-23).

Columns are named as in Fortnox's interface where it has them, since Swedish programs read those
names; docs/partner.md lists all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models.functions import Collate

from customers.models import Assignment, Contact, Customer
from customers.services import partner_settings
from orders.charges import charges_between
from orders.models import Order, OrderLine
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.formats import round_money
from portal.tenancy.models import Partner

MASKED = "********"
Record = dict[str, Any]


def _money(value: Decimal) -> str:
    return str(round_money(value))


def our_references(customer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the first person assigned to each customer, if the setting is on (REG-30, D13)."""
    if not partner_settings().assignee_in_reference:
        return {}
    rows = Assignment.objects.filter(customer_id__in=list(customer_ids))
    rows = rows.select_related("membership__user").order_by("customer_id", "created_at", "pk")
    found: dict[UUID, str] = {}
    for row in rows:
        found.setdefault(row.customer_id, row.membership.user.name)
    return found


def customer_records(person: Membership) -> list[Record]:
    """Return the customers that this person may see, by number."""
    visible = Customer.objects.visible_to(person).select_related("rate_plan")
    customers = list(visible.order_by(Collate("number_sort", "C"), "pk"))
    ours = our_references(customer.pk for customer in customers)
    primary = {
        contact.customer_id: contact
        for contact in Contact.objects.filter(
            customer_id__in=[customer.pk for customer in customers], is_primary=True
        )
    }
    return [
        _customer(customer, primary.get(customer.pk), ours.get(customer.pk, ""), person)
        for customer in customers
    ]


def _customer(customer: Customer, contact: Contact | None, ours: str, person: Membership) -> Record:
    number = customer.organisation_number
    if customer.is_residential:
        number = MASKED if customer.has_personal_number else ""
    record: Record = {
        "CustomerNumber": customer.number,
        "Name": customer.name,
        "Type": "PRIVATE" if customer.is_residential else "COMPANY",
        "OrganisationNumber": number,
        "VATNumber": "" if customer.is_residential else customer.vat_number,
        "Address1": customer.street,
        "ZipCode": customer.postal_code,
        "City": customer.city,
        "CountryCode": customer.country.code,
        "EmailInvoice": customer.billing_email,
        "Email": contact.email if contact else "",
        "Phone1": str(contact.phone) if contact else "",
        "YourReference": contact.full_name if contact else "",
        "OurReference": ours,
        "Currency": person.partner.currency,
        "Language": customer.language,
        "Active": customer.is_active,
    }
    if person.may("view_prices"):
        record |= {
            "PriceList": customer.rate_plan.name,
            "CreditLimit": _money(customer.credit_limit),
        }
    return record


def _moments(partner: Partner, start: date, end: date) -> tuple[datetime, datetime]:
    """Return the first moment of ``start`` and of the day after ``end`` in the partner's zone."""
    after = end + timedelta(days=1)
    return (
        datetime.combine(start, time(), partner.tz),
        datetime.combine(after, time(), partner.tz),
    )


def order_records(person: Membership, *, start: date, end: date) -> list[Record]:
    """Return a record for each line of the orders that were placed from ``start`` to ``end``."""
    first, after = _moments(person.partner, start, end)
    orders = Order.objects.visible_to(person).filter(
        submitted_at__gte=first, submitted_at__lt=after
    )
    lines = list(
        OrderLine.objects.filter(order__in=orders)
        .select_related("order__customer", "order__contact", "product")
        .order_by("order__submitted_at", "order_id", "position")
    )
    ours = our_references({line.customer_id for line in lines})
    return [_line(line, ours.get(line.customer_id, ""), person) for line in lines]


def _line(line: OrderLine, ours: str, person: Membership) -> Record:
    order = line.order
    assert order.submitted_at is not None
    record: Record = {
        "DocumentNumber": order.number,
        "OrderDate": order.submitted_at.astimezone(person.partner.tz).date().isoformat(),
        "State": order.state.upper(),
        "Kind": order.kind.upper(),
        "Family": str(Family(order.family).value).upper(),
        "CustomerNumber": order.customer.number,
        "CustomerName": order.customer.name,
        "YourReference": order.contact.full_name if order.contact else "",
        "OurReference": ours,
        "YourOrderNumber": order.po_number,
        "OfferNumber": order.quote_number,
        "Remarks": order.reference,
        "DeliveryDate": line.delivered_on.isoformat() if line.delivered_on else "",
        "Row": line.position,
        "ArticleNumber": line.product.sku,
        "Description": line.product_name,
        "OrderedQuantity": line.quantity,
    }
    if person.may("view_prices"):
        record |= {
            "Currency": order.currency,
            "PriceOnce": _money(line.one_off),
            "TotalOnce": _money(line.one_off_total),
            "PriceMonthly": _money(line.monthly),
            "TotalMonthly": _money(line.monthly_total),
        }
    return record


def charge_records(person: Membership, *, start: date, end: date) -> list[Record]:
    """Return the charges from ``start`` to ``end`` (ACC-23), by customer; amounts are net."""
    charges = charges_between(Customer.objects.visible_to(person), start=start, end=end)
    ours = our_references({charge.customer.pk for charge in charges})
    return [
        {
            "CustomerNumber": charge.customer.number,
            "CustomerName": charge.customer.name,
            "OurReference": ours.get(charge.customer.pk, ""),
            "Charge": charge.kind,
            "ArticleNumber": charge.sku,
            "Description": charge.description,
            "From": charge.start.isoformat(),
            "To": charge.end.isoformat(),
            "Quantity": charge.quantity,
            "Price": _money(charge.price),
            "Share": f"{charge.days}/{charge.days_of_month}" if charge.days_of_month else "1",
            "Amount": _money(charge.amount),
            "Currency": charge.currency,
            **_order_of(charge.order),
            "Identifiers": charge.identifiers,
        }
        for charge in charges
    ]


def _order_of(order: Order | None) -> Record:
    """Return what a charge says of its order: numbers and reference (ORD-63)."""
    return {
        "DocumentNumber": order.number if order else "",
        "YourOrderNumber": order.po_number if order else "",
        "OfferNumber": order.quote_number if order else "",
        "Remarks": order.reference if order else "",
    }
