"""The e-mails of the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from customers.models import Customer
from portal.accounts.models import Membership, User
from portal.channel.models import StaffEvent
from portal.channel.names import keep_question
from portal.channel.telling import tell_staff
from portal.outbox.services import queue_email
from portal.tenancy.models import Partner


@transaction.atomic
def ask_about_name(*, partner: Partner, by: User, name: str, message: str, at: datetime) -> None:
    """Ask channel sales to look at a customer name that is in use (D3, CHAN-30, CHAN-42)."""
    key = f"ask-name-{by.pk}-{at.timestamp()}"
    question = keep_question(partner=partner, by=by, name=name, message=message, at=at)
    tell_staff(
        StaffEvent.NAME,
        partner=partner,
        label=name,
        path=f"/admin/channel/namequestion/{question.pk}/change/",
        key=key,
        at=at,
    )
    queue_email(
        to=settings.VENDOR_EMAIL,
        template="customers/email/ask_about_name",
        context={"partner": partner, "person": by, "name": name, "message": message},
        language="en",
        key=key,
        partner=partner,
        reply_to=by.email,
    )


# How many customers an e-mail names; the others are only counted.
NAMED = 25


def _named(customers: Sequence[Customer]) -> str:
    more = len(customers) - NAMED
    labels = [customer.label for customer in customers[:NAMED]]
    if more > 0:
        labels.append(ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more})
    return "\n".join(labels)


def assignment(
    person: Membership, verb: str, customers: Sequence[Customer], *, url: str, key: str
) -> None:
    """Notify a person that they are, or are no longer, responsible for customers (REG-20).

    One e-mail is sent for one change, whatever the number of customers. ``verb`` is "assigned" or
    "unassigned"; ``url`` is a path, or empty.
    """
    user, partner = person.user, person.partner
    one, count = customers[0].label, len(customers)
    with override(user.language):
        if verb == "assigned":
            headline = _("You are responsible for %s") % one
            if count > 1:
                headline = ngettext(
                    "You are responsible for %(n)s more customer",
                    "You are responsible for %(n)s more customers",
                    count,
                ) % {"n": count}
        else:
            headline = _("You are no longer responsible for %s") % one
            if count > 1:
                headline = ngettext(
                    "You are no longer responsible for %(n)s customer",
                    "You are no longer responsible for %(n)s customers",
                    count,
                ) % {"n": count}
        queue_email(
            to=user.email,
            template="customers/email/assignment",
            context={
                "partner": partner,
                "name": user.get_short_name(),
                "headline": headline,
                "assigned": verb == "assigned",
                "summary": [(_("Customers"), _named(customers))],
                "button_url": partner.url(url) if url else "",
                "button_label": _("Look at it"),
            },
            language=user.language,
            key=f"{verb}-{key}",
            partner=partner,
            about=customers[0] if count == 1 else None,
        )
