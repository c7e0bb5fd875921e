"""Copies of orders as new drafts, and templates of orders that are placed often (ORD-55)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from orders.goods import Destination
from orders.models import Order, OrderTemplate, OrderTemplateLine
from orders.services.checks import check_customer
from orders.services.drafts import (
    OwnCompanyNotConfirmed,
    build_lines,
    start_draft,
    write_copies,
    write_lines,
)
from orders.services.goods import write_destination
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.history.services import record

MOST = 200
# What an order that came to nothing was about is asked for as it was.
CAME_TO_NOTHING = (Order.State.REJECTED, Order.State.CANCELLED, Order.State.FAILED)


class TemplateNameTaken(RuleError):
    """Refuse a name that another template of the partner has (ORD-55)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("Another template has this name."), field="name")


def _fill(
    order: Order, quantities: Mapping[UUID, int], names: Mapping[UUID, str], *, at: datetime
) -> list[str]:
    """Write today's lines of these products; return the names of those that can't be ordered."""
    kept: dict[UUID, int] = {}
    dropped: list[str] = []
    customer, currency = order.customer, order.currency
    for product, quantity in quantities.items():
        try:
            build_lines(customer, order.family, {product: quantity}, at=at, currency=currency)
            kept[product] = quantity
        except RuleError:
            dropped.append(names[product])
    write_lines(order, build_lines(customer, order.family, kept, at=at, currency=currency))
    return dropped


def _begin(
    customer: Customer,
    family: str,
    *,
    by: Membership,
    at: datetime,
    own_confirmed: bool,
    order_id: UUID | None,
) -> tuple[Order, bool]:
    """Return the new draft, and whether it is new: the same form twice makes one (ORD-01)."""
    if customer.is_own_company and not own_confirmed:
        raise OwnCompanyNotConfirmed
    check_customer(customer, family)
    there = order_id is not None and Order.objects.filter(pk=order_id).exists()
    order = start_draft(
        customer=customer, family=family, by=by, at=at, own_confirmed=True, order_id=order_id
    )
    return order, not (there and order.pk == order_id)


@transaction.atomic
def order_again(
    order_id: UUID,
    customer: Customer,
    *,
    by: Membership,
    at: datetime,
    own_confirmed: bool = False,
    draft_id: UUID | None = None,
) -> tuple[Order, list[str]]:
    """Copy an order of any state as a new draft, for its customer or another one (ORD-55).

    Return it with the names of products that can't be ordered now. Prices are today's. For the same
    customer it keeps reference, site, receivers and where goods are sent; what is delivered once
    (users, numbers to port, the purchase order number) only if the order came to nothing.
    ``draft_id`` comes from the form.
    Raise RuleError for an order that acts on services, CustomerInactive, NotRegistered,
    OwnCompanyNotConfirmed.
    """
    order = Order.objects.select_related("customer", "contact", "site").get(pk=order_id)
    if order.kind != Order.Kind.NEW:
        raise RuleError(_("This order acts on services of its customer and can't be copied."))
    copy, is_new = _begin(
        customer, order.family, by=by, at=at, own_confirmed=own_confirmed, order_id=draft_id
    )
    if not is_new:
        return copy, []
    lines = list(order.lines.select_related("product").order_by("position"))
    quantities: dict[UUID, int] = {}
    for line in lines:
        quantities[line.product_id] = quantities.get(line.product_id, 0) + line.quantity
    dropped = _fill(copy, quantities, {line.product_id: line.title for line in lines}, at=at)
    copy.reference = order.reference
    if customer.pk == order.customer_id:
        _keep(copy, order)
    else:
        copy.contact = customer.usual_contact()
    copy.save()
    record(copy, "order_copied", customer_id=customer.pk, old_number=order.number)
    return copy, dropped


def _keep(copy: Order, order: Order) -> None:
    """Take over what holds for the same customer as well."""
    copy.contact, copy.site = order.contact, order.site
    typed = order.goods_address if order.goods_to == Order.GoodsTo.OTHER else {}
    write_destination(copy, Destination(order.goods_to, order.goods_site, typed))
    write_copies(copy, [each.contact for each in order.copies.select_related("contact")])
    if order.state in CAME_TO_NOTHING:
        copy.details, copy.po_number = order.details, order.po_number
    elif order.details.get("emergency"):
        copy.details = {"emergency": order.details["emergency"]}


@transaction.atomic
def save_as_template(order_id: UUID, *, name: str, by: Membership, at: datetime) -> OrderTemplate:
    """Keep the products of an order under a name (ORD-55).

    Raise TemplateNameTaken at ``name``; RuleError for an order without products, one that acts on
    services, or when the partner has 200 templates.
    """
    order = Order.objects.get(pk=order_id)
    lines = list(order.lines.order_by("position"))
    if order.kind != Order.Kind.NEW or not lines:
        raise RuleError(_("Only an order of new products can be a template."))
    if OrderTemplate.objects.count() >= MOST:
        raise RuleError(_("There are %(n)s templates. Delete one first.") % {"n": MOST})
    try:
        with transaction.atomic():
            made = OrderTemplate.objects.create(
                name=name, family=order.family, created_by=by, created_at=at
            )
    except IntegrityError as error:
        raise TemplateNameTaken from error
    quantities: dict[UUID, int] = {}
    for line in lines:
        quantities[line.product_id] = quantities.get(line.product_id, 0) + line.quantity
    OrderTemplateLine.objects.bulk_create(
        OrderTemplateLine(template=made, product_id=product, position=number, quantity=quantity)
        for number, (product, quantity) in enumerate(quantities.items(), 1)
    )
    return made


@transaction.atomic
def order_from_template(
    template: OrderTemplate,
    customer: Customer,
    *,
    by: Membership,
    at: datetime,
    own_confirmed: bool = False,
    draft_id: UUID | None = None,
) -> tuple[Order, list[str]]:
    """Start a draft with the products of a template, at today's prices (ORD-55).

    Return it with the names of products that this customer can't order now. Raise CustomerInactive,
    NotRegistered, OwnCompanyNotConfirmed.
    """
    copy, is_new = _begin(
        customer, template.family, by=by, at=at, own_confirmed=own_confirmed, order_id=draft_id
    )
    if not is_new:
        return copy, []
    lines = list(template.lines.select_related("product").order_by("position"))
    names = {line.product_id: line.product.title for line in lines}
    quantities = {line.product_id: line.quantity for line in lines}
    dropped = _fill(copy, quantities, names, at=at)
    copy.contact = customer.usual_contact()
    copy.save()
    record(copy, "order_from_template", customer_id=customer.pk, template=template.name)
    return copy, dropped


def rename_template(template: OrderTemplate, name: str) -> OrderTemplate:
    """Give a template another name. Raise TemplateNameTaken."""
    template.name = name
    try:
        with transaction.atomic():
            template.save(update_fields=["name"])
    except IntegrityError as error:
        raise TemplateNameTaken from error
    return template


def may_keep(template: OrderTemplate, person: Membership) -> bool:
    """Return whether a person may rename and delete a template: their own, or as administrator."""
    keeps = template.created_by_id == person.pk or person.may("change_settings")
    return keeps and person.may("add_order")
