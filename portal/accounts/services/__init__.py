"""Services for people, by topic: people, roles, teams."""

from portal.accounts.services.people import (
    INVITATION_DAYS,
    AlreadyHere,
    accept_invitation,
    change_person,
    change_role,
    end_membership,
    find_invitation,
    invite,
    invite_again,
)
from portal.accounts.services.roles import create_role, delete_role, reset_role, save_role
from portal.accounts.services.teams import change_team, delete_team, save_team

__all__ = [
    "INVITATION_DAYS",
    "AlreadyHere",
    "accept_invitation",
    "change_person",
    "change_role",
    "change_team",
    "create_role",
    "delete_role",
    "delete_team",
    "end_membership",
    "find_invitation",
    "invite",
    "invite_again",
    "reset_role",
    "save_role",
    "save_team",
]
