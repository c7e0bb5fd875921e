"""The e-mails about sign-in: all three templates of each are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import allauth
import pytest

from portal.accounts import emails
from portal.accounts.models import Invitation, Membership, Role, User
from portal.core.errors import RuleError
from portal.core.links import new_secret, secret_hash
from portal.outbox.delivery import dispatch_due
from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import decrypt, mark, reveal
from portal.outbox.services import send_again
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner
from tests.portal.outbox.conftest import AT, MailServer

State = OutboundEmail.State
LINK = "http://nordlys.localhost/invitation/s3cret/"
RESET_LINK = "http://nordlys.localhost/accounts/password/reset/key/abc-s3cret/"


def the_email() -> OutboundEmail:
    return OutboundEmail.objects.across_partners().get()


@pytest.fixture
def olle(nordlys: Partner) -> Membership:
    user = User.objects.create_user("olle@nordlys.example", None, name="Olle Ek", language="en")
    role = Role.objects.for_partner(nordlys).get(preset="PS")
    return Membership.objects.create(
        partner=nordlys, user=user, role=role, state=Membership.State.INVITED, created_at=AT
    )


Invite = Callable[..., OutboundEmail]


@pytest.fixture
def invite(olle: Membership, anna: Membership) -> Invite:
    def call(**values: Any) -> OutboundEmail:
        invitation = Invitation.objects.create(
            partner=olle.partner,
            membership=olle,
            token_hash=secret_hash(new_secret()),
            invited_by=anna.user,
            created_at=AT,
            expires_at=AT + timedelta(days=14),
        )
        full: dict[str, Any] = {
            "link": LINK,
            "invited_by": anna.user,
            "at": AT,
            "key": str(invitation.pk),
            "expires_at": invitation.expires_at,
        }
        return emails.invitation(olle, **{**full, **values})

    return call


def test_invitation(invite: Invite, nordlys: Partner) -> None:
    email = invite()
    link = mark(email.pk, "link")
    assert (email.to_address, email.language) == ("olle@nordlys.example", "en")
    assert email.subject == "Anna Test invites you to the portal of Nordlys Telekom AB"
    assert email.text == (
        "Anna Test invites you to the portal of Nordlys Telekom AB\n\n"
        "Hello Olle,\n\n"
        "You have been invited to the portal of Nordlys Telekom AB. Your role there: Sales.\n\n"
        "Open the link and choose a password. From then on you sign in with "
        "olle@nordlys.example.\n\n"
        f"Accept the invitation:\n{link}\n\n"
        "The link works until 4 Dec 2026 09:30.\n"
        "You did not expect this? Then do nothing, and nobody gets in.\n\n"
        "--\nNordlys Telekom AB\n"
    )
    for words in (
        "Hello Olle,",
        "Your role there: Sales.",
        f'href="{link}"',
        "Accept the invitation</a>",
        "The link works until 4 Dec 2026 09:30.",
    ):
        assert words in email.html
    assert "<h1" in email.html
    assert "s3cret" not in email.text + email.html + email.subject
    assert LINK in reveal(email.text, email.pk, decrypt(email.secrets_encrypted))
    assert (email.partner, email.about_type) == (nordlys, "accounts.membership")


def test_invitation_from_nobody_in_particular(invite: Invite) -> None:
    email = invite(invited_by=None)
    assert email.subject == "You are invited to the portal of Nordlys Telekom AB"


def test_invitation_of_somebody_with_a_password(invite: Invite, olle: Membership) -> None:
    olle.user.set_password("a long password")
    assert "You keep the password you have." in invite().text


@pytest.mark.parametrize("language", ["en", "de", "sv"])
def test_invitation_in_the_persons_language(
    invite: Invite, olle: Membership, language: str
) -> None:
    olle.user.language = language
    email = invite()
    assert email.language == language
    assert f'<html lang="{language}"' in email.html


def test_each_invitation_is_one_mail(invite: Invite) -> None:
    first = invite(key="one")
    assert invite(key="one") == first
    assert invite(key="two") != first


def given_up(email: OutboundEmail) -> OutboundEmail:
    email.state, email.secrets_encrypted, email.dead_at = State.DEAD, None, AT
    email.save()
    return email


def test_an_invitation_that_was_given_up_is_sent_again_with_a_new_link(
    invite: Invite, mail_server: MailServer
) -> None:
    email = given_up(invite())
    old = Invitation.objects.across_partners().get().token_hash
    with in_public():
        send_again(email, at=AT + timedelta(days=5))
    dispatch_due(at=AT + timedelta(days=5))
    body = mail_server.received[0].get_body(("plain",))
    assert body is not None
    link = next(line for line in body.get_content().splitlines() if "/invitation/" in line)
    secret = link.rstrip("/").rpartition("/")[2]
    new = Invitation.objects.across_partners().get()
    assert bytes(new.token_hash) == secret_hash(secret) != bytes(old)
    assert new.expires_at == AT + timedelta(days=14)


def test_an_invitation_that_ended_is_not_sent_again(invite: Invite) -> None:
    email = given_up(invite())
    with pytest.raises(RuleError, match="This invitation has ended"):
        send_again(email, at=AT + timedelta(days=14))


def test_an_invitation_that_was_accepted_is_not_sent_again(
    invite: Invite, olle: Membership
) -> None:
    email = given_up(invite())
    olle.state = Membership.State.ACTIVE
    olle.save()
    with pytest.raises(RuleError, match="has accepted already"):
        send_again(email, at=AT)


def reset(user: User, partner: Partner | None) -> None:
    emails.send_account_mail(
        "account/email/password_reset_key",
        email=user.email,
        context={"user": user, "password_reset_url": RESET_LINK},
        partner=partner,
        at=AT,
    )


def test_password_reset(anna: Membership, nordlys: Partner) -> None:
    reset(anna.user, nordlys)
    email = the_email()
    link = mark(email.pk, "link")
    assert email.subject == "Set a new password"
    assert email.text == (
        "Set a new password\n\n"
        "Hello Anna,\n\n"
        "Somebody, we hope it was you, asked for a new password for anna@nordlys.example in the "
        "portal of Nordlys Telekom AB. Open the link and choose one.\n\n"
        f"Choose a new password:\n{link}\n\n"
        "The link works once, and until 23 Nov 2026 09:30.\n"
        "Wasn't you? Then do nothing: your password stays as it is.\n\n"
        "--\nNordlys Telekom AB\n"
    )
    for words in (
        "Hello Anna,",
        f'href="{link}"',
        "Choose a new password</a>",
        "23 Nov 2026 09:30",
    ):
        assert words in email.html
    assert "s3cret" not in email.text + email.html + email.subject
    assert decrypt(email.secrets_encrypted) == {"link": RESET_LINK}


def test_password_reset_of_the_same_link_is_one_mail(anna: Membership, nordlys: Partner) -> None:
    reset(anna.user, nordlys)
    reset(anna.user, nordlys)
    assert "s3cret" not in the_email().key


def test_password_reset_is_not_sent_again(anna: Membership, nordlys: Partner) -> None:
    reset(anna.user, nordlys)
    with pytest.raises(RuleError, match="secret link that is no longer kept"):
        send_again(given_up(the_email()), at=AT)


def test_password_reset_of_staff_is_the_vendors_own(anna: Membership) -> None:
    with in_public():
        reset(anna.user, None)
    email = the_email()
    assert (email.partner, email.from_name, email.reply_to) == (None, "Kontor", "")
    assert "in the portal of Kontor." in email.text


@pytest.mark.parametrize(("prefix", "subject"), emails.NOTICES.items())
def test_account_notice(anna: Membership, nordlys: Partner, prefix: str, subject: Any) -> None:
    emails.send_account_mail(
        prefix,
        email=anna.user.email,
        context={"ip": "192.0.2.7", "user_agent": "Firefox <1>"},
        partner=nordlys,
        at=AT,
    )
    email = the_email()
    assert email.subject == str(subject)
    assert email.text == (
        f"{subject}\n\n"
        "Hello Anna,\n\n"
        "This happened to your sign-in, anna@nordlys.example, in the portal of Nordlys Telekom AB "
        "on 20 Nov 2026 09:30.\n"
        "From the address 192.0.2.7, Firefox <1>.\n\n"
        "Was it you? Then there is nothing to do.\n"
        "Wasn't you? Then choose a new password now, and tell your administrator.\n\n"
        "Choose a new password:\nhttp://nordlys.localhost/accounts/password/reset/\n\n"
        "--\nNordlys Telekom AB\n"
    )
    for words in (str(subject), "Firefox &lt;1&gt;", 'href="http://nordlys.localhost/accounts/'):
        assert words in email.html
    assert not email.has_secrets


def test_account_notices_cover_what_allauth_sends() -> None:
    """A new notice in a new version of allauth fails here, and not at a person's sign-in."""
    templates = Path(str(allauth.__file__)).parent / "templates"
    found = {
        str(path.relative_to(templates)).removesuffix("_subject.txt")
        for app in ("account", "mfa")
        for path in (templates / app / "email").glob("*_subject.txt")
    }
    # Sign-up, sign-in by code and confirmation of addresses are switched off in the settings.
    off = {
        "account/email/account_already_exists",
        "account/email/email_confirmation",
        "account/email/email_confirmation_signup",
        "account/email/login_code",
        "account/email/password_reset_code",
        "account/email/unknown_account",
    }
    ours = {"accounts/guessing"}
    assert found - off == {*emails.NOTICES, emails.RESET} - ours


def test_a_mail_without_templates(anna: Membership, nordlys: Partner) -> None:
    with pytest.raises(emails.UnknownNotice):
        emails.send_account_mail(
            "account/email/login_code", email=anna.user.email, context={}, partner=nordlys, at=AT
        )
