"""Channel sales' people and their groups of rights (CHAN-31)."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import RuleError
from portal.core.staff_rights import StaffGroup


class OwnStaffRight(RuleError):
    """Refuse people to take the right to manage staff from themselves (CHAN-31)."""

    def __init__(self) -> None:
        super().__init__(
            _("You can't take the right “Staff” from yourself. Somebody else has to do that."),
            field="groups",
        )


def groups_of(user: User) -> list[str]:
    """Return the groups that a member of staff has, in the order in which they are shown."""
    has = {group.name for group in user.groups.all()}
    return [group.value for group in StaffGroup if group in has]


def give_groups(user: User, groups: Collection[str], *, by: User) -> None:
    """Give a member of staff exactly these groups, from their next request on (CHAN-31).

    Raise OwnStaffRight if they would take the right to give groups from themselves.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        had_staff = StaffGroup.STAFF in groups_of(person)
        if person.pk == by.pk and had_staff and StaffGroup.STAFF not in groups:
            raise OwnStaffRight
        person.groups.set(Group.objects.filter(name__in=groups))


def add_staff(*, email: str, name: str, language: str, groups: Collection[str]) -> User:
    """Create a member of staff with these groups, who has no password yet (CHAN-31)."""
    with transaction.atomic():
        user = User.objects.create_user(email, None, name=name, language=language, is_staff=True)
        user.groups.set(Group.objects.filter(name__in=groups))
    return user
