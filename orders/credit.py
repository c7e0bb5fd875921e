"""The single place that decides on credit (D8, ACC-15 to ACC-17)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import DecimalField, ExpressionWrapper, F, Sum
from django.utils.translation import gettext as _

from customers.models import Customer
from orders.models import Order, OrderLine, Service
from portal.accounts.models import Membership
from portal.core.actor import current_actor
from portal.core.errors import RuleError
from portal.core.formats import amount
from portal.tenancy.context import require_partner


def exceeded_in_words(need: str, available: Decimal, limit: Decimal) -> str:
    """Return why an order is refused; ``need`` is an amount in words, or what stands for it."""
    words = _("Credit limit exceeded: this order needs %(need)s, available %(avail)s of %(limit)s.")
    return words % {"need": need, "avail": amount(available), "limit": amount(limit)}


def _may_read_amounts() -> bool:
    """Return whether the person who acts may see prices; channel sales and the system may."""
    user = current_actor()
    if user is None:
        return True
    people = Membership.objects.own_people(require_partner()).select_related("role")
    person = people.filter(user_id=user.pk, state=Membership.State.ACTIVE).first()
    return person is None or person.may("view_prices")


class CreditExceeded(RuleError):
    """Refuse what exceeds the available credit (ACC-16).

    It states the amounts and what is missing (ORD-60), unless the person may not see prices
    (RIGHTS-03).
    """

    def __init__(self, need: Decimal, available: Decimal, limit: Decimal) -> None:
        if _may_read_amounts():
            words = exceeded_in_words(amount(need), available, limit)
            missing = _("%(missing)s is missing.") % {"missing": amount(need - available)}
            words = f"{words} {missing}"
        else:
            words = _("This is more than the customer's free credit. Ask somebody who sees prices.")
        super().__init__(words)
        self.need, self.available, self.limit = need, available, limit


def line_exposure(line: OrderLine) -> Decimal:
    """Return the exposure of a line: one-off price plus one month, if it is chargeable.

    Of a change only what it adds counts (D8, D16).
    """
    if not line.chargeable:
        return Decimal(0)
    quantity = line.quantity
    if line.service is not None:
        quantity = max(0, quantity - line.service.quantity)
    return quantity * (line.one_off + line.monthly)


def exposure_of(lines: Iterable[OrderLine]) -> Decimal:
    """Return the credit that an order with these lines uses while it is live."""
    return sum((line_exposure(line) for line in lines), Decimal(0))


def check_credit(customer: Customer, need: Decimal) -> None:
    """Check the available credit when products are saved, without taking any.

    Raise CreditExceeded if ``need`` is more than what is available; equal is allowed. A ``need`` of
    0 always passes.
    """
    if need > 0 and need > customer.credit_available:
        raise CreditExceeded(need, customer.credit_available, customer.credit_limit)


def take_credit(customer_id: UUID, need: Decimal) -> None:
    """Take ``need`` of the customer's credit, or raise CreditExceeded.

    One conditional UPDATE, so that concurrent orders can't exceed the limit together. Call it as
    the last statement of the transaction, since it locks the customer's row until the end.
    """
    if need <= 0:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET credit_committed = credit_committed + %s"
            " WHERE id = %s AND credit_committed + %s <= credit_limit",
            [need, customer_id, need],
        )
        if cursor.rowcount == 1:
            return
    customer = Customer.objects.get(pk=customer_id)
    raise CreditExceeded(need, customer.credit_available, customer.credit_limit)


def release_credit(customer_id: UUID, freed: Decimal) -> None:
    """Release the credit that an order or a service used."""
    if freed:
        Customer.objects.filter(pk=customer_id).update(
            credit_committed=F("credit_committed") - freed
        )


def committed_by_rows(customer_id: UUID) -> Decimal:
    """Return the exposure summed from orders and services: what ``credit_committed`` must be."""
    live = Order.objects.live().filter(customer_id=customer_id).aggregate(total=Sum("exposure"))
    product = ExpressionWrapper(
        F("quantity") * (F("one_off") + F("monthly")),
        output_field=DecimalField(max_digits=16, decimal_places=2),
    )
    services = Service.objects.filter(
        customer_id=customer_id, chargeable=True, ended_on__isnull=True
    ).aggregate(total=Sum(product))
    return (live["total"] or Decimal(0)) + (services["total"] or Decimal(0))
