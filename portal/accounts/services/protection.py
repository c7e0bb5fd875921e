"""What all changes of people share: the lock, the last manager's protection, the change log."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _

from portal.accounts.models import Membership, Role, Team, User
from portal.core.errors import RuleError, TenantLeak
from portal.history.services import record
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner

MANAGE = "manage_people"


def lock_people(partner: Partner) -> None:
    """Lock the memberships of the partner's own people, then its roles.

    Two administrators who take each other's right at the same time then wait for one another.
    """
    list(_active(partner).select_for_update().order_by("pk").values_list("pk"))
    roles = Role.objects.for_partner(partner).select_for_update()
    list(roles.order_by("pk").values_list("pk"))


def _active(partner: Partner) -> models.QuerySet[Membership]:
    return Membership.objects.own_people(partner).filter(state=Membership.State.ACTIVE)


def managers(partner: Partner) -> models.QuerySet[Membership]:
    """Return the active memberships that can manage people here."""
    return _active(partner).filter(role__rights__contains=[MANAGE], user__is_active=True)


def is_last_manager(membership: Membership) -> bool:
    """Return whether nobody else could manage people. The caller holds :func:`lock_people`."""
    others = managers(membership.partner).exclude(pk=membership.pk)
    return membership.may(MANAGE) and not others.exists()


def check_somebody_manages(partner: Partner) -> None:
    """Raise RuleError if a change would leave nobody who can manage people (REG-24)."""
    if not managers(partner).exists():
        raise RuleError(
            _("Then nobody could manage people any more. Give the right to another role first."),
            field="rights",
        )


def check_role(role: Role, partner: Partner, *, for_customers: bool = False) -> None:
    """Raise TenantLeak for a role of another partner.

    Raise RuleError for a role of customers' people that is given to one of the partner's own, and
    the other way round (REG-47).
    """
    if role.partner_id != partner.pk:
        raise TenantLeak(f"a role of partner {role.partner_id} for a person of {partner.pk}")
    if role.for_customers and not for_customers:
        raise RuleError(_("This role is for customers' people only."), field="role")
    if for_customers and not role.for_customers:
        raise RuleError(_("This role is for the partner's own people only."), field="role")


def lock_person(user: User) -> None:
    """Lock a person, so that two invitations of the same address wait for one another."""
    list(User.objects.select_for_update().filter(pk=user.pk).values_list("pk"))


def refuse_both_sides(partner: Partner, user: User, *, at_customer: bool) -> None:
    """Raise RuleError for somebody who has a place on the other side here (ONB-10).

    Nobody is one of the partner's own people and a customer's user there. The caller holds
    :func:`lock_person`.
    """
    places = Membership.objects.for_partner(partner).filter(user=user)
    here = places.exclude(state=Membership.State.ENDED)
    if at_customer and here.filter(customer_id__isnull=True).exists():
        raise RuleError(
            _("This address belongs to one of the people of %(partner)s. Use another one.")
            % {"partner": partner.name},
            field="email",
        )
    if not at_customer and here.filter(customer_id__isnull=False).exists():
        raise RuleError(
            _(
                "This address belongs to a customer's user. Nobody can be both: end that place "
                "first, or use another address."
            ),
            field="email",
        )


def naming(role: Role) -> str:
    """Return a role's name for the log; of a preset the code, which is translated on display."""
    return role.name or role.preset


def record_about(subject: Membership | Role | Team, verb: str, **details: object) -> None:
    """Write to the change log of the partner that the person, role or team belongs to.

    What happens to a customer's user is in the log of that customer. People who have not accepted
    are recorded by their invited name, since the partner may not learn their real one.
    """
    person = subject if isinstance(subject, Membership) else None
    called = person.shown_name if person is not None else str(subject)
    with in_partner(subject.partner):
        record(
            subject,
            verb,
            customer_id=person.customer_id if person is not None else None,
            called=called,
            **details,
        )
