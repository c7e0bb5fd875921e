"""Services for teams, by which people are listed when assigning (REG-18)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import Membership, Team
from portal.accounts.services.protection import record_about
from portal.core.errors import RuleError, TenantLeak


@transaction.atomic
def save_team(
    team: Team, *, name: str, add: Iterable[Membership] = (), remove: Iterable[Membership] = ()
) -> Team:
    """Create or rename a team, add people to it and remove others.

    Raise RuleError at ``name`` if another team has that name.
    """
    new, old = team._state.adding, team.name
    same = Team.objects.for_partner(team.partner).filter(name__iexact=name).exclude(pk=team.pk)
    if same.exists():
        raise RuleError(_("There is already a team with this name."), field="name")
    team.name = name
    try:
        with transaction.atomic():
            team.save(force_insert=new)
    except IntegrityError as error:
        raise RuleError(_("There is already a team with this name."), field="name") from error
    if new:
        record_about(team, "team_created")
    elif old != name:
        record_about(team, "team_renamed", old=old, new=name)
    for person in add:
        change_team(person, team)
    for person in remove:
        change_team(person, None)
    return team


@transaction.atomic
def delete_team(team: Team) -> None:
    """Delete a team; its people stay, without a team."""
    record_about(team, "team_deleted")
    Membership.objects.for_partner(team.partner).filter(team=team).update(team=None)
    team.delete()


@transaction.atomic
def change_team(membership: Membership, team: Team | None) -> None:
    """Put a person into a team, or into none."""
    if team is not None and team.partner_id != membership.partner_id:
        raise TenantLeak(f"a team of partner {team.partner_id} for one of {membership.partner_id}")
    current = (
        Membership.objects.own_people(membership.partner)
        .select_for_update(of=("self",))
        .select_related("team")
        .get(pk=membership.pk)
    )
    if current.team_id == (team.pk if team else None):
        return
    old = current.team.name if current.team else ""
    current.team = team
    current.save(update_fields=["team"])
    record_about(membership, "person_team_changed", old=old, new=team.name if team else "")
