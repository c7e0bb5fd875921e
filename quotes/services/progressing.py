"""From a confirmed quote to draft orders, a separate step of the partner (CON-19, CON-25, D25)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from orders.models import Order
from orders.services.quoted import QuotedLine, order_from_quote
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.errors import RuleError, WrongState
from portal.files.services import DOCUMENTS, store_file
from portal.history.services import record
from quotes.models import Quote, QuoteLine, QuoteOrder
from quotes.services.drafts import check_lines, lock_quote, quote_settings, touch
from quotes.states import next_state


class AlreadyProgressed(WrongState):
    """Refuse to progress a quote twice, naming its orders (SM-QUOTE)."""

    def __init__(self, quote: Quote) -> None:
        numbers = ", ".join(quote.orders.order_by("number").values_list("number", flat=True))
        super().__init__(
            _("This quote was already progressed to %(orders)s.") % {"orders": numbers}
        )


def may_progress(quote: Quote) -> bool:
    """Return whether the state allows it: confirmed, or a draft if the partner skips that."""
    if quote.state == Quote.State.CONFIRMED:
        return True
    return quote.is_draft and quote_settings().may_skip_confirmation


@transaction.atomic
def save_progress_details(
    quote_id: UUID,
    *,
    po_number: str,
    address_checked: bool,
    po_file: UploadedFile[Any] | None = None,
    by: Membership,
    at: datetime,
) -> Quote:
    """Save what "Progress quote" asks for, without progressing (CON-25).

    That is the number and the file of the customer's purchase order. Raise WrongState, or RuleError
    at ``po_file``.
    """
    quote = lock_quote(quote_id)
    next_state(quote, "details")
    _keep_file(quote, po_file, by=by, at=at)
    quote.po_number, quote.address_checked = po_number, address_checked
    touch(quote, at=at)
    return quote


def _keep_file(
    quote: Quote, upload: UploadedFile[Any] | None, *, by: Membership, at: datetime
) -> None:
    if upload is None:
        return
    try:
        store_file(
            customer=quote.customer, about=quote, upload=upload, allowed=DOCUMENTS, by=by, at=at
        )
    except RuleError as error:
        raise RuleError(str(error), field="po_file") from error


@transaction.atomic
def progress_quote(
    quote_id: UUID,
    *,
    po_number: str,
    address_checked: bool,
    po_file: UploadedFile[Any] | None = None,
    by: Membership,
    at: datetime,
) -> list[Order]:
    """Progress: CONFIRMED -> PROGRESSED; one draft order for each family, all or none (D25, D17).

    A draft progresses only if the partner skips confirmations. The orders take the quote's prices.
    Raise AlreadyProgressed, WrongState, RuleError at ``address_checked``, and whatever forbids
    ordering for the customer or one of the products.
    """
    quote = lock_quote(quote_id)
    if quote.state == Quote.State.PROGRESSED:
        raise AlreadyProgressed(quote)
    skips = quote.is_draft and quote_settings().may_skip_confirmation
    quote.state = next_state(quote, "skip" if skips else "progress")
    if not address_checked:
        raise RuleError(_("Check the address, then tick this."), field="address_checked")
    _keep_file(quote, po_file, by=by, at=at)
    lines = check_lines(quote)
    families = [code for code in Family.values if any(line.family == code for line in lines)]
    orders = [_order(quote, code, lines, po_number, by=by, at=at) for code in families]
    quote.po_number, quote.address_checked = po_number, True
    quote.progressed_at = at
    touch(quote, at=at)
    record(
        quote,
        "quote_progressed_unconfirmed" if skips else "quote_progressed",
        customer_id=quote.customer_id,
        orders=", ".join(order.number for order in orders),
    )
    return orders


def _order(
    quote: Quote,
    family: str,
    lines: Sequence[QuoteLine],
    po_number: str,
    *,
    by: Membership,
    at: datetime,
) -> Order:
    """Create the draft of one family at the quote's prices, and link it to the quote."""
    order = order_from_quote(
        customer=quote.customer,
        family=family,
        lines=[
            QuotedLine(line.product, line.quantity, line.one_off, line.monthly, line.term_months)
            for line in lines
            if line.family == family
        ],
        reference=quote.title,
        po_number=po_number,
        quote_number=quote.number,
        by=by,
        at=at,
    )
    QuoteOrder.objects.create(
        quote=quote, customer=quote.customer, order=order, number=order.number, family=family
    )
    return order
