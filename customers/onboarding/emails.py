"""The e-mail that tells a support contact what they were named for."""

from __future__ import annotations

from django.utils.translation import override

from customers.models import Customer, SupportContact, System
from customers.onboarding.people import Row
from portal.accounts.models import Membership
from portal.outbox.services import queue_email
from portal.tenancy.context import require_partner


def named(customer: Customer, rows: list[Row], *, system: System, by: Membership) -> None:
    """Tell a person that they are a support contact, by whom, and how to object (ONB-14).

    ``rows`` are the person's roles: several roles are one e-mail (ONB-16).
    """
    partner = require_partner()
    with override(customer.language):
        roles = [str(SupportContact.Role(row.role).label) for row in rows]
        queue_email(
            to=rows[0].email,
            template="customers/email/named",
            context={
                "partner": partner,
                "name": rows[0].name,
                "customer": customer,
                "system": system,
                "roles": roles,
                "is_maintainer": any(row.role == SupportContact.Role.MAINTAINER for row in rows),
                "by": by.shown_name,
            },
            language=customer.language,
            key=f"named-{system.pk}-{rows[0].email.casefold()}",
            partner=partner,
            about=customer,
            reply_to=by.user.email,
        )
