"""What channel sales' answers to a registration tell the partner (CHAN-03)."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from customers.models import CustomerRegistration
from customers.registrations.orders import order_url
from portal.accounts.models import Membership
from portal.notices.services import notify
from portal.outbox.rendering import Voice
from portal.outbox.services import queue_email
from portal.tenancy.context import require_partner

# For each answer: the headline, and what it means.
HEADLINES: dict[str, Promise] = {
    "approve": gettext_lazy("%(customer)s is registered for %(family)s"),
    "ask": gettext_lazy("Channel Sales asks about the registration of %(customer)s"),
    "reject": gettext_lazy("The registration of %(customer)s for %(family)s was rejected"),
    "revoke": gettext_lazy("The registration of %(customer)s for %(family)s was revoked"),
}
EXPLANATIONS: dict[str, Promise] = {
    "approve": gettext_lazy("You can order for this customer now."),
    "ask": gettext_lazy("Answer the question, and the registration goes on."),
    "reject": gettext_lazy("Nothing can be ordered. You can register the customer once more."),
    "revoke": gettext_lazy("Nothing new can be ordered. Running services and orders go on."),
}


def told(registration: CustomerRegistration, transition: str, *, at: datetime) -> None:
    """Mail and notify who sent a registration what channel sales answered.

    Whoever has left the partner gets neither; the mail goes to the partner's notification address.
    """
    partner = require_partner()
    person: Membership = registration.created_by
    there = person.state == Membership.State.ACTIVE and person.user.is_active
    page = partner.path("registrations:registration", registration.pk)
    onward = order_url(registration) if transition == "approve" else ""
    if there:
        notify(
            person,
            f"registration_{transition}",
            at=at,
            url=onward or page,
            customer=registration.customer_label,
            family=registration.family,
        )
    language = person.user.language if there else partner.language
    with override(language):
        details = {
            "customer": registration.customer_label,
            "family": registration.get_family_display(),
        }
        queue_email(
            to=person.user.email if there else partner.notification_email,
            template="customers/email/registration",
            context={
                "partner": partner,
                "name": person.user.get_short_name() if there else partner.name,
                "headline": str(HEADLINES[transition]) % details,
                "explanation": str(EXPLANATIONS[transition]),
                "text": registration.verdict,
                "summary": [
                    (_("Customer"), details["customer"]),
                    (_("Family"), details["family"]),
                ],
                "button_url": partner.url(onward or page),
                "button_label": _("Go on with the order") if onward else _("Look at it"),
            },
            language=language,
            key=f"registration-{registration.pk}-{registration.version}",
            partner=partner,
            about=registration,
            customer_id=registration.customer_id,
            voice=Voice.VENDOR,
        )
