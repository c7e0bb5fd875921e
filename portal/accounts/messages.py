"""The change log's messages about people, roles and teams."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.accounts.rights import Preset, Right
from portal.history.messages import Message, register_messages


def _with_rights(details: dict[str, Any]) -> dict[str, Any]:
    labelled = dict(details)
    for name in ("added", "removed"):
        if isinstance(details.get(name), list):
            labels = [str(Right(code).label) for code in details[name] if code in Right.values]
            labelled[name] = ", ".join(labels) or "–"
    return labelled


def _with_roles(details: dict[str, Any]) -> dict[str, Any]:
    """Replace a preset's code by its label, and an empty value by a dash."""
    return {
        name: Preset(value).label if value in Preset.values else value or "–"
        for name, value in details.items()
    }


HISTORY: dict[str, Message] = {
    "person_invited": Message(_("Person invited as %(role)s."), present=_with_roles),
    "person_ended": Message(_("Membership ended."), "is-bad"),
    "person_role_changed": Message(_("Role changed from %(old)s to %(new)s."), present=_with_roles),
    "person_team_changed": Message(_("Team changed from %(old)s to %(new)s."), present=_with_roles),
    "customer_user_invited": Message(_("Customer user invited as %(role)s."), present=_with_roles),
    "customer_user_invited_again": Message(_("Customer user invited again.")),
    "customer_user_accepted": Message(_("Customer user accepted the invitation."), "is-ok"),
    "customer_user_role_changed": Message(
        _("Role of the customer user changed from %(old)s to %(new)s."), present=_with_roles
    ),
    "customer_user_ended": Message(_("Sign-in of the customer user ended."), "is-bad"),
    "role_created": Message(_("Role created. May: %(added)s."), "is-ok", present=_with_rights),
    "role_renamed": Message(_("Role renamed from %(old)s to %(new)s.")),
    "role_changed": Message(
        _("Rights changed. May now: %(added)s. No longer: %(removed)s."), present=_with_rights
    ),
    "role_deleted": Message(_("Role deleted."), "is-bad"),
    "team_created": Message(_("Team created."), "is-ok"),
    "team_renamed": Message(_("Team renamed from %(old)s to %(new)s.")),
    "team_deleted": Message(_("Team deleted."), "is-bad"),
}


def register() -> None:
    """Register the messages; called once when the app is ready."""
    register_messages(HISTORY)
