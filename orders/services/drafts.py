"""Services for drafts: start, save, move to another customer, delete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Contact, Customer, Site
from orders.credit import check_credit, exposure_of
from orders.goods import Destination
from orders.models import Order, OrderCopy, OrderLine
from orders.services.assigning import assign_order
from orders.services.checks import (
    check_active,
    check_customer,
    check_product,
)
from orders.services.draft_log import content_of, record_changes
from orders.services.goods import FIELDS as GOODS_FIELDS
from orders.services.goods import write_destination
from orders.services.needs import check_needs
from orders.states import next_state
from portal.accounts.models import Membership
from portal.catalog.models import Product, prices_on
from portal.core.errors import RuleError, StaleError
from portal.history.log import changed_meanwhile
from portal.history.services import record
from portal.tenancy.context import local_day, require_partner


class StaleOrder(StaleError):
    """Refuse a form that is older than the draft it is for (SAFE-06, ORD-32; 409 by D22).

    It says who changed the draft where ``current`` is given, at the time ``at``.
    """

    def __init__(self, current: Order | None = None, *, at: datetime | None = None) -> None:
        super().__init__(
            changed_meanwhile(current, at=at)
            if current is not None and at is not None
            else gettext_lazy(
                "This draft was changed in another window. Check it, then save again."
            )
        )


class OwnCompanyNotConfirmed(RuleError):
    """Refuse an order for the own company that is not confirmed by the tick (ORD-05)."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy(
                "You are ordering for your own company. Confirm this, or choose a customer."
            ),
            field="own",
        )


class MoreThanQuoted(RuleError):
    """Refuse more of a product than the quote covers whose price it has (D17)."""

    def __init__(self, product: Product, covered: int) -> None:
        super().__init__(
            _("%(product)s: the quote covers %(n)s. Order more in an order of its own.")
            % {"product": product.title, "n": covered},
            field=f"q_{product.pk}",
        )


class OrderGone(RuleError):
    """Refuse what is to be done to a draft that was deleted meanwhile (ORD-36)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("This draft was deleted meanwhile."))


def lock_order(order_id: UUID, *, version: int | None = None, at: datetime | None = None) -> Order:
    """Return the order's row, locked to the end of the transaction.

    Raise OrderGone if there is none, and StaleOrder if ``version`` is given and is not the row's
    at the time ``at``.
    """
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise OrderGone
    if version is not None and order.version != version:
        raise StaleOrder(order, at=at)
    return order


def _next_number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number')")
        (value,) = cursor.fetchone()
    return f"{local_day(at):%Y}-{value:04d}"


@transaction.atomic
def start_draft(
    *,
    customer: Customer,
    family: str,
    by: Membership,
    at: datetime,
    own_confirmed: bool = False,
    order_id: UUID | None = None,
    kind: str = Order.Kind.NEW,
    waits: bool = False,
) -> Order:
    """Start an order for a customer (ORD-01, D2).

    ``order_id`` comes from the form, so that the same form sent twice makes one draft. ``waits``
    is for a draft that waits for the customer's registration: it stays empty until then (CHAN-04).
    Raise CustomerInactive, NotRegistered, OwnCompanyNotConfirmed (ORD-05).
    """
    existing = Order.objects.filter(pk=order_id).first() if order_id is not None else None
    if existing is not None:
        if _same_start(existing, customer, family, by, kind):
            return existing  # Sent twice: the first request made it.
        order_id = None  # Somebody else's id, or one of another order.
    check_active(customer)
    if not waits:
        check_customer(customer, family)
    if customer.is_own_company and not own_confirmed:
        raise OwnCompanyNotConfirmed
    order = Order(
        id=order_id or uuid4(),
        number=_next_number(at),
        customer=customer,
        family=family,
        kind=kind,
        currency=require_partner().currency,
        created_by=by,
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:
        # Two concurrent requests with one id: both return the row that was inserted first.
        won = Order.objects.get(pk=order.pk)
        if not _same_start(won, customer, family, by, kind):
            raise StaleOrder from None
        return won
    assign_order(order)
    record(order, "order_started", customer_id=customer.pk, family=family, order_kind=kind)
    return order


def _same_start(order: Order, customer: Customer, family: str, by: Membership, kind: str) -> bool:
    """Return whether the order was started by the same form that is sent now."""
    asked = (customer.pk, family, by.pk, kind)
    return (order.customer_id, order.family, order.created_by_id, order.kind) == asked


def write_lines(order: Order, lines: list[OrderLine]) -> None:
    """Replace the lines of a draft and update its totals. The caller saves the order."""
    order.lines.all().delete()
    for position, line in enumerate(lines, 1):
        line.order, line.customer_id, line.position = order, order.customer_id, position
    OrderLine.objects.bulk_create(lines)
    order.one_off = sum((line.one_off_total for line in lines), start=order.one_off * 0)
    order.monthly = sum((line.monthly_total for line in lines), start=order.monthly * 0)
    order.exposure = exposure_of(lines)


def build_lines(
    customer: Customer, family: str, quantities: Mapping[UUID, int], *, at: datetime, currency: str
) -> list[OrderLine]:
    """Return unsaved lines with today's prices in the customer's plan (D17).

    Raise RuleError for a product of another family, one without a price, a quantity outside its
    bounds, and whatever check_product refuses.
    """
    wanted = {key: value for key, value in quantities.items() if value > 0}
    products = list(Product.objects.filter(pk__in=wanted, family_id=family).in_order())
    if len(products) != len(wanted):
        raise RuleError(_("One of the products does not belong to this order."))
    prices = prices_on(
        products, rate_plan_id=customer.rate_plan_id, currency=currency, day=local_day(at)
    )
    lines = []
    for product in products:
        check_product(product, customer)
        quantity = wanted[product.pk]
        if not product.minimum <= quantity <= product.maximum:
            raise RuleError(
                _("%(product)s: order %(low)s to %(high)s.")
                % {"product": product.title, "low": product.minimum, "high": product.maximum},
                field=f"q_{product.pk}",
            )
        if product.pk not in prices:
            raise RuleError(
                _("%(product)s has no price in this customer's rate plan. Ask Channel Sales.")
                % {"product": product.title},
                field=f"q_{product.pk}",
            )
        one_off, monthly = prices[product.pk]
        lines.append(
            OrderLine(
                product=product,
                product_name=product.title,
                quantity=quantity,
                one_off=one_off,
                monthly=monthly,
                chargeable=product.chargeable,
            )
        )
    return lines


def keep_agreed(order: Order, lines: Sequence[OrderLine]) -> None:
    """Give the lines the prices and terms that a quote agreed on (ORD-56).

    Raise RuleError at the product for more than was quoted.
    """
    agreed = {line.product_id: line for line in order.lines.exclude(agreed_quantity=None)}
    for line in lines:
        before = agreed.get(line.product_id)
        if before is None or before.agreed_quantity is None:
            continue
        if line.quantity > before.agreed_quantity:
            raise MoreThanQuoted(line.product, before.agreed_quantity)
        line.one_off, line.monthly = before.one_off, before.monthly
        line.agreed_quantity = before.agreed_quantity
        line.term_months = before.term_months


@transaction.atomic
def save_products(
    order_id: UUID,
    *,
    version: int,
    quantities: Mapping[UUID, int],
    details: dict[str, Any],
    site: Site | None,
    at: datetime,
    parks: bool = False,
) -> Order:
    """Save what is to be ordered in the draft, with prices as of now.

    Credit is checked here and taken when the order is placed (D8). A draft that ``parks`` may be
    above it, empty, or without what its products need (ORD-60). Raise StaleOrder, WrongState,
    CreditExceeded, RuleError.
    """
    order = lock_order(order_id, version=version, at=at)
    next_state(order, "edit")
    customer = order.customer
    check_customer(customer, order.family)
    lines = build_lines(customer, order.family, quantities, at=at, currency=order.currency)
    if not lines and not parks:
        raise RuleError(_("Choose at least one product."))
    keep_agreed(order, lines)
    if not parks:
        check_needs(order, lines)
        check_credit(customer, exposure_of(lines))
    before = content_of(order)
    write_lines(order, lines)
    order.details, order.site = details, site
    if record_changes(order, before, content_of(order, lines)):
        order.touch(at)
    order.save()
    return order


def write_copies(order: Order, contacts: Iterable[Contact] | None) -> None:
    """Replace the other contacts that an order's confirmation goes to; None leaves them."""
    if contacts is None:
        return
    chosen = {each.pk for each in contacts} - {order.contact_id}
    order.copies.exclude(contact__in=chosen).delete()
    for each in chosen - set(order.copies.values_list("contact_id", flat=True)):
        OrderCopy.objects.create(order=order, customer_id=order.customer_id, contact_id=each)


DETAIL_FIELDS = ("reference", "po_number", "start_date", "contact")


@transaction.atomic
def save_details(
    order_id: UUID,
    *,
    version: int,
    at: datetime,
    copies: Iterable[Contact] | None = None,
    goods: Destination | None = None,
    **details: Any,
) -> Order:
    """Save reference, purchase order number, start date and contact in the draft (ORD-27).

    ``copies`` are the other contacts that are told (ORD-62), ``goods`` is where goods are sent
    (ORD-66); None leaves them as they are. Raise StaleOrder, WrongState, NotTheirSite.
    """
    order = lock_order(order_id, version=version, at=at)
    next_state(order, "edit")
    before = content_of(order)
    for name in DETAIL_FIELDS:
        setattr(order, name, details[name])
    write_copies(order, copies)
    write_destination(order, goods)
    if record_changes(order, before, content_of(order)):
        order.touch(at)
    order.save(update_fields=[*DETAIL_FIELDS, *GOODS_FIELDS, "find_key", "version", "changed_at"])
    return order
