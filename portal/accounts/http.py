"""Requests whose address names a person, a role or a team of the partner."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from portal.accounts.access import PartnerRequest
from portal.accounts.models import Membership, Role, Team


class MemberRequest(PartnerRequest):
    """A request whose address names a person who works at this partner."""

    member: Membership


def load_member(request: MemberRequest, kwargs: dict[str, Any]) -> None:
    """Load the person of the address for ``needs``; raise Http404 if there is none.

    A customer's user is none of them (ISO-24).
    """
    member = (
        Membership.objects.own_people(request.partner)
        .select_related("user", "role", "team")
        .filter(pk=kwargs.pop("member_id"))
        .first()
    )
    if member is None:
        raise Http404
    request.member = member


class RoleRequest(PartnerRequest):
    """A request whose address names a role of this partner."""

    role: Role


def load_role(request: RoleRequest, kwargs: dict[str, Any]) -> None:
    """Load the role of the address for ``needs``; raise Http404 if there is none."""
    roles = Role.objects.for_partner(request.partner)
    request.role = get_object_or_404(roles, pk=kwargs.pop("role_id"))


class TeamRequest(PartnerRequest):
    """A request whose address names a team of this partner."""

    team: Team


def load_team(request: TeamRequest, kwargs: dict[str, Any]) -> None:
    """Load the team of the address for ``needs``; raise Http404 if there is none."""
    teams = Team.objects.for_partner(request.partner).select_related("partner")
    request.team = get_object_or_404(teams, pk=kwargs.pop("team_id"))
