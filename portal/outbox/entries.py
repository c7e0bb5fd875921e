"""E-mails that did not arrive, on the home page (ONB-24)."""

from __future__ import annotations

from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.outbox.models import OutboundEmail
from portal.outbox.queries import listed
from portal.tenancy.entries import Entries
from portal.tenancy.models import Partner


def undelivered_mail(
    partner: Partner, narrowed: dict[str, Any], query: str, *, customer: tuple[Any, Any]
) -> Entries:
    """Return the e-mails that were given up or came back and wait for a person.

    ``customer`` are expressions for its name and number, which this app does not know; ``query``
    narrows the list's address as ``narrowed`` does the rows.
    """
    return Entries(
        "mail",
        _("E-mail not delivered"),
        "mail",
        listed(partner, state=OutboundEmail.State.DEAD).filter(**narrowed),
        ("-created_at",),
        lambda pk: reverse("outbox:detail", args=[pk]),
        _("Correct or send again"),
        _("e-mails not delivered"),
        reverse("outbox:list") + f"?state=dead{query}",
        rank=2,
        title="to_address",
        detail=Coalesce(NullIf("about_label", Value("")), "subject"),
        since="created_at",
        customer=customer,
    )
