"""Services for roles: named sets of rights that an administrator edits (D11, REG-24)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import Membership, Role
from portal.accounts.rights import CUSTOMER_RIGHTS, PRESET_RIGHTS, Preset, Right
from portal.accounts.services.protection import (
    check_somebody_manages,
    lock_people,
    naming,
    record_about,
)
from portal.core.errors import RuleError
from portal.tenancy.models import Partner


def _checked(rights: Iterable[str], *, for_customers: bool) -> list[str]:
    wanted = set(rights)
    unknown = wanted - set(Right.values)
    if unknown:
        raise RuleError(_("There is no such right."), field="rights")
    if for_customers and not wanted <= set(CUSTOMER_RIGHTS):
        raise RuleError(
            _("A role of customers' people can only have rights in their own company."),
            field="rights",
        )
    return sorted(wanted)


def _name_is_free(partner: Partner, name: str, *, but: Role | None = None) -> None:
    same = Role.objects.for_partner(partner).filter(name__iexact=name)
    presets = {str(preset.label).casefold() for preset in Preset}
    if but is not None:
        same = same.exclude(pk=but.pk)
    if same.exists() or name.casefold() in presets:
        raise RuleError(_("There is already a role with this name."), field="name")


def _save(role: Role, *, new: bool) -> None:
    try:
        with transaction.atomic():
            role.save(force_insert=new)
    except IntegrityError as error:
        raise RuleError(_("There is already a role with this name."), field="name") from error


@transaction.atomic
def create_role(
    *, partner: Partner, name: str, rights: Iterable[str], for_customers: bool = False
) -> Role:
    """Create a role of the partner's own people, or of customers' people (REG-47).

    Raise RuleError if the name is in use, and for a right that customers' people can't have.
    """
    _name_is_free(partner, name)
    wanted = _checked(rights, for_customers=for_customers)
    role = Role(partner=partner, name=name, rights=wanted, for_customers=for_customers)
    _save(role, new=True)
    record_about(role, "role_created", added=role.rights, removed=[])
    return role


@transaction.atomic
def save_role(role: Role, *, name: str, rights: Iterable[str]) -> None:
    """Change what a role may do, effective from the next request of its people.

    ``name`` is for the partner's own roles. Raise RuleError if nobody could manage people any more.
    """
    lock_people(role.partner)
    role.refresh_from_db()
    wanted = _checked(rights, for_customers=role.for_customers)
    old_name, before = role.name, set(role.rights)
    if not role.preset and name != old_name:
        _name_is_free(role.partner, name, but=role)
        role.name = name
    added = sorted(set(wanted) - before)
    removed = sorted(before - set(wanted))
    if not added and not removed and role.name == old_name:
        return
    role.rights = wanted
    _save(role, new=False)
    check_somebody_manages(role.partner)
    if role.name != old_name:
        record_about(role, "role_renamed", old=old_name, new=role.name)
    if added or removed:
        record_about(role, "role_changed", added=added, removed=removed)


def reset_role(role: Role) -> None:
    """Give a preset the rights it started with.

    Raise RuleError for a role that is not a preset, and if nobody could manage people any more.
    """
    if not role.preset:
        raise RuleError(_("Only the roles that were here from the start can be reset."))
    save_role(role, name="", rights=PRESET_RIGHTS[role.preset])


@transaction.atomic
def delete_role(role: Role) -> None:
    """Delete one of the partner's own roles that nobody has. Raise RuleError otherwise."""
    lock_people(role.partner)
    if role.preset:
        raise RuleError(_("This role was here from the start and stays. You can change it."))
    holders = Membership.objects.for_partner(role.partner).filter(role=role)
    here = holders.exclude(state=Membership.State.ENDED).count()
    if here:
        raise RuleError(
            ngettext(
                "%(n)s person has this role. Give them another one first.",
                "%(n)s people have this role. Give them another one first.",
                here,
            )
            % {"n": here}
        )
    # People who left keep a membership with a role; they get the least one, and another when
    # invited again.
    preset = Preset.CUSTOMER_USER if role.for_customers else Preset.TECHNICIAN
    least = Role.objects.for_partner(role.partner).get(preset=preset)
    holders.update(role=least)
    record_about(role, "role_deleted", name=naming(role))
    role.delete()
