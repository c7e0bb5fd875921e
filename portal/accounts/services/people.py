"""Services for people: invite, accept, change the role, end the place."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import Invitation, Membership, Role, Team, User
from portal.accounts.places import active_customers
from portal.accounts.services.inviting import open_place, renew_link, send_link
from portal.accounts.services.protection import (
    check_role,
    is_last_manager,
    lock_people,
    naming,
    record_about,
)
from portal.accounts.services.teams import change_team
from portal.core.actor import acting
from portal.core.errors import RuleError
from portal.tenancy.models import Partner


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
    place = Membership(partner=partner, role=role, invited_as=name, created_at=at)
    membership = open_place(place, email=email, language=language)
    send_link(membership, by=by, at=at)
    record_about(membership, "person_invited", role=naming(role))
    return membership


@transaction.atomic
def invite_again(membership: Membership, *, by: User | None, at: datetime) -> None:
    """Send a new link; the old ones stop working. Raise RuleError if the person has accepted."""
    renew_link(membership, by=by, at=at)


def find_invitation(partner: Partner, token_hash: bytes, *, at: datetime) -> Invitation | None:
    """Return the open invitation of a secret at this partner.

    Return None for an unknown, a used and an expired one, and while the customer of a customer's
    user is deactivated (ONB-26).
    """
    found = (
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
    if found is None or found.membership.customer_id is None:
        return found
    customer_id = found.membership.customer_id
    names = active_customers([customer_id])
    if customer_id not in names:
        return None
    found.membership.customer_name = names[customer_id]
    return found


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
    if membership.customer_id is not None:
        with acting(user):
            record_about(membership, "customer_user_accepted")
    return membership


def note_sign_in(membership: Membership, *, at: datetime) -> None:
    """Note that a customer's user came to their place; nothing is noted of the partner's people."""
    if membership.customer_id is not None:
        same = Membership.objects.for_partner(membership.partner).filter(pk=membership.pk)
        same.update(last_sign_in_at=at)


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
