"""The e-mails of what concerns several apps: handing over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from customers.models import Customer
from orders.models import Order
from portal.accounts.models import Membership
from portal.outbox.services import queue_email
from quotes.models import Quote

# How many of a kind the mail names; the rest is a number.
NAMED = 25


@dataclass(frozen=True)
class Work:
    """What a person who leaves had on them."""

    customers: Sequence[Customer]
    drafts: Sequence[Order]
    quotes: Sequence[Quote]
    orders: Sequence[Order]
    filters: Sequence[str] = ()


def _named(labels: Sequence[str]) -> str:
    more = len(labels) - NAMED
    rest = [ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more}] if more > 0 else []
    return "\n".join([*labels[:NAMED], *rest])


def handed_over(
    successor: Membership,
    *,
    left: Membership,
    work: Work,
    at: datetime,
) -> None:
    """Tell who takes over the work of a person who left what it is, by name (OUT-21)."""
    user, partner = successor.user, successor.partner
    with override(user.language):
        groups = [
            (_("Customers"), [each.label for each in work.customers]),
            (_("Draft orders"), [f"{each.number}, {each.customer.label}" for each in work.drafts]),
            (_("Quotes"), [f"{each.number}, {each.customer.label}" for each in work.quotes]),
            (_("Open orders"), [f"{each.number}, {each.customer.label}" for each in work.orders]),
            (_("Saved filters"), work.filters),
        ]
        queue_email(
            to=user.email,
            template="workspace/email/handed_over",
            context={
                "name": user.get_short_name(),
                "left": left.user.name,
                "summary": [(label, _named(labels)) for label, labels in groups if labels],
                "button_url": partner.page("workspace:dashboard"),
                "button_label": _("Look at it"),
            },
            language=user.language,
            key=f"handed-over-{left.pk}-{at.timestamp():.0f}",
            partner=partner,
            about=work.customers[0] if len(work.customers) == 1 else None,
            at=at,
        )
