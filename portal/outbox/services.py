"""The single entry point for e-mail: a row in the caller's transaction, sent after the commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Protocol
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.core.errors import RuleError, TenantLeak, WrongState
from portal.outbox.models import Document, OutboundEmail
from portal.outbox.rendering import Voice, one_line, render, sender_name
from portal.outbox.secrets import encrypt, mark
from portal.tenancy.context import current_partner, in_partner, in_public
from portal.tenancy.models import Partner, TenantModel
from portal.tenancy.queueing import enqueue


class BadAddress(RuleError):
    """Refuse an invalid e-mail address (OUT-01)."""

    def __init__(self) -> None:
        super().__init__(_("Enter a valid e-mail address."))


class CannotSendAgain(WrongState):
    """Refuse to send a message again that was not given up (SM-EMAIL)."""

    def __init__(self, email: OutboundEmail) -> None:
        super().__init__(
            gettext("This e-mail is {state} and cannot be sent again.").format(
                state=OutboundEmail.State(email.state).label.lower()
            )
        )


class NoNewLink(RuleError):
    """Refuse to send a message again whose secret link can't be renewed (OUT-04)."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This e-mail held a secret link that is no longer kept. "
                "Repeat the action that sent it: that sends a new link."
            )
        )


class Renewal(Protocol):
    """A function that makes new secrets for a message that was given up, or raises RuleError.

    Called inside the transaction and, for a message of a partner, in that partner's context.
    """

    def __call__(self, email: OutboundEmail, *, at: datetime) -> Mapping[str, str]: ...


_renewals: dict[str, Renewal] = {}


def renews(template: str) -> Callable[[Renewal], Renewal]:
    """Register, in an app's ``emails`` module, the function that makes secrets for "Send again"."""

    def register(renewal: Renewal) -> Renewal:
        _renewals[template] = renewal
        return renewal

    return register


def can_send_again(email: OutboundEmail) -> bool:
    """Return whether to offer "Send again": not delivered, and a link that is kept or renewed.

    A link is kept when a message is given up, and erased when it is sent: also of one that came
    back.
    """
    if not email.is_dead:
        return False
    return not email.has_secrets or email.template in _renewals or bool(email.secrets_encrypted)


def _of(partner: Partner | None) -> models.QuerySet[OutboundEmail]:
    if partner is not None:
        return OutboundEmail.objects.for_partner(partner)
    return OutboundEmail.objects.across_partners().filter(partner=None)


def _address(text: str) -> str:
    try:
        validate_email(text.strip())
    except ValidationError as error:
        raise BadAddress from error
    return text.strip()


def _about(about: models.Model | None, partner: Partner | None) -> dict[str, Any]:
    """Return the columns that say what a message is about; refuse another partner's object."""
    if about is None:
        return {}
    if isinstance(about, TenantModel) and about.partner_id != getattr(partner, "pk", None):
        raise TenantLeak(f"an e-mail of {partner} about {about._meta.label} of another partner")
    is_customer = about._meta.label_lower == "customers.customer"
    customer_id = about.pk if is_customer else getattr(about, "customer_id", None)
    return {
        "about_type": about._meta.label_lower,
        "about_id": about.pk,
        "about_label": one_line(str(about), 200),
        "customer_id": customer_id,
    }


def queue_email(
    *,
    to: str,
    template: str,
    context: Mapping[str, Any],
    language: str,
    key: str,
    partner: Partner | None = None,
    about: models.Model | None = None,
    customer_id: UUID | None = None,
    secrets: Mapping[str, str] | None = None,
    reply_to: str | None = None,
    document: Document | None = None,
    voice: Voice = Voice.PARTNER,
    at: datetime | None = None,
) -> OutboundEmail:
    """Queue one message to one address, as part of the caller's transaction.

    ``template`` names three templates (see `portal.outbox.rendering`). ``partner`` defaults to the
    current one; without one the message is the vendor's own. ``key`` prevents sending twice: for a
    key that the partner has used already, the existing row is returned and nothing is queued.
    ``secrets`` are values that let somebody in: templates see them by name, the stored text does
    not contain them. ``about`` and ``customer_id`` show the message on the pages of that object and
    that customer. ``document`` is attached: the message waits until it is made. ``voice`` says who
    speaks (CHAN-16).

    Delivery starts after the commit. Raise BadAddress, and any error of a template.
    """
    partner = partner or current_partner()
    mails = _of(partner)
    there = mails.filter(key=key).first()
    if there is not None:
        return there
    email = _rendered(template, context, dict(secrets or {}), language, partner, voice)
    email.key, email.to_address = key, _address(to)
    email.reply_to = _answers_to(partner, voice, reply_to)
    for name, value in _about(about, partner).items():
        setattr(email, name, value)
    if customer_id is not None:
        email.customer_id = customer_id
    email.document = document
    waits = document is not None and not document.is_ready
    email.state = OutboundEmail.State.WAITING if waits else OutboundEmail.State.QUEUED
    email.next_try_at = email.created_at = email.queued_at = at or timezone.now()
    # Of two transactions with one key, the second waits here until the first has ended.
    mails.bulk_create([email], ignore_conflicts=True)
    there = mails.get(key=key)
    if there.pk == email.pk:
        wake_dispatcher()
    return there


def _answers_to(partner: Partner | None, voice: Voice, wanted: str | None) -> str:
    own = settings.VENDOR_EMAIL if voice is Voice.VENDOR else partner and partner.notification_email
    answers = wanted or own
    return _address(answers) if answers else ""


def _rendered(
    template: str,
    context: Mapping[str, Any],
    secrets: Mapping[str, str],
    language: str,
    partner: Partner | None,
    voice: Voice,
) -> OutboundEmail:
    """Return an unsaved message with its text; the secrets are kept out of the text."""
    email_id = uuid4()
    marks = {name: mark(email_id, name) for name in secrets}
    rendered = render(
        template, {**context, **marks}, language=language, partner=partner, voice=voice
    )
    own_name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    speaks = partner is not None or voice is Voice.VENDOR
    return OutboundEmail(
        id=email_id,
        partner=partner,
        template=template,
        language=language,
        from_address=sender,
        from_name=one_line(sender_name(partner, voice) if speaks else own_name or "Kontor", 200),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=f"<{email_id.hex}@{sender.rpartition('@')[2]}>",
        has_secrets=bool(secrets),
        secrets_encrypted=encrypt(secrets) if secrets else None,
    )


def wake_dispatcher() -> None:
    """Let the worker process the outbox once this transaction has committed."""
    enqueue("outbox.dispatch", partner=None)


def lock_dead(email: OutboundEmail) -> OutboundEmail:
    """Lock a message that did not arrive, in a transaction; raise CannotSendAgain for others."""
    locked = OutboundEmail.objects.across_partners().select_for_update().get(pk=email.pk)
    if not locked.is_dead:
        raise CannotSendAgain(locked)
    return locked


@transaction.atomic
def send_again(email: OutboundEmail, *, at: datetime) -> OutboundEmail:
    """Queue a message that did not arrive once more, for another 72 hours.

    Raise CannotSendAgain for any state but DEAD and BOUNCED. A message that held secrets gets new
    ones from the function that `renews` registered for its template; without one it keeps its own;
    raise NoNewLink if these are erased.
    """
    locked = lock_dead(email)
    if locked.has_secrets and (locked.template in _renewals or not locked.secrets_encrypted):
        locked.secrets_encrypted = encrypt(_renewed(locked, at))
    locked.state = OutboundEmail.State.QUEUED
    locked.attempts = 0
    locked.next_try_at = locked.queued_at = at
    locked.dead_at = None
    locked.save(
        update_fields=[
            "state",
            "attempts",
            "next_try_at",
            "queued_at",
            "dead_at",
            "secrets_encrypted",
        ]
    )
    wake_dispatcher()
    return locked


def go_on_after_suspension(partner: Partner, *, at: datetime) -> None:
    """Send what waited while a partner was suspended; its 72 hours begin now (CHAN-21)."""
    queued = OutboundEmail.objects.for_partner(partner).filter(state=OutboundEmail.State.QUEUED)
    queued.update(queued_at=at, next_try_at=at)
    wake_dispatcher()


def readdress(email: OutboundEmail, address: str) -> None:
    """Send a message that was given up to another address; raise BadAddress."""
    email.to_address = _address(address)
    email.save(update_fields=["to_address"])


def _renewed(email: OutboundEmail, at: datetime) -> Mapping[str, str]:
    renewal = _renewals.get(email.template)
    if renewal is None:
        raise NoNewLink
    partner = email.partner
    with in_partner(partner) if partner is not None else in_public():
        return renewal(email, at=at)
