"""What the page that asks before an act on several orders says of each of them (CHAN-10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Contact, Customer
from orders.admin_badges import two_prices, what_it_is
from orders.emails import order_page
from orders.models import Order, OrderLine
from orders.seen import seen_of
from orders.services.telling import TOLD_ACTS, addresses_of, contacts_told
from orders.states import why_not
from portal.channel.models import BulkAct, SubmittedOrder
from portal.tenancy.context import in_partner


@dataclass(frozen=True)
class BulkRow:
    """One order on the page that asks; ``reason`` says why the act leaves it out, if it does."""

    order: SubmittedOrder
    told: str = ""
    note: str = ""
    seen: str = ""
    reason: str = ""

    @property
    def url(self) -> str:
        return order_page(self.order.partner, self.order.order_id)

    @property
    def what(self) -> str:
        return what_it_is(self.order.family, self.order.kind)

    @property
    def prices(self) -> SafeString:
        return two_prices(self.order)


def rows_for(
    act: str, ids: Collection[UUID], *, seen: Mapping[str, str] | None = None
) -> list[BulkRow]:
    """Return a row for each order, the oldest first.

    ``seen`` holds what an earlier page saw of them, by id, where the form is shown again.
    """
    submitted = SubmittedOrder.objects.across_partners().filter(pk__in=ids)
    found = list(submitted.select_related("partner").order_by("submitted_at", "pk"))
    by_partner: dict[UUID, list[SubmittedOrder]] = {}
    for row in found:
        by_partner.setdefault(row.partner_id, []).append(row)
    made: dict[UUID, BulkRow] = {}
    for rows in by_partner.values():
        made |= _of_partner(act, rows, seen or {})
    return [made[row.order_id] for row in found]


def _of_partner(
    act: str, rows: list[SubmittedOrder], seen: Mapping[str, str]
) -> dict[UUID, BulkRow]:
    """Return the rows of one partner's orders, with three statements."""
    partner = rows[0].partner
    lines = OrderLine.objects.select_related("product").order_by("position")
    with in_partner(partner):
        orders = {
            order.pk: order
            for order in Order.objects.filter(pk__in=[row.order_id for row in rows])
            .select_related("customer", "submitted_by__user")
            .prefetch_related(Prefetch("lines", queryset=lines))
        }
        contacts = contacts_told(list(orders.values())) if act in TOLD_ACTS else {}
        return {
            row.order_id: _row(act, row, orders.get(row.order_id), seen, contacts) for row in rows
        }


def _row(
    act: str,
    row: SubmittedOrder,
    order: Order | None,
    seen: Mapping[str, str],
    contacts: Mapping[UUID, Sequence[Contact]],
) -> BulkRow:
    if order is None:
        return BulkRow(row, reason=_("The order is gone."))
    if not row.partner.is_active:
        return BulkRow(row, reason=_("The partner is suspended."))
    if reason := why_not(order, act):
        return BulkRow(row, reason=reason)
    sealed = seen.get(str(order.pk)) or seen_of(order, list(order.lines.all())).sealed()
    return BulkRow(
        row, told=", ".join(addresses_of(order, act)), note=_note(act, order), seen=sealed
    )


def _note(act: str, order: Order) -> str:
    is_prospect = order.customer.lifecycle == Customer.Lifecycle.PROSPECT
    if act == BulkAct.Act.ACCEPT and is_prospect:
        return _("A prospect so far; becomes a customer.")
    return ""


def button_words(act: str, rows: Collection[BulkRow]) -> str:
    """Return what the button says: ``Accept 5 orders of 3 partners``."""
    partners = len({row.order.partner_id for row in rows})
    of = ngettext("of %(n)s partner", "of %(n)s partners", partners) % {"n": partners}
    orders = len(rows)
    pattern = {
        BulkAct.Act.ACCEPT: ngettext(
            "Accept %(n)s order %(of)s", "Accept %(n)s orders %(of)s", orders
        ),
        BulkAct.Act.PROVISION: ngettext(
            "Start provisioning of %(n)s order %(of)s",
            "Start provisioning of %(n)s orders %(of)s",
            orders,
        ),
        BulkAct.Act.RETURN: ngettext(
            "Return %(n)s order %(of)s", "Return %(n)s orders %(of)s", orders
        ),
        BulkAct.Act.REJECT: ngettext(
            "Reject %(n)s order %(of)s", "Reject %(n)s orders %(of)s", orders
        ),
    }[BulkAct.Act(act)]
    return pattern % {"n": orders, "of": of}
