"""The e-mails of what channel sales does with an order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from orders.emails.parts import goods_row, summary_of
from orders.emails.readers import Reader, readers
from orders.emails.tables import delivered_table
from orders.emails.words import explanation, headline
from orders.models import Order, OrderLine, OrderMessage, PortedBlock
from portal.core.formats import day
from portal.outbox.rendering import Voice
from portal.outbox.services import queue_email
from portal.tenancy.context import require_partner


@dataclass(frozen=True)
class NewDraft:
    """What came of the wish for a draft for the right customer (ORD-54).

    ``refused`` returns why there is none, in the active language.
    """

    customer: str
    made: Order | None
    refused: Callable[[], str]

    def in_words(self) -> str:
        """Return what came of it, as a sentence."""
        if self.made is not None:
            return _("Draft %(number)s was made for %(customer)s. Check it, then place it.") % {
                "number": self.made.number,
                "customer": self.customer,
            }
        text = _("No draft could be made for %(customer)s.") % {"customer": self.customer}
        return f"{text} {self.refused()}".strip()


def progress(
    order: Order,
    transition: str,
    *,
    reason: str,
    key: str,
    done: Sequence[OrderLine] = (),
    draft: NewDraft | None = None,
    shipped: Sequence[OrderLine] = (),
) -> None:
    """Notify the people of the partner of a transition by channel sales.

    ``done`` are the lines that it delivered, changed or ended; ``draft`` what came of the wish for
    another one; ``shipped`` are those whose tracking numbers are told.
    """
    for reader in readers(order):
        _progress(
            order,
            transition,
            reader,
            reason=reason,
            key=key,
            done=done,
            draft=draft,
            shipped=shipped,
        )


def _progress(
    order: Order,
    transition: str,
    to: Reader,
    *,
    reason: str,
    key: str,
    done: Sequence[OrderLine],
    draft: NewDraft | None,
    shipped: Sequence[OrderLine],
) -> None:
    partner = require_partner()
    shown = draft.made if draft is not None and draft.made is not None else order
    with override(to.language):
        queue_email(
            to=to.address,
            template="orders/email/progress",
            voice=Voice.VENDOR,
            context={
                "order": order,
                "customer": order.customer,
                "partner": partner,
                "summary": [
                    *_summary(order, shipped),
                    *(goods_row(order) if done or shipped else []),
                ],
                "lines": delivered_table(order, done) if done else None,
                "headline": headline(order, transition),
                "intro": explanation(order, transition),
                "reason": reason,
                "note": draft.in_words() if draft is not None else "",
                "name": to.name,
                "button_url": partner.page("orders:order", shown.pk),
                "button_label": _("Look at the order") if shown is order else _("Open the draft"),
            },
            language=to.language,
            key=f"order-progress-{key}-{to.address.casefold()}"[:200],
            partner=partner,
            about=order,
            customer_id=order.customer_id,
        )


def _summary(order: Order, shipped: Sequence[OrderLine]) -> list[tuple[str, str]]:
    """Return the summary of the order, with what is known of its delivery."""
    rows = summary_of(order, whole=False)
    if order.expected_on is not None and order.completed_on is None:
        rows.append((_("Expected"), day(order.expected_on)))
    rows += [
        (_("Tracking number"), f"{line.title}: {line.tracking}")
        for line in shipped
        if line.tracking
    ]
    if order.vendor_reference:
        rows.append((_("Vendor's reference"), order.vendor_reference))
    return rows


def porting(order: Order, blocks: Sequence[PortedBlock], *, key: str) -> None:
    """Tell the people of the partner how far the porting of these blocks is (ORD-58)."""
    partner = require_partner()
    for to in readers(order):
        with override(to.language):
            rows = [
                (block.text, str(block.get_state_display()), day(block.on), block.note)
                for block in blocks
            ]
            queue_email(
                to=to.address,
                template="orders/email/porting",
                voice=Voice.VENDOR,
                context={
                    "order": order,
                    "customer": order.customer,
                    "blocks": rows,
                    "summary": summary_of(order, whole=False),
                    "name": to.name,
                    "button_url": partner.page("orders:order", order.pk),
                    "button_label": _("Look at the order"),
                },
                language=to.language,
                key=f"order-porting-{key}-{to.address.casefold()}"[:200],
                partner=partner,
                about=order,
                customer_id=order.customer_id,
            )


def message_to_partner(said: OrderMessage, files: list[str]) -> None:
    """Mail who placed the order, and who wrote last, what channel sales wrote (CHAN-14)."""
    order, partner = said.order, require_partner()
    found = {reader.address.casefold(): reader for reader in readers(order)}
    last = order.messages.exclude(author=None).order_by("-created_at", "-pk").first()
    if last is not None and last.author is not None:
        user = last.author.user
        reader = Reader(user.email, user.get_short_name(), user.language)
        found.setdefault(user.email.casefold(), reader)
    for address, reader in found.items():
        with override(reader.language):
            queue_email(
                to=reader.address,
                template="orders/email/message",
                voice=Voice.VENDOR,
                context={
                    "order": order,
                    "customer": order.customer,
                    "author": said.author_name,
                    "text": said.text,
                    "files": ", ".join(files),
                    "summary": summary_of(order, whole=False),
                    "name": reader.name,
                    "button_url": partner.page("orders:order", order.pk) + "#talk",
                    "button_label": _("Look at the order"),
                },
                language=reader.language,
                key=f"order-message-{said.pk}-{address}"[:200],
                partner=partner,
                about=order,
                customer_id=order.customer_id,
            )
