"""Actions of channel sales on a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin_forms import (
    CreditForm,
    GrantForm,
    NumberForm,
    RevokeForm,
    not_cleared,
    valid_clearances,
)
from customers.models import Customer
from customers.services import (
    change_customer,
    deactivate_customer,
    grant_clearance,
    reactivate_customer,
    revoke_clearance,
)
from portal.accounts.models import User
from portal.catalog.models import Family
from portal.core.admin_actions import ObjectAction
from portal.core.formats import amount

Data = Mapping[str, Any]


def _number(request: HttpRequest, customer: Customer, data: Data) -> str:
    done = change_customer(
        customer, at=timezone.now(), by=None, version=data["version"], number=data["number"]
    )
    return _("%(name)s has the number %(number)s now.") % {
        "name": done.name,
        "number": done.number,
    }


def _credit(request: HttpRequest, customer: Customer, data: Data) -> str:
    limit = data["credit_limit"]
    done = change_customer(
        customer, at=timezone.now(), by=None, version=data["version"], credit_limit=limit
    )
    if done.credit_available < 0:
        return _(
            "The limit of %(customer)s is %(limit)s now. %(used)s is in use: nothing "
            "chargeable can be ordered until it is raised."
        ) % {
            "customer": done.label,
            "limit": amount(limit),
            "used": amount(done.credit_committed),
        }
    return _("The limit of %(customer)s is %(limit)s now.") % {
        "customer": done.label,
        "limit": amount(limit),
    }


def _grant(request: HttpRequest, customer: Customer, data: Data) -> str:
    assert isinstance(request.user, User)
    family = data["family"]
    grant_clearance(customer, family, at=timezone.now(), granted_by=request.user.name)
    return _("%(customer)s is cleared for %(family)s.") % {
        "customer": customer.label,
        "family": Family(family).label,
    }


def _revoke(request: HttpRequest, customer: Customer, data: Data) -> str:
    for clearance in valid_clearances(customer):
        if clearance.family == data["family"]:
            revoke_clearance(clearance, at=timezone.now())
    return _("%(customer)s is no longer cleared for %(family)s. Active services go on.") % {
        "customer": customer.label,
        "family": Family(data["family"]).label,
    }


def _deactivate(request: HttpRequest, customer: Customer, data: Data) -> str:
    deactivate_customer(customer, at=timezone.now())
    return _("%(customer)s is inactive.") % {"customer": customer.label}


def _reactivate(request: HttpRequest, customer: Customer, data: Data) -> str:
    reactivate_customer(customer, at=timezone.now())
    return _("%(customer)s is active again.") % {"customer": customer.label}


def _why_not_deactivate(customer: Customer) -> str:
    if customer.is_own_company:
        return _("The own-company customer cannot be deactivated.")
    if not customer.is_active:
        return _("%(customer)s is inactive already.") % {"customer": customer.label}
    return ""


def _title(pattern: Any) -> Any:
    return lambda customer: str(pattern) % {"customer": customer.label}


ACTIONS: dict[str, ObjectAction[Customer]] = {
    "credit": ObjectAction(
        label=gettext_lazy("Set the credit limit"),
        title=_title(gettext_lazy("Credit limit of %(customer)s")),
        run=_credit,
        form=CreditForm,
        explain=lambda customer: [
            _("In use: %(used)s of %(limit)s.")
            % {"used": amount(customer.credit_committed), "limit": amount(customer.credit_limit)}
        ],
    ),
    "number": ObjectAction(
        label=gettext_lazy("Change the number"),
        title=_title(gettext_lazy("Customer number of %(customer)s")),
        run=_number,
        form=NumberForm,
    ),
    "grant": ObjectAction(
        label=gettext_lazy("Grant clearance"),
        title=_title(gettext_lazy("Clear %(customer)s for a family")),
        run=_grant,
        form=GrantForm,
        why_not=lambda customer: (
            ""
            if not_cleared(customer)
            else _("%(customer)s is cleared for every family.") % {"customer": customer.label}
        ),
        explain=lambda customer: [_("The partner can order this family for the customer then.")],
    ),
    "revoke": ObjectAction(
        label=gettext_lazy("Revoke clearance"),
        title=_title(gettext_lazy("Revoke a clearance of %(customer)s")),
        run=_revoke,
        form=RevokeForm,
        why_not=lambda customer: (
            ""
            if valid_clearances(customer)
            else _("%(customer)s has no clearance.") % {"customer": customer.label}
        ),
        explain=lambda customer: [_("New orders are refused. Active services go on.")],
        danger=True,
    ),
    "deactivate": ObjectAction(
        label=gettext_lazy("Deactivate"),
        title=_title(gettext_lazy("Deactivate %(customer)s?")),
        run=_deactivate,
        why_not=_why_not_deactivate,
        explain=lambda customer: [
            _("It can't be chosen for orders any more. What was ordered stays.")
        ],
        danger=True,
    ),
    "reactivate": ObjectAction(
        label=gettext_lazy("Reactivate"),
        title=_title(gettext_lazy("Let %(customer)s be chosen again?")),
        run=_reactivate,
        why_not=lambda customer: (
            _("%(customer)s is active.") % {"customer": customer.label}
            if customer.is_active
            else ""
        ),
    ),
}
