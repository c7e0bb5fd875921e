"""Channel sales' actions on an order, and the one on a customer that depends on orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin import CustomerAdmin
from customers.models import Customer
from orders.admin_badges import what_happens
from orders.admin_forms import (
    CancelForm,
    CompleteForm,
    DeliverForm,
    MessageForm,
    PlanDeliveryForm,
    PlanForm,
    PortingForm,
    ReasonForm,
    SeenForm,
    open_lines,
)
from orders.emails import told_of
from orders.goods import lines_of
from orders.models import Order
from orders.services.conversation import write_to_partner
from orders.services.customer_changes import change_rate_plan, plan_preview
from orders.services.delivering import plan_delivery
from orders.services.fulfilment import (
    accept_order,
    cancel_accepted,
    complete_order,
    deliver_lines,
    fail_order,
    provision_order,
    reject_order,
    retry_order,
    return_order,
)
from orders.services.porting import set_porting
from orders.services.recreating import draft_refused
from orders.services.requests import decline_cancel
from orders.services.telling import addresses_of
from orders.states import why_not
from portal.accounts.models import User
from portal.core.admin_actions import ObjectAction
from portal.core.formats import day

Data = Mapping[str, Any]


# The acts before which the address of the goods is read once more (ORD-66).
SENDS = frozenset({"provision", "plan", "deliver", "complete"})


def _explain(action: str, order: Order) -> list[str]:
    to = ", ".join(addresses_of(order, action))
    lines = [what_happens(action, order), _("An e-mail goes to %(address)s.") % {"address": to}]
    goods = ", ".join(lines_of(order.goods_address))
    if action in SENDS and goods:
        lines.append(_("The goods are sent to %(address)s.") % {"address": goods})
    if action == "accept" and order.customer.lifecycle == Customer.Lifecycle.PROSPECT:
        lines.append(
            _("%(customer)s is a prospect so far, and becomes a customer.")
            % {"customer": order.customer.label}
        )
    return lines


def _explain_cancel(order: Order) -> list[str]:
    addresses = ", ".join(addresses_of(order, "cancel_accepted"))
    told = _("An e-mail goes to %(address)s.") % {"address": addresses}
    ends = order.ends_services
    happens = (
        _("The services go on.")
        if ends
        else _("Nothing more is delivered, and the credit is free again.")
    )
    lines = [happens, told]
    if order.cancel_asked_for is not None:
        refused = draft_refused(order)
        words = (
            _("No draft can be made for %(customer)s, and the order is cancelled all the same.")
            if refused
            else _("A new draft is made for %(customer)s.")
        )
        said = words % {"customer": order.cancel_asked_for.label}
        lines.append(f"{said} {refused}".strip())
    return lines


def cancel_asked(order: Order) -> str:
    """Return when, why and by whom cancellation was asked for, as one sentence; "" if it is not."""
    if order.cancel_asked_at is None or not order.has_open_request:
        return ""
    reason = Order.CancelReason(order.cancel_asked_reason or "other").label
    said = f"{reason}. {order.cancel_asked_text}".strip()
    when = day(timezone.localtime(order.cancel_asked_at).date())
    if order.cancel_asked_by is not None:
        said = f"{said} – {order.cancel_asked_by.user.name}"
    return _("The partner asked to cancel the order on %(day)s: %(said)s") % {
        "day": when,
        "said": said,
    }


def _simple(
    service: Callable[..., Order],
    said: str | Promise,
    request: HttpRequest,
    order: Order,
    data: Data,
) -> str:
    """Run an action that needs no input, or only a reason."""
    details = {name: data[name] for name in ("reason", "seen") if name in data}
    done = service(order.pk, at=timezone.localtime(), **details)
    return str(said) % {"number": done.number}


def _cancel(request: HttpRequest, order: Order, data: Data) -> str:
    done, copy = cancel_accepted(
        order.pk, reason=data["reason"], at=timezone.localtime(), seen=data["seen"]
    )
    if copy is None:
        said = _("Order %(number)s is cancelled.") % {"number": done.number}
        if done.cancel_asked_for is None:
            return said
        none = _("No draft could be made for %(customer)s.")
        return f"{said} {none % {'customer': done.cancel_asked_for.label}}"
    return _("Order %(number)s is cancelled. Draft %(draft)s was made for %(customer)s.") % {
        "number": done.number,
        "draft": copy.number,
        "customer": copy.customer.label,
    }


def _plan_delivery(request: HttpRequest, order: Order, data: Data) -> str:
    plan_delivery(
        order.pk,
        expected_on=data["expected_on"],
        tracking=data["tracking"],
        at=timezone.localtime(),
        seen=data["seen"],
    )
    return _("The partner was told when order %(number)s is expected.") % {"number": order.number}


def _complete(service: Callable[..., Order], request: HttpRequest, order: Order, data: Data) -> str:
    done = service(
        order.pk,
        delivered_on=data["delivered_on"],
        vendor_reference=data["vendor_reference"],
        deliveries=data["deliveries"],
        at=timezone.localtime(),
        seen=data["seen"],
    )
    if done.state == Order.State.COMPLETED:
        return _("Order %(number)s is completed.") % {"number": done.number}
    return _("A part of order %(number)s is done.") % {"number": done.number}


def _no_part(order: Order) -> str:
    """Return why a part of an order can't be delivered; of one line there is none."""
    reason = why_not(order, "deliver")
    return reason or ("" if len(open_lines(order)) > 1 else _("Only one line is left."))


def _porting(request: HttpRequest, order: Order, data: Data) -> str:
    done = set_porting(order.pk, news=data["news"], at=timezone.localtime(), seen=data["seen"])
    return _("The porting of order %(number)s was written down.") % {"number": done.number}


def _why_no_porting(order: Order) -> str:
    """Return why nothing can be said of a porting: there is none, or nothing is under way."""
    if order.state in (*Order.ACCEPTED_ALIVE, Order.State.COMPLETED):
        return "" if order.ported_blocks.exists() else _("This order ports no numbers.")
    return _("The order is not accepted.")


def _say(request: HttpRequest, order: Order, data: Data) -> str:
    assert isinstance(request.user, User)
    write_to_partner(
        order.pk,
        text=data["text"],
        files=data["uploads"],
        name=request.user.name,
        at=timezone.now(),
    )
    return _("The message was sent to the partner.")


# The titles and labels that speak of a delivery, for an order that ends services (ORD-50).
ENDING_TITLES = {
    "provision": gettext_lazy("Begin with ending services: %(number)s for %(customer)s?"),
    "deliver": gettext_lazy("End a part of the services: %(number)s for %(customer)s"),
    "retry": gettext_lazy("Try again to end services: %(number)s for %(customer)s?"),
}


def _title(pattern: Promise, order: Order, key: str = "") -> str:
    ending = ENDING_TITLES.get(key) if order.ends_services else None
    return str(ending or pattern) % {"number": order.number, "customer": order.customer.label}


def _label_of_provision(order: Order) -> str:
    return _("Begin with ending") if order.ends_services else _("Start provisioning")


def _act(
    key: str, label: Promise, title: Promise, run: Callable[..., str], **extra: Any
) -> ObjectAction[Order]:
    return ObjectAction(
        label=label,
        title=partial(_title, title, key=key),
        run=run,
        warning=cancel_asked,
        **{
            "why_not": lambda order: why_not(order, key),
            "explain": partial(_explain, key),
            "form": SeenForm,
            **extra,
        },
    )


ACTIONS: dict[str, ObjectAction[Order]] = {
    "accept": _act(
        "accept",
        gettext_lazy("Accept"),
        gettext_lazy("Accept order %(number)s for %(customer)s?"),
        partial(_simple, accept_order, gettext_lazy("Order %(number)s is accepted.")),
        primary=True,
    ),
    "provision": _act(
        "provision",
        gettext_lazy("Start provisioning"),
        gettext_lazy("Start provisioning of order %(number)s for %(customer)s?"),
        partial(_simple, provision_order, gettext_lazy("Order %(number)s is being provisioned.")),
        primary=True,
        label_of=_label_of_provision,
    ),
    "complete": _act(
        "complete",
        gettext_lazy("Complete"),
        gettext_lazy("Complete order %(number)s for %(customer)s"),
        partial(_complete, complete_order),
        form=CompleteForm,
        primary=True,
    ),
    "deliver": _act(
        "deliver",
        gettext_lazy("Deliver a part"),
        gettext_lazy("Deliver a part of order %(number)s for %(customer)s"),
        partial(_complete, deliver_lines),
        form=DeliverForm,
        why_not=_no_part,
        label_of=lambda order: _("End a part") if order.ends_services else _("Deliver a part"),
    ),
    "plan": _act(
        "plan",
        gettext_lazy("Expected date"),
        gettext_lazy("When is order %(number)s for %(customer)s expected?"),
        _plan_delivery,
        form=PlanDeliveryForm,
        submit=gettext_lazy("Save"),
    ),
    "retry": _act(
        "retry",
        gettext_lazy("Try again"),
        gettext_lazy("Try the delivery of order %(number)s for %(customer)s again?"),
        partial(_simple, retry_order, gettext_lazy("Order %(number)s is being provisioned again.")),
        primary=True,
    ),
    "return": _act(
        "return",
        gettext_lazy("Return for changes"),
        gettext_lazy("Return order %(number)s for %(customer)s to the partner"),
        partial(_simple, return_order, gettext_lazy("Order %(number)s went back to the partner.")),
        form=ReasonForm,
    ),
    "fail": _act(
        "fail",
        gettext_lazy("Mark as failed"),
        gettext_lazy("Mark order %(number)s for %(customer)s as failed"),
        partial(_simple, fail_order, gettext_lazy("Order %(number)s is marked as failed.")),
        form=ReasonForm,
        danger=True,
    ),
    "reject": _act(
        "reject",
        gettext_lazy("Reject"),
        gettext_lazy("Reject order %(number)s for %(customer)s"),
        partial(_simple, reject_order, gettext_lazy("Order %(number)s is rejected.")),
        form=ReasonForm,
        danger=True,
    ),
    "porting": ObjectAction(
        label=gettext_lazy("Number porting"),
        title=partial(_title, gettext_lazy("Number porting of order %(number)s for %(customer)s")),
        run=_porting,
        why_not=_why_no_porting,
        form=PortingForm,
        submit=gettext_lazy("Save"),
        explain=lambda order: [
            _("An e-mail goes to %(address)s.") % {"address": ", ".join(told_of(order))}
        ],
        warning=cancel_asked,
    ),
    "say": ObjectAction(
        label=gettext_lazy("Write to the partner"),
        title=partial(_title, gettext_lazy("Message about order %(number)s for %(customer)s")),
        run=_say,
        form=MessageForm,
        explain=lambda order: [
            _("An e-mail goes to %(address)s.") % {"address": ", ".join(told_of(order))}
        ],
        warning=cancel_asked,
    ),
    "decline_cancel": _act(
        "decline_cancel",
        gettext_lazy("Decline to cancel"),
        gettext_lazy("Decline to cancel order %(number)s for %(customer)s"),
        partial(_simple, decline_cancel, gettext_lazy("Order %(number)s is not cancelled.")),
        form=ReasonForm,
    ),
    "cancel_accepted": _act(
        "cancel_accepted",
        gettext_lazy("Cancel the order"),
        gettext_lazy("Cancel order %(number)s for %(customer)s"),
        _cancel,
        form=CancelForm,
        explain=_explain_cancel,
        danger=True,
    ),
}


def _plan(request: HttpRequest, customer: Customer, data: Data) -> str:
    """Change the customer's rate plan from this moment on (ACC-14)."""
    plan = data["rate_plan"]
    changed = change_rate_plan(customer, plan, by=None, at=timezone.now())
    return _("%(customer)s has the rate plan %(plan)s now; %(services)s services changed.") % {
        "customer": customer.label,
        "plan": plan.name,
        "services": changed,
    }


def _explain_plan(customer: Customer) -> list[str]:
    lines = [
        _("Now: %(plan)s.") % {"plan": customer.rate_plan.name},
        _("Changing the rate plan changes current charges immediately."),
    ]
    running = plan_preview(customer, customer.rate_plan, at=timezone.now())
    names = ", ".join(str(row["service"]) for row in running)
    return [*lines, _("Running: %(services)s") % {"services": names}] if names else lines


# The customers app does not know what runs for a customer, so this action is added here.
CustomerAdmin.object_actions["plan"] = ObjectAction(
    label=gettext_lazy("Change the rate plan"),
    title=lambda customer: _("Rate plan of %(customer)s") % {"customer": customer.label},
    run=_plan,
    form=PlanForm,
    explain=_explain_plan,
)
