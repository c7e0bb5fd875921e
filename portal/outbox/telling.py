"""Telling the person in charge that an e-mail did not arrive (OUT-29)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.notices.messages import NoticeMessage, register_notices
from portal.notices.services import notify
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import in_partner

NOT_DELIVERED = "email_not_delivered"


def register() -> None:
    """Register the message of the notification."""
    register_notices(
        {
            NOT_DELIVERED: NoticeMessage(
                _("The e-mail “%(subject)s” did not reach %(to)s."),
                "alert-triangle",
                kind="emails",
            )
        }
    )


def tell_in_charge(email: OutboundEmail, *, at: datetime) -> None:
    """Notify whoever gets the recipient's answers, as part of the caller's transaction.

    That is the person who sent it, or who took over. An e-mail whose answers go to the partner's
    own address is nobody's: it stands on the dashboard and on the page of what it is about.
    """
    if email.partner is None or not email.reply_to:
        return
    with in_partner(email.partner):
        for person in Membership.objects.own_people(email.partner).filter(
            user__email__iexact=email.reply_to, state=Membership.State.ACTIVE
        ):
            facts = {"subject": email.subject, "to": email.to_address}
            notify(person, NOT_DELIVERED, at=at, url=about_url(email), **facts)


def about_url(email: OutboundEmail) -> str:
    """Return the address of the page of what a message is about; empty without one."""
    page = _page_of(email.about_type)
    return reverse(page, settings.ROOT_URLCONF, args=[email.about_id]) if page else ""


@cache
def _page_of(about_type: str) -> str:
    """Return the name of the page that shows an object, `<app>:<model>`; empty without one."""
    name = about_type.replace(".", ":")
    with suppress(NoReverseMatch):
        reverse(name, settings.ROOT_URLCONF, args=[UUID(int=0)])
        return name
    return ""
