"""Finding messages for the list and its file (REG-09, REG-10)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.accounts.models import Membership
from portal.core.list_columns import Names
from portal.core.list_filters import Asked, Filter, read_filters
from portal.outbox import queries
from portal.outbox.columns import FIELDS, email_columns
from portal.outbox.customers import chosen_columns, customer_filters, names_of
from portal.outbox.models import OutboundEmail
from portal.tenancy.list_pages import ListOf, narrowed, state_filter, written_filters

S = OutboundEmail.State
TABS = (S.QUEUED, S.SENT, S.DEAD)


def email_filters(person: Membership) -> list[Filter]:
    """Return what stands beside the search box of the list of messages."""
    return [state_filter(S, TABS), *customer_filters(person), *written_filters()]


def listed_emails(data: QueryDict, person: Membership) -> ListOf[OutboundEmail]:
    """Return the list of messages as an address asks for it."""
    asked = read_filters(data, email_filters(person))

    def customers_of(rows: Iterable[OutboundEmail]) -> Names:
        return names_of(person, {row.customer_id for row in rows if row.customer_id})

    return ListOf(
        name="emails",
        title=_("Sent e-mail"),
        page="outbox:list",
        default="-created",
        asked=asked,
        found=found_emails(asked, person),
        offered=email_columns(),
        wanted=chosen_columns(person),
        fields=FIELDS,
        beside=customers_of,
    )


def found_emails(asked: Asked[Filter], person: Membership) -> models.QuerySet[OutboundEmail]:
    """Return what search and filters leave."""
    state = asked.values.get("state", "")
    return narrowed(queries.listed(person.partner, state=state, words=asked.text), asked)


def empty_words(asked: Asked[Filter]) -> tuple[str, str] | None:
    """Return what is said of a tab without messages; None where more than the state is asked."""
    words: dict[str, tuple[str, str]] = {
        S.QUEUED: (_("Nothing is queued"), _("Every e-mail was handed over.")),
        S.DEAD: (_("Every e-mail was delivered"), _("There is nothing to do here.")),
        S.SENT: (_("Nothing was sent yet"), _("Delivered e-mails are listed here.")),
    }
    return words.get(asked.only("state"))
