"""What all changes of people share: one at a time, somebody left who can manage, and the log."""

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
    """Lock the places of all who work here, then the roles, so that two who take each other's
    right at once wait for one another."""
    list(_active(partner).select_for_update().order_by("pk").values_list("pk"))
    roles = Role.objects.for_partner(partner).select_for_update()
    list(roles.order_by("pk").values_list("pk"))


def _active(partner: Partner) -> models.QuerySet[Membership]:
    return Membership.objects.for_partner(partner).filter(state=Membership.State.ACTIVE)


def managers(partner: Partner) -> models.QuerySet[Membership]:
    """Who can manage people here and is able to sign in."""
    return _active(partner).filter(
        role__rights__contains=[MANAGE], user__is_active=True, customer_id__isnull=True
    )


def is_last_manager(membership: Membership) -> bool:
    """Whether nobody else could manage people. The caller holds :func:`lock_people`."""
    others = managers(membership.partner).exclude(pk=membership.pk)
    return membership.may(MANAGE) and not others.exists()


def check_somebody_manages(partner: Partner) -> None:
    """Raises RuleError when a change would leave nobody who can manage people (REG-24)."""
    if not managers(partner).exists():
        raise RuleError(
            _("Then nobody could manage people any more. Give the right to another role first."),
            field="rights",
        )


def check_role(role: Role, partner: Partner) -> None:
    """A role of another partner is a leak, never a mistake."""
    if role.partner_id != partner.pk:
        raise TenantLeak(f"a role of partner {role.partner_id} for a person of {partner.pk}")


def naming(role: Role) -> str:
    """What the log keeps of a role's name: a preset's code, which is said in the reader's
    language, or the name."""
    return role.name or role.preset


def record_about(subject: Membership | Role | Team, verb: str, **details: object) -> None:
    """Write to the change log of the partner that the person, role or team belongs to.

    Who has not accepted is called as she was invited: her name may be another partner's to know.
    """
    called = subject.shown_name if isinstance(subject, Membership) else str(subject)
    with in_partner(subject.partner):
        record(subject, verb, customer_id=None, called=called, **details)
