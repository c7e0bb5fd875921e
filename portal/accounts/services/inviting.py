"""What inviting the partner's people and customers' users share: the place and the mailed link."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import emails
from portal.accounts.models import Invitation, Membership, User
from portal.accounts.services.protection import lock_person, refuse_both_sides
from portal.core.errors import RuleError
from portal.core.links import new_secret, secret_hash

INVITATION_DAYS = 14


class AlreadyHere(RuleError):
    """Refuse to invite an address that has a place at this partner or customer (ISO-06)."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("This person is already a member. See the list."), field="email"
        )


def send_link(
    membership: Membership, *, by: User | None, at: datetime, customer: str = ""
) -> Invitation:
    """Mail a link that opens the place; ``customer`` is the name of a customer's user's company."""
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
        link=emails.invitation_link(membership.partner, secret),
        invited_by=by,
        at=at,
        key=str(invitation.pk),
        expires_at=invitation.expires_at,
        customer=customer,
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


def open_place(place: Membership, *, email: str, language: str) -> Membership:
    """Save a place that is not saved yet for the person with an address, as invited.

    A place of theirs that ended is opened again. Raise AlreadyHere if they have it, RuleError if
    they are on the other side of this partner (ONB-10).
    """
    partner, customer_id = place.partner, place.customer_id
    user = _person(email.strip().lower(), name=place.invited_as, language=language)
    lock_person(user)
    refuse_both_sides(partner, user, at_customer=customer_id is not None)
    same = Membership.objects.for_partner(partner).filter(user=user, customer_id=customer_id)
    found = same.select_for_update().first()
    if found is None:
        place.user, place.state = user, Membership.State.INVITED
        place.save(force_insert=True)
        return place
    if found.state != Membership.State.ENDED:
        raise AlreadyHere
    found.state, found.role, found.ended_at = Membership.State.INVITED, place.role, None
    found.invited_as = place.invited_as
    found.save(update_fields=["state", "role", "ended_at", "invited_as"])
    return found


def renew_link(
    membership: Membership, *, by: User | None, at: datetime, customer: str = ""
) -> None:
    """Send a new link; the old ones stop working. Raise RuleError if the person has accepted."""
    if membership.state != Membership.State.INVITED:
        raise RuleError(_("%(name)s has accepted already.") % {"name": membership.shown_name})
    membership.invitations.filter(accepted_at=None).update(expires_at=at)
    send_link(membership, by=by, at=at, customer=customer)
