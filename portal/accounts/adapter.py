"""allauth's adapters: no self-registration, and every e-mail goes through the outbox."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from portal.accounts.emails import send_account_mail
from portal.core.limits import too_many
from portal.tenancy.context import current_partner

# Used by allauth to count failed sign-ins: five for an account in this time, ten for an address in
# a minute.
FAILED_SIGN_INS_SECONDS = 300


class AccountAdapter(DefaultAccountAdapter):
    """allauth's account adapter without sign-up, sending through the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: people are invited by a partner's administrator."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return a key that counts an account's wrong passwords on all hosts together.

        allauth's key contains the host, which would give an attacker the limit once per partner.
        """
        return str(credentials.get("email", "")).lower()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse too many wrong passwords with 429 (D22) instead of showing the form again."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(too_many(request, FAILED_SIGN_INS_SECONDS)) from error

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue what allauth wants to send (password reset, notices about the account)."""
        send_account_mail(
            template_prefix,
            email=email,
            context=context,
            partner=current_partner(),
            at=timezone.now(),
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address on this partner's primary host, never from the request."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        path = path.replace("UID-KEY", key)
        partner = current_partner()
        if partner is not None:
            return partner.url(path)
        port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
        return f"{settings.SCHEME}://{settings.DOMAIN}{port}{path}"


class MfaAdapter(DefaultMFAAdapter):
    """allauth's second-factor adapter with passkeys for all hosts of the portal."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The relying party: the parent domain, so that one key serves all of a person's hosts."""
        return {"id": settings.DOMAIN, "name": "Kontor"}
