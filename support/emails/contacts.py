"""The e-mail that tells a support contact of a report, with the link that acknowledges it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.core.errors import RuleError
from portal.core.links import new_secret, secret_hash
from portal.outbox.models import OutboundEmail
from portal.outbox.services import renews
from portal.tenancy.context import require_partner
from support.emails.sending import queue_about
from support.models import ReportRecipient

CONTACT = "support/email/contact"


def acknowledge_link(secret: str) -> str:
    """Return the address of the link that acknowledges a report, on the partner's host."""
    path = reverse("support_link:open", urlconf="portal.urls", args=[secret])
    return require_partner().url(path)


def to_contact(recipient: ReportRecipient, *, secret: str, at: datetime) -> None:
    """Tell a support contact of a report; the mail's link acknowledges it (ONB-18)."""
    report = recipient.report
    language = report.customer.language
    with override(language):
        label = _("Acknowledge the report")
    queue_about(
        report,
        CONTACT,
        to=recipient.email,
        name=recipient.name,
        language=language,
        key="made",
        at=at,
        context={"recipient": recipient, "button_label": label},
        secrets={"button_url": acknowledge_link(secret)},
    )


@renews(CONTACT)
def renew_link(email: OutboundEmail, *, at: datetime) -> Mapping[str, str]:
    """Return another link for a mail that did not arrive; to the recipient's present address."""
    recipient = ReportRecipient.objects.filter(
        report=email.about_id, email__iexact=email.to_address
    ).first()
    if recipient is None:
        recipient = _moved(email)
    secret = new_secret()
    recipient.token_hash = secret_hash(secret)
    recipient.save(update_fields=["token_hash", "email"])
    return {"button_url": acknowledge_link(secret)}


def _moved(email: OutboundEmail) -> ReportRecipient:
    """Return the recipient whose contact has this address by now; raise RuleError for none."""
    recipients = ReportRecipient.objects.filter(report=email.about_id)
    found = recipients.filter(contact__email__iexact=email.to_address).first()
    if found is None:
        raise RuleError(_("This address is not a support contact's. Answer on the report's page."))
    found.email = email.to_address
    return found
