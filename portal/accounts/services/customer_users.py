"""Services for customers' users: invite, change the role, end the place (ONB-10, REG-27).

Everything is recorded in the log of the customer. ``by`` is who does it: one of the partner's
people, a user of the same customer, or None for the system.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import Membership, Role, User
from portal.accounts.places import active_customers
from portal.accounts.rights import Right
from portal.accounts.services.inviting import AlreadyHere, open_place, renew_link, send_link
from portal.accounts.services.protection import check_role, naming, record_about
from portal.core.errors import RuleError
from portal.notices.services import forget_notices
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner


def offered_roles(by: Membership) -> models.QuerySet[Role]:
    """Return the roles that a person may give to customers' users.

    Somebody of the customer can't give rights that they lack (REG-48).
    """
    roles = Role.objects.for_partner(by.partner).filter(for_customers=True)
    if by.customer_id is not None:
        roles = roles.filter(rights__contained_by=by.role.rights)
    return roles.order_by("-preset", "name")


@transaction.atomic
def invite_customer_user(
    *,
    partner: Partner,
    customer_id: UUID,
    email: str,
    name: str,
    role: Role,
    language: str,
    by: Membership | None,
    at: datetime,
) -> Membership:
    """Invite a person of a customer: the place opens by the mailed link, which lives 14 days.

    A person may have a place at several customers of the partner (ONB-10). Raise AlreadyHere if
    they have one at this customer, RuleError for an inactive customer, for one of the partner's own
    people, for a role of theirs, and for rights that ``by`` may not give.
    """
    check_role(role, partner, for_customers=True)
    _refuse_more_rights(role, by)
    customer = _name_of(partner, customer_id)
    place = Membership(
        partner=partner, customer_id=customer_id, role=role, invited_as=name, created_at=at
    )
    try:
        membership = open_place(place, email=email, language=language)
    except AlreadyHere as error:
        raise RuleError(
            _("This person already has a place at %(customer)s. See the list.")
            % {"customer": customer},
            field="email",
        ) from error
    send_link(membership, by=_user(by), at=at, customer=customer)
    record_about(membership, "customer_user_invited", role=naming(role))
    return membership


@transaction.atomic
def invite_customer_user_again(
    membership: Membership, *, by: Membership | None, at: datetime
) -> None:
    """Send a new link; the old ones stop working.

    Raise RuleError if the person has accepted, and for an inactive customer.
    """
    assert membership.customer_id is not None
    customer = _name_of(membership.partner, membership.customer_id)
    renew_link(membership, by=_user(by), at=at, customer=customer)
    record_about(membership, "customer_user_invited_again")


@transaction.atomic
def change_customer_user(membership: Membership, role: Role, *, by: Membership | None) -> None:
    """Give a customer's user another role (REG-27).

    Raise RuleError for a role of the partner's own people, for rights that ``by`` may not give, for
    a place that ended, and if people of the customer would leave nobody there who can invite
    others (REG-48).
    """
    check_role(role, membership.partner, for_customers=True)
    _lock_users(membership)
    role.refresh_from_db(fields=["rights", "name"])
    _refuse_more_rights(role, by)
    if membership.state == Membership.State.ENDED:
        raise RuleError(_("This place has ended. Invite the person again."))
    if Right.ADD_CUSTOMERUSER not in role.rights:
        _refuse_last(membership, by)
    old = membership.role
    if old.pk == role.pk:
        return
    membership.role = role
    membership.save(update_fields=["role"])
    record_about(membership, "customer_user_role_changed", old=naming(old), new=naming(role))


@transaction.atomic
def end_customer_user(membership: Membership, *, by: Membership | None, at: datetime) -> None:
    """End the place of a customer's user: their session here ends at the next request.

    Raise RuleError if people of the customer would leave nobody there who can invite others; the
    partner may (REG-48).
    """
    _lock_users(membership)
    if membership.state == Membership.State.ENDED:
        return
    _refuse_last(membership, by)
    membership.state, membership.ended_at = Membership.State.ENDED, at
    membership.save(update_fields=["state", "ended_at"])
    membership.invitations.filter(accepted_at=None).update(expires_at=at)
    with in_partner(membership.partner):
        forget_notices(membership)
    record_about(membership, "customer_user_ended")


@transaction.atomic
def end_customer_users(partner: Partner, customer_id: UUID, *, at: datetime) -> int:
    """End the places of all users of a customer that is deleted, and return how many."""
    places = Membership.objects.users_of(partner, customer_id).exclude(state=Membership.State.ENDED)
    ending = list(places.select_related("user", "role", "partner").order_by("pk"))
    for membership in ending:
        end_customer_user(membership, by=None, at=at)
    return len(ending)


def _user(by: Membership | None) -> User | None:
    return by.user if by is not None else None


def _name_of(partner: Partner, customer_id: UUID) -> str:
    with in_partner(partner):
        names = active_customers([customer_id])
    if customer_id not in names:
        raise RuleError(_("This customer is inactive. Reactivate it first."))
    return names[customer_id]


def _lock_users(membership: Membership) -> None:
    """Lock the places at the customer, so that two of its people wait for one another."""
    assert membership.customer_id is not None
    users = Membership.objects.users_of(membership.partner, membership.customer_id)
    list(users.select_for_update().order_by("pk").values_list("pk"))
    membership.refresh_from_db(fields=["state", "role"])


def _refuse_more_rights(role: Role, by: Membership | None) -> None:
    if by is None or by.customer_id is None or set(role.rights) <= set(by.role.rights):
        return
    raise RuleError(_("You can't give rights that you don't have yourself."), field="role")


def _refuse_last(membership: Membership, by: Membership | None) -> None:
    """Raise RuleError if somebody of the customer takes its last place that can invite others."""
    right = Right.ADD_CUSTOMERUSER
    if by is None or by.customer_id is None or not membership.may(right):
        return
    assert membership.customer_id is not None
    others = Membership.objects.users_of(membership.partner, membership.customer_id).filter(
        state=Membership.State.ACTIVE, role__rights__contains=[right], user__is_active=True
    )
    if others.exclude(pk=membership.pk).exists():
        return
    raise RuleError(
        _("%(name)s is the last who can invite people here. %(partner)s can change that.")
        % {"name": membership.shown_name, "partner": membership.partner.name},
        field="role",
    )
