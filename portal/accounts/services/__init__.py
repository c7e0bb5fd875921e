"""Services for people, by topic: people, customers' users, roles, teams."""

from portal.accounts.services.customer_users import (
    change_customer_user,
    end_customer_user,
    end_customer_users,
    invite_customer_user,
    invite_customer_user_again,
    offered_roles,
)
from portal.accounts.services.inviting import INVITATION_DAYS, AlreadyHere
from portal.accounts.services.people import (
    accept_invitation,
    change_person,
    change_role,
    end_membership,
    find_invitation,
    invite,
    invite_again,
    note_sign_in,
)
from portal.accounts.services.roles import create_role, delete_role, reset_role, save_role
from portal.accounts.services.staff import add_staff, give_groups, groups_of
from portal.accounts.services.teams import change_team, delete_team, save_team

__all__ = [
    "INVITATION_DAYS",
    "AlreadyHere",
    "accept_invitation",
    "add_staff",
    "change_customer_user",
    "change_person",
    "change_role",
    "change_team",
    "create_role",
    "delete_role",
    "delete_team",
    "end_customer_user",
    "end_customer_users",
    "end_membership",
    "find_invitation",
    "give_groups",
    "groups_of",
    "invite",
    "invite_again",
    "invite_customer_user",
    "invite_customer_user_again",
    "note_sign_in",
    "offered_roles",
    "reset_role",
    "save_role",
    "save_team",
]
