"""Channel sales' decisions on a registration (CHAN-02)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import CustomerRegistration
from customers.registrations.admin_forms import ApproveForm, TextForm
from customers.registrations.services import (
    approve_registration,
    ask_about_registration,
    reject_registration,
    revoke_registration,
)
from customers.registrations.states import next_state
from portal.accounts.models import User
from portal.channel.services import holder_of
from portal.core.admin_actions import ObjectAction
from portal.core.errors import WrongState
from portal.tenancy.context import require_partner

Data = Mapping[str, Any]


def _why_not(transition: str) -> Callable[[CustomerRegistration], str]:
    def why_not(registration: CustomerRegistration) -> str:
        try:
            next_state(registration, transition)
        except WrongState as error:
            return str(error)
        return ""

    return why_not


def _run(
    service: Callable[..., CustomerRegistration], said: str | Promise
) -> Callable[[HttpRequest, CustomerRegistration, Data], str]:
    def run(request: HttpRequest, registration: CustomerRegistration, data: Data) -> str:
        assert isinstance(request.user, User)
        done = service(registration.pk, by=request.user.name, at=timezone.now(), **data)
        return str(said) % {"customer": done.customer_label}

    return run


def _title(pattern: Promise) -> Callable[[CustomerRegistration], str]:
    return lambda registration: (
        str(pattern)
        % {
            "customer": registration.customer_label,
            "family": registration.get_family_display(),
        }
    )


def holder_sentence(registration: CustomerRegistration) -> str:
    """Return who holds the name that is asked for; for staff only (CHAN-05)."""
    holder = holder_of(registration.name) if registration.customer is None else None
    if holder is None:
        return ""
    return _("The name is in use: %(holder)s of %(partner)s. Enter another one to approve.") % {
        "holder": holder,
        "partner": holder.partner.name,
    }


def _explain_approval(registration: CustomerRegistration) -> list[str]:
    mail = _("An e-mail goes to %(address)s.") % {"address": registration.created_by.user.email}
    if registration.customer is not None:
        return [_("The partner can order this family for the customer then."), mail]
    made = _("The customer is made in the register of %(partner)s and cleared for %(family)s.")
    details = {"partner": require_partner().name, "family": registration.get_family_display()}
    return [line for line in (holder_sentence(registration), made % details, mail) if line]


def _explain(text: Promise) -> Callable[[CustomerRegistration], list[str]]:
    return lambda registration: [
        str(text),
        _("An e-mail goes to %(address)s.") % {"address": registration.created_by.user.email},
    ]


ACTIONS: dict[str, ObjectAction[CustomerRegistration]] = {
    "approve": ObjectAction(
        label=gettext_lazy("Approve"),
        title=_title(gettext_lazy("Approve %(customer)s for %(family)s?")),
        run=_run(approve_registration, gettext_lazy("%(customer)s is approved.")),
        form=ApproveForm,
        why_not=_why_not("approve"),
        explain=_explain_approval,
        primary=True,
    ),
    "ask": ObjectAction(
        label=gettext_lazy("Ask back"),
        title=_title(gettext_lazy("Ask about the registration of %(customer)s")),
        run=_run(ask_about_registration, gettext_lazy("The partner was asked about %(customer)s.")),
        form=TextForm,
        why_not=_why_not("ask"),
        explain=_explain(gettext_lazy("The partner answers, and it is in your queue again.")),
    ),
    "reject": ObjectAction(
        label=gettext_lazy("Reject"),
        title=_title(gettext_lazy("Reject %(customer)s for %(family)s")),
        run=_run(
            reject_registration, gettext_lazy("The registration of %(customer)s is rejected.")
        ),
        form=TextForm,
        why_not=_why_not("reject"),
        explain=_explain(gettext_lazy("The partner may register the customer again.")),
        danger=True,
    ),
    "revoke": ObjectAction(
        label=gettext_lazy("Revoke"),
        title=_title(gettext_lazy("Revoke the approval of %(customer)s for %(family)s")),
        run=_run(revoke_registration, gettext_lazy("The approval of %(customer)s is revoked.")),
        form=TextForm,
        why_not=_why_not("revoke"),
        explain=_explain(gettext_lazy("New orders are refused. Active services go on.")),
        danger=True,
    ),
}
