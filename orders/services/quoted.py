"""Orders from a quote, whose prices hold for the quoted quantities (D17, D25)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from customers.models import Customer
from orders.models import Order, OrderLine
from orders.services.drafts import start_draft, write_lines
from portal.accounts.models import Membership
from portal.catalog.models import Product


@dataclass(frozen=True)
class QuotedLine:
    """A product as it was quoted; prices per unit, net."""

    product: Product
    quantity: int
    one_off: Decimal
    monthly: Decimal
    term_months: int = 0


@transaction.atomic
def order_from_quote(
    *,
    customer: Customer,
    family: str,
    lines: Sequence[QuotedLine],
    reference: str,
    po_number: str,
    quote_number: str,
    by: Membership,
    at: datetime,
) -> Order:
    """Create a draft with a quote's lines of one family at the quote's prices and terms (ORD-56).

    What the delivery needs is asked for in the order's own steps. Raise CustomerInactive,
    NotRegistered.
    """
    order = start_draft(customer=customer, family=family, by=by, at=at, own_confirmed=True)
    write_lines(
        order,
        [
            OrderLine(
                product=line.product,
                product_name=line.product.title,
                quantity=line.quantity,
                one_off=line.one_off,
                monthly=line.monthly,
                chargeable=line.product.chargeable,
                agreed_quantity=line.quantity,
                term_months=line.term_months,
            )
            for line in lines
        ],
    )
    order.reference, order.po_number = reference, po_number
    order.quote_number = quote_number
    order.save()
    return order
