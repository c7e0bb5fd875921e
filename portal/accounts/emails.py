"""The e-mails about a person's sign-in: invitation, new password, notices of changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Invitation, Membership, User
from portal.core.errors import RuleError
from portal.core.links import new_secret, secret_hash
from portal.outbox.models import OutboundEmail
from portal.outbox.rendering import Voice, public_url
from portal.outbox.services import queue_email, renews
from portal.tenancy.models import Partner

RESET = "account/email/password_reset_key"
GUESSING = "accounts/guessing"

# What allauth reports about an account, as text for the subject and the first sentence.
NOTICES: dict[str, Promise] = {
    "account/email/password_changed": gettext_lazy("Your password was changed"),
    "account/email/password_set": gettext_lazy("Your password was set"),
    "account/email/password_reset": gettext_lazy("Your password was reset"),
    "account/email/email_changed": gettext_lazy("Your e-mail address was changed"),
    "account/email/email_confirm": gettext_lazy("Your e-mail address was confirmed"),
    "account/email/email_deleted": gettext_lazy("An e-mail address was removed"),
    "mfa/email/totp_activated": gettext_lazy("An authenticator app was added"),
    "mfa/email/totp_deactivated": gettext_lazy("Your authenticator app was removed"),
    "mfa/email/recovery_codes_generated": gettext_lazy("New recovery codes were made"),
    "mfa/email/webauthn_added": gettext_lazy("A passkey was added"),
    "mfa/email/webauthn_removed": gettext_lazy("A passkey was removed"),
    # Of ours: once a day at most.
    GUESSING: gettext_lazy("Somebody typed wrong passwords for your sign-in several times"),
}


class UnknownNotice(Exception):
    """An e-mail of allauth that has no templates here, because no setting causes it."""


def send_account_mail(
    template_prefix: str,
    *,
    email: str,
    context: Mapping[str, Any],
    partner: Partner | None,
    at: datetime,
) -> None:
    """Queue what allauth wants to send, with our templates and in the person's language.

    Raise UnknownNotice for an e-mail that the portal's settings of allauth never cause.
    """
    if template_prefix == RESET:
        link = str(context["password_reset_url"])
        _password_reset(context["user"], link=link, partner=partner, at=at)
    elif template_prefix in NOTICES:
        user = User.objects.filter(email__iexact=email).first()
        _notice(template_prefix, user, email=email, context=context, partner=partner, at=at)
    else:
        raise UnknownNotice(template_prefix)


def _key_of(link: str) -> str:
    """Return the key that prevents mailing a link twice, without revealing the link."""
    return sha256(link.encode()).hexdigest()[:40]


def _password_reset(user: User, *, link: str, partner: Partner | None, at: datetime) -> None:
    """Mail the link that lets a person set a new password."""
    queue_email(
        to=user.email,
        template="accounts/email/password_reset",
        context={
            "name": user.get_short_name(),
            "address": user.email,
            "ends": at + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
        },
        language=user.language,
        key=f"password-reset-{_key_of(link)}",
        partner=partner,
        about=user,
        secrets={"link": link},
        at=at,
    )


def _notice(
    template_prefix: str,
    user: User | None,
    *,
    email: str,
    context: Mapping[str, Any],
    partner: Partner | None,
    at: datetime,
) -> None:
    """Notify a person of a change to their sign-in, with what to do if it was not their own."""
    path = reverse("account_reset_password")
    queue_email(
        to=email,
        template="accounts/email/account_notice",
        context={
            "name": user.get_short_name() if user else "",
            "address": email,
            "what": NOTICES[template_prefix],
            "when": at,
            "ip": context.get("ip") or "",
            "browser": context.get("user_agent") or "",
            "url": partner.url(path) if partner else public_url(path),
        },
        language=user.language if user else partner.language if partner else "en",
        key=f"notice-{template_prefix}-{email}-{at.isoformat()}"[:200],
        partner=partner,
        about=user,
        at=at,
    )


def invitation_link(partner: Partner, secret: str) -> str:
    """Return the address that an invited person opens."""
    return partner.url(f"/invitation/{secret}/")


def invitation(
    membership: Membership,
    *,
    link: str,
    invited_by: User | None,
    at: datetime,
    key: str,
    expires_at: datetime,
    customer: str = "",
) -> OutboundEmail:
    """Mail an invitation to a partner's portal; ``key`` is the id of the invitation.

    ``customer`` is the name of the company of a customer's user. Where nobody of the partner
    invites, a new partner's first administrator, the vendor does (CHAN-16).
    """
    user = membership.user
    return queue_email(
        to=user.email,
        template="accounts/email/invitation",
        context={
            "name": user.get_short_name(),
            "address": user.email,
            "role": membership.role,
            "invited_by": invited_by.name if invited_by else "",
            "ends": expires_at,
            "has_password": user.has_usable_password(),
            "customer": customer,
        },
        language=user.language,
        key=f"invitation-{key}",
        partner=membership.partner,
        about=membership,
        secrets={"link": link},
        voice=Voice.PARTNER if invited_by or customer else Voice.VENDOR,
        at=at,
    )


@renews("accounts/email/invitation")
def renew_invitation(email: OutboundEmail, *, at: datetime) -> Mapping[str, str]:
    """Return a new link for an invitation that could not be delivered; the old one stops working.

    The expiry stays the one stated in the message. Raise RuleError if it has passed, or if the
    person has accepted or their membership has ended since.
    """
    invitations = Invitation.objects.across_partners().filter(partner=email.partner)
    found = (
        invitations.select_for_update(of=("self",))
        .select_related("membership", "partner")
        .filter(pk=email.key.removeprefix("invitation-"))
        .first()
    )
    if found is None or found.expires_at <= at:
        raise RuleError(_("This invitation has ended. Invite the person again."))
    if found.accepted_at or found.membership.state == Membership.State.ACTIVE:
        raise RuleError(_("This person has accepted already."))
    if found.membership.state != Membership.State.INVITED:
        raise RuleError(_("This invitation has ended. Invite the person again."))
    secret = new_secret()
    found.token_hash = secret_hash(secret)
    found.save(update_fields=["token_hash"])
    return {"link": invitation_link(found.partner, secret)}
