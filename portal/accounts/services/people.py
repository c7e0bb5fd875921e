"""Services for people: invite, accept, change the role, end the place."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import emails
from portal.accounts.models import Invitation, Membership, Role, Team, User
from portal.accounts.services.protection import (
    check_role,
    is_last_manager,
    lock_people,
    naming,
    record_about,
)
from portal.accounts.services.teams import change_team
from portal.core.errors import RuleError
from portal.core.links import new_secret, secret_hash
from portal.tenancy.models import Partner

INVITATION_DAYS = 14


class AlreadyHere(RuleError):
    """Refuse to invite an address that has a place at this partner (ISO-06)."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("This person is already a member. See the list."), field="email"
        )


def _send(membership: Membership, *, by: User | None, at: datetime) -> Invitation:
    secret = new_secret()
    invitation = Invitation.objects.create(
        partner=membership.partner,
        membership=membership,
        token_hash=secret_hash(secret),
        invited_by=by,
        created_at=at,
        expires_at=at + timedelta(days=INVITATION_DAYS),
    )
    emails.invitation(
        membership,
        link=membership.partner.url(f"/invitation/{secret}/"),
        invited_by=by,
        at=at,
        key=str(invitation.pk),
        expires_at=invitation.expires_at,
    )
    return invitation


def _person(email: str, *, name: str, language: str) -> User:
    """Return the person with this address, creating them if needed; safe under concurrency."""
    found = User.objects.filter(email__iexact=email).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return User.objects.create_user(email, None, name=name, language=language)
    except IntegrityError:
        return User.objects.get(email__iexact=email)


def _place(partner: Partner, user: User, *, role: Role, name: str, at: datetime) -> Membership:
    """Create a place for a person who has none here. Raise AlreadyHere if they just got one."""
    try:
        with transaction.atomic():
            return Membership.objects.create(
                partner=partner,
                user=user,
                role=role,
                state=Membership.State.INVITED,
                invited_as=name,
                created_at=at,
            )
    except IntegrityError as error:
        raise AlreadyHere from error


@transaction.atomic
def invite(
    *,
    partner: Partner,
    email: str,
    name: str,
    role: Role,
    language: str,
    by: User | None,
    at: datetime,
) -> Membership:
    """Invite a person: the place exists, but opens only by the mailed link (14 days).

    A person whose place ended can be invited again. Raise AlreadyHere if they have a place.
    """
    check_role(role, partner)
    email = email.strip().lower()
    user = _person(email, name=name, language=language)
    membership = (
        Membership.objects.for_partner(partner).select_for_update().filter(user=user).first()
    )
    if membership is None:
        membership = _place(partner, user, role=role, name=name, at=at)
    elif membership.state == Membership.State.ENDED:
        membership.state, membership.role, membership.ended_at = (
            Membership.State.INVITED,
            role,
            None,
        )
        membership.invited_as = name
        membership.save(update_fields=["state", "role", "ended_at", "invited_as"])
    else:
        raise AlreadyHere
    _send(membership, by=by, at=at)
    record_about(membership, "person_invited", role=naming(role))
    return membership


@transaction.atomic
def invite_again(membership: Membership, *, by: User | None, at: datetime) -> None:
    """Send a new link; the old ones stop working. Raise RuleError if the person has accepted."""
    if membership.state != Membership.State.INVITED:
        raise RuleError(_("%(name)s has accepted already.") % {"name": membership.shown_name})
    membership.invitations.filter(accepted_at=None).update(expires_at=at)
    _send(membership, by=by, at=at)


def find_invitation(partner: Partner, token_hash: bytes, *, at: datetime) -> Invitation | None:
    """Return the open invitation of a secret at this partner.

    Return None for an unknown, a used and an expired one.
    """
    return (
        Invitation.objects.for_partner(partner)
        .select_related("membership__user", "membership__role", "partner")
        .filter(
            token_hash=token_hash,
            accepted_at=None,
            expires_at__gt=at,
            membership__state=Membership.State.INVITED,
        )
        .first()
    )


@transaction.atomic
def accept_invitation(invitation: Invitation, *, password: str | None, at: datetime) -> Membership:
    """Open the place, and set the first password if there is none.

    Raise RuleError if the invitation was accepted or withdrawn in the meantime.
    """
    current = (
        Invitation.objects.for_partner(invitation.partner).select_for_update().get(pk=invitation.pk)
    )
    membership = current.membership
    if current.accepted_at is not None or membership.state != Membership.State.INVITED:
        raise RuleError(_("This invitation was used already."))
    current.accepted_at = at
    current.save(update_fields=["accepted_at"])
    user = membership.user
    if password is not None and not user.has_usable_password():
        user.set_password(password)
        user.save(update_fields=["password"])
    membership.state = Membership.State.ACTIVE
    membership.save(update_fields=["state"])
    return membership


def _refuse_last(membership: Membership) -> None:
    raise RuleError(
        _("%(name)s is the last who can manage people here.") % {"name": membership.shown_name},
        field="role",
    )


@transaction.atomic
def change_role(membership: Membership, role: Role) -> None:
    """Give a person another role. Raise RuleError for the last one who can manage people."""
    check_role(role, membership.partner)
    lock_people(membership.partner)
    membership.refresh_from_db(fields=["state", "role"])
    role.refresh_from_db(fields=["rights", "name"])
    if is_last_manager(membership) and "manage_people" not in role.rights:
        _refuse_last(membership)
    old = membership.role
    if old.pk == role.pk:
        return
    membership.role = role
    membership.save(update_fields=["role"])
    record_about(membership, "person_role_changed", old=naming(old), new=naming(role))


@transaction.atomic
def change_person(membership: Membership, *, role: Role, team: Team | None) -> None:
    """Give a person a role and a team. Raise RuleError like :func:`change_role`."""
    change_role(membership, role)
    change_team(membership, team)


@transaction.atomic
def end_membership(membership: Membership, *, at: datetime) -> None:
    """End a person's place: their session here ends at the next request.

    Raise RuleError for the last one who can manage people. ``workspace.offboarding`` hands over the
    person's work and calls this.
    """
    lock_people(membership.partner)
    membership.refresh_from_db(fields=["state", "role"])
    if is_last_manager(membership):
        _refuse_last(membership)
    membership.state, membership.ended_at = Membership.State.ENDED, at
    membership.team = None
    membership.save(update_fields=["state", "ended_at", "team"])
    membership.invitations.filter(accepted_at=None).update(expires_at=at)
    record_about(membership, "person_ended")
