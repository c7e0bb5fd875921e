"""allauth's adapters: no self-registration, and every e-mail goes through the outbox."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from portal.accounts import guessing
from portal.accounts.emails import send_account_mail
from portal.core.limits import too_many
from portal.tenancy.context import current_partner
from portal.tenancy.queueing import enqueue

log = logging.getLogger(__name__)

# Used by allauth to count failed sign-ins: five for an account from one address in this time, ten
# for an address in a minute.
FAILED_SIGN_INS_SECONDS = 300


def _email(user: AbstractBaseUser) -> str:
    return str(getattr(user, "email", ""))


class AccountAdapter(DefaultAccountAdapter):
    """allauth's account adapter without sign-up, sending through the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: people are invited by a partner's administrator."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return a key that counts an account's wrong passwords on all hosts together.

        allauth's key contains the host, which would give an attacker the limit once per partner.
        """
        return guessing.key_of(request, str(credentials.get("email", "")))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse too many wrong passwords with 429 (D22) instead of showing the form again."""
        email = str(credentials.get("email", ""))
        try:
            if not guessing.is_closed(request, email):
                super().pre_authenticate(request, **credentials)
                return
        except ValidationError:
            pass
        if guessing.is_first_in_a_day(email):
            # By a task, so that the answer takes as long for an address that nobody has.
            enqueue("accounts.warn_of_guessing", partner=current_partner(), email=email.lower())
        log.warning("sign-ins of an account or from an address are refused for a while")
        raise ImmediateHttpResponse(too_many(request, FAILED_SIGN_INS_SECONDS))

    def authentication_failed(self, request: HttpRequest, **credentials: object) -> None:
        """Count a wrong password for the account, whatever address it came from."""
        log.warning("a sign-in failed")
        guessing.count_failure(request, str(credentials.get("email", "")))

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **options: object
    ) -> HttpResponse:
        """Remember the browser, which others' wrong passwords no longer keep out; log who it is."""
        ways = [str(each.get("method", "")) for each in get_authentication_records(request, user)]
        log.info("%s signed in with %s", user.pk, ", ".join(ways))
        allauths: Any = super()
        response: HttpResponse = allauths.post_login(request, user, **options)
        guessing.note_device(request, response, _email(user))
        return response

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Set a password; whoever has the e-mailed link may sign in with it at once."""
        super().set_password(user, password)
        if self.request is not None:
            guessing.let_pass(self.request, _email(user))

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
        """Return the address on this partner's primary host, never one taken from the request."""
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
        """Return the parent domain as the relying party, so that one passkey serves all hosts."""
        return {"id": settings.DOMAIN, "name": "Kontor"}
