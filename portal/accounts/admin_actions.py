"""Actions of channel sales on people: rights, a new password, activating and deactivating."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.admin_forms import RightsForm, send_reset
from portal.accounts.models import User
from portal.accounts.services.staff import give_groups
from portal.core.admin_actions import ObjectAction
from portal.core.staff_rights import StaffGroup

Data = Mapping[str, Any]


def _deactivate(request: HttpRequest, user: User, data: Data) -> str:
    user.is_active = False
    user.save(update_fields=["is_active"])
    return _("%(name)s can't sign in any more, anywhere.") % {"name": user.name}


def _activate(request: HttpRequest, user: User, data: Data) -> str:
    user.is_active = True
    user.save(update_fields=["is_active"])
    return _("%(name)s can sign in again.") % {"name": user.name}


def _reset(request: HttpRequest, user: User, data: Data) -> str:
    send_reset(request, user)
    return _("The link was sent to %(address)s.") % {"address": user.email}


def _why_no_reset(user: User) -> str:
    if not user.is_staff:
        return _("A partner's people ask for a new password on their own sign-in page.")
    return "" if user.is_active else _("%(name)s is not active.") % {"name": user.name}


def _rights(request: HttpRequest, user: User, data: Data) -> str:
    """Give the chosen groups (CHAN-31)."""
    assert isinstance(request.user, User)
    give_groups(user, data["groups"], by=request.user)
    return _("%(name)s has these rights now: %(rights)s.") % {
        "name": user.name,
        "rights": groups_in_words(data["groups"]),
    }


def groups_in_words(groups: Collection[str]) -> str:
    """Return the names of groups, in their order."""
    names = [str(group.label) for group in StaffGroup if group in groups]
    return ", ".join(names) or _("none")


def _why_no_rights(user: User) -> str:
    if not user.is_staff:
        return _("%(name)s does not belong to Channel Sales.") % {"name": user.name}
    if user.is_superuser:
        return _("%(name)s may do everything; that is changed on the server only.") % {
            "name": user.name
        }
    return ""


ACTIONS: dict[str, ObjectAction[User]] = {
    "rights": ObjectAction(
        label=gettext_lazy("Change the rights"),
        title=lambda user: _("Rights of %(name)s") % {"name": user.name},
        run=_rights,
        form=RightsForm,
        why_not=_why_no_rights,
    ),
    "reset": ObjectAction(
        label=gettext_lazy("Send a link for a new password"),
        title=lambda user: _("Send %(name)s a link for a new password?") % {"name": user.name},
        run=_reset,
        why_not=_why_no_reset,
    ),
    "activate": ObjectAction(
        label=gettext_lazy("Activate"),
        title=lambda user: _("Let %(name)s sign in again?") % {"name": user.name},
        run=_activate,
        why_not=lambda user: (
            _("%(name)s is active.") % {"name": user.name} if user.is_active else ""
        ),
    ),
    "deactivate": ObjectAction(
        label=gettext_lazy("Deactivate"),
        title=lambda user: _("Keep %(name)s from signing in?") % {"name": user.name},
        run=_deactivate,
        why_not=lambda user: (
            "" if user.is_active else _("%(name)s is not active.") % {"name": user.name}
        ),
        explain=lambda user: [_("Open sessions end at the next page. Nothing is deleted.")],
        danger=True,
    ),
}
