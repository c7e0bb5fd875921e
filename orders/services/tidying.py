"""What beat does with orders and services by itself (ORD-56, ORD-67)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from customers.models import CustomerRegistration
from orders.models import Order, OrderLine, Service
from orders.services.moving import erase_draft
from orders.terms import agreement_of
from portal.tenancy.context import local_day

# A draft of nothing is kept this long: somebody may just be filling it in.
KEPT = timedelta(days=1)
AT_ONCE = 500


def delete_empty_drafts(*, at: datetime) -> int:
    """Delete drafts without products that nobody touched for a day; return how many (ORD-67).

    One that was placed before, that waits for a registration (CHAN-04) or in which anything was
    written stays.
    """
    lines = OrderLine.objects.filter(order=OuterRef("pk"))
    waiting = CustomerRegistration.objects.filter(order_id=OuterRef("pk"))
    empty = Order.objects.drafts().filter(
        ~Exists(lines),
        ~Exists(waiting),
        changed_at__lt=at - KEPT,
        created_at=F("changed_at"),
        submitted_at__isnull=True,
        recreated_from__isnull=True,
        details={},
        reference="",
        po_number="",
    )
    deleted = 0
    for order_id in list(empty.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            order = empty.select_for_update(of=("self",)).filter(pk=order_id).first()
            if order is not None:
                erase_draft(order)
                deleted += 1
    return deleted


def renew_terms(*, at: datetime) -> int:
    """Start the next term of services whose term has ended, where it renews (ORD-56).

    Return how many.
    """
    today = local_day(at)
    ended = Service.objects.filter(
        ended_on__isnull=True, term_ends_on__lt=today, product__renewal_months__gt=0
    )
    renewed = 0
    for service in ended.select_related("product")[:AT_ONCE]:
        agreed = agreement_of(service, today=today)
        if agreed is not None:
            service.term_ends_on = agreed.ends_on
            service.save(update_fields=["term_ends_on"])
            renewed += 1
    return renewed
