"""Messages of the change log and of notifications about customers and people."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import SupportContact
from portal.catalog.models import Family
from portal.core.formats import day
from portal.history.messages import Message, register_messages
from portal.notices.messages import NoticeMessage, register_notices

LEVELS = {"see": _("may see it"), "change": _("may change it")}


def _with_family(details: dict[str, Any]) -> dict[str, Any]:
    code = details.get("family")
    return {**details, "family": Family(code).label} if code in Family.values else details


def _with_level(details: dict[str, Any]) -> dict[str, Any]:
    level = details.get("level")
    return {**details, "level": LEVELS[level]} if level in LEVELS else details


def _with_days(details: dict[str, Any]) -> dict[str, Any]:
    days = {name: day(date.fromisoformat(details[name])) for name in ("start", "end")}
    return {**details, **days}


def _with_support_roles(details: dict[str, Any]) -> dict[str, Any]:
    labels = dict(SupportContact.Role.choices)
    roles = [str(labels.get(role, role)) for role in details["roles"]]
    return {**details, "roles": ", ".join(roles) or _("none")}


HISTORY: dict[str, Message] = {
    "customer_deactivated": Message(_("Customer deactivated."), "is-bad"),
    "customer_reactivated": Message(_("Customer reactivated."), "is-ok"),
    "support_roles_changed": Message(
        _("Roles in support changed: %(roles)s."), present=_with_support_roles
    ),
    "personal_number_set": Message(_("Personal number set.")),
    "personal_number_removed": Message(_("Personal number removed.")),
    "personal_number_shown": Message(_("End of the personal number looked at.")),
    "customer_imported": Message(_("Customer imported from %(file)s."), "is-ok"),
    "customers_imported": Message(_("Import finished: %(rows)s customers."), "is-ok"),
    "import_was_undone": Message(_("Import undone: %(rows)s customers removed."), "is-bad"),
    "import_undone": Message(_("Customer removed: the import of %(file)s was undone."), "is-bad"),
    "clearance_granted": Message(
        _("Clearance for %(family)s granted."), "is-ok", present=_with_family
    ),
    "clearance_revoked": Message(
        _("Clearance for %(family)s revoked."), "is-bad", present=_with_family
    ),
    "person_assigned": Message(_("%(person)s is responsible now."), "is-ok"),
    "person_unassigned": Message(_("%(person)s is no longer responsible.")),
    "grant_given": Message(_("Exception for %(person)s: %(level)s."), "is-ok", present=_with_level),
    "grant_taken": Message(_("The exception for %(person)s was taken away."), present=_with_level),
    "onboarding_begun": Message(_("Onboarding onto %(platform)s begun.")),
    "onboarding_saved": Message(_("Onboarding onto %(platform)s: a step was saved.")),
    "onboarding_cancelled": Message(_("Onboarding onto %(platform)s cancelled."), "is-bad"),
    "onboarding_completed": Message(_("Onboarding onto %(platform)s completed."), "is-ok"),
    "registration_sent": Message(
        _("Registration for %(family)s sent to Channel Sales."), present=_with_family
    ),
    "registration_answered": Message(
        _("Question about the registration for %(family)s answered: %(reason)s"),
        present=_with_family,
    ),
    "registration_withdrawn": Message(
        _("Registration for %(family)s withdrawn."), "is-bad", present=_with_family
    ),
    "registration_ask_by_vendor": Message(
        _("Channel Sales asks about the registration for %(family)s: %(reason)s"),
        "is-warn",
        present=_with_family,
    ),
    "registration_approve_by_vendor": Message(
        _("Registration for %(family)s approved by Channel Sales."),
        "is-ok",
        present=_with_family,
    ),
    "registration_reject_by_vendor": Message(
        _("Registration for %(family)s rejected by Channel Sales: %(reason)s"),
        "is-bad",
        present=_with_family,
    ),
    "registration_revoke_by_vendor": Message(
        _("Registration for %(family)s revoked by Channel Sales: %(reason)s"),
        "is-bad",
        present=_with_family,
    ),
    "contact_erased": Message(_("Personal data erased on request."), "is-bad"),
    "contact_left": Message(_("Contact has left the customer."), "is-bad"),
    "contact_back": Message(_("Contact is back at the customer."), "is-ok"),
    "contact_exported": Message(_("Personal data exported on request.")),
    "person_away": Message(
        _("Absence from %(start)s to %(end)s entered; %(person)s stands in."), present=_with_days
    ),
    "person_back": Message(_("Absence ended; nobody stands in any more.")),
}

NOTICES: dict[str, NoticeMessage] = {
    "assigned": NoticeMessage(_("You are responsible for %(customer)s now."), "user-check"),
    "assigned_many": NoticeMessage(
        _("You are responsible for %(n)s more customers now."), "user-check"
    ),
    "unassigned": NoticeMessage(_("You are no longer responsible for %(customer)s."), "user"),
    "unassigned_many": NoticeMessage(
        _("You are no longer responsible for %(n)s customers."), "user"
    ),
    "stands_in": NoticeMessage(
        _("You stand in for %(person)s from %(start)s to %(end)s and see the customers meanwhile."),
        "calendar",
        present=_with_days,
    ),
    "away_entered": NoticeMessage(
        _(
            "%(person)s entered that you are away from %(start)s to %(end)s; %(substitute)s "
            "stands in."
        ),
        "calendar",
        present=_with_days,
    ),
    "away_ended": NoticeMessage(_("%(person)s entered that you are back."), "calendar"),
    "stands_in_no_more": NoticeMessage(_("You no longer stand in for %(person)s."), "calendar"),
    "onboarding_completed": NoticeMessage(
        _("%(who)s completed the onboarding of %(customer)s onto %(platform)s."), "circle-check"
    ),
    "registration_approve": NoticeMessage(
        _("%(customer)s is registered for %(family)s: you can order."),
        "circle-check",
        present=_with_family,
        has_mail=True,
    ),
    "registration_ask": NoticeMessage(
        _("Channel Sales asks about the registration of %(customer)s."),
        "message",
        has_mail=True,
    ),
    "registration_reject": NoticeMessage(
        _("The registration of %(customer)s for %(family)s was rejected."),
        "x",
        present=_with_family,
        has_mail=True,
    ),
    "registration_revoke": NoticeMessage(
        _("The registration of %(customer)s for %(family)s was revoked."),
        "x",
        present=_with_family,
        has_mail=True,
    ),
    "grant_see": NoticeMessage(_("You may see %(customer)s now."), "key"),
    "grant_change": NoticeMessage(_("You may see and change %(customer)s now."), "key"),
    "grant_taken": NoticeMessage(
        _("The exception that let you see %(customer)s was taken away."), "key"
    ),
}


def register() -> None:
    """Register the messages; called once when the app is ready."""
    register_messages(HISTORY)
    register_notices(NOTICES)
