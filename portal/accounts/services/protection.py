"""What all changes of people share: the lock, the last manager's protection, the change log."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _

from portal.accounts.models import Membership, Role, Team
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
    return Membership.objects.for_partner(partner).filter(state=Membership.State.ACTIVE)


def managers(partner: Partner) -> models.QuerySet[Membership]:
    """Return the active memberships that can manage people here."""
    return _active(partner).filter(
        role__rights__contains=[MANAGE], user__is_active=True, customer_id__isnull=True
    )


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


def check_role(role: Role, partner: Partner) -> None:
    """Raise TenantLeak for a role of another partner."""
    if role.partner_id != partner.pk:
        raise TenantLeak(f"a role of partner {role.partner_id} for a person of {partner.pk}")


def naming(role: Role) -> str:
    """Return a role's name for the log; of a preset the code, which is translated on display."""
    return role.name or role.preset


def record_about(subject: Membership | Role | Team, verb: str, **details: object) -> None:
    """Write to the change log of the partner that the person, role or team belongs to.

    People who have not accepted are recorded by their invited name, since the partner may not learn
    their real one.
    """
    called = subject.shown_name if isinstance(subject, Membership) else str(subject)
    with in_partner(subject.partner):
        record(subject, verb, customer_id=None, called=called, **details)
