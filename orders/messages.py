"""Messages of the change log and of notifications about orders."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from orders.models import Order, PortedBlock
from portal.core.formats import day
from portal.history.messages import Message, register_messages
from portal.notices.messages import NoticeMessage, register_notices

PARTS = {
    "products": _("products"),
    "prices": _("prices"),
    "delivery": _("what the delivery needs"),
    "reference": _("reference"),
    "po_number": _("purchase order number"),
    "start_date": _("start date"),
    "change_date": _("change date"),
    "end_date": _("end date"),
    "services": _("services"),
    "contact": _("confirmation to"),
    "goods": _("where goods are sent"),
}


def _with_parts(details: dict[str, Any]) -> dict[str, Any]:
    parts = [str(PARTS.get(part, part)) for part in details["parts"]]
    return {**details, "parts": ", ".join(parts)}


def _with_blocks(details: dict[str, Any]) -> dict[str, Any]:
    """Return the blocks with their states in words."""
    states = dict(PortedBlock.State.choices)
    blocks = [f"{text}: {states.get(state, state)}" for text, state in details["blocks"]]
    return {**details, "blocks": "; ".join(blocks)}


def _with_day(details: dict[str, Any]) -> dict[str, Any]:
    return {**details, "day": day(date.fromisoformat(details["day"]))}


def _with_reason(details: dict[str, Any]) -> dict[str, Any]:
    """Return the reason in words, and what was written with it."""
    labels = dict(Order.CancelReason.choices)
    reason, text = str(labels.get(details["reason"], "")), str(details.get("text", ""))
    return {**details, "reason": f"{reason}. {text}".strip() if text else f"{reason}."}


HISTORY: dict[str, Message] = {
    "customer_type_changed": Message(_("Type changed from %(old)s to %(new)s.")),
    "rate_plan_changed": Message(
        _("Rate plan changed from %(old)s to %(new)s; %(lines)s services.")
    ),
    "order_started": Message(_("Draft started.")),
    "order_draft_changed": Message(_("Draft changed: %(parts)s."), present=_with_parts),
    "order_moved": Message(
        _("Draft started in place of %(old_number)s, which was for %(old_customer)s.")
    ),
    "order_recreated": Message(
        _("Draft re-created from %(old_number)s, which was ordered for %(old_customer)s.")
    ),
    "order_copied": Message(_("Draft copied from order %(old_number)s.")),
    "order_from_template": Message(_("Draft made from the template %(template)s.")),
    "order_deleted": Message(_("Draft deleted."), "is-bad"),
    "order_submitted": Message(_("Order placed."), "is-ok"),
    "order_change_submitted": Message(_("Change placed."), "is-ok"),
    "order_ending_submitted": Message(_("Termination sent."), "is-ok"),
    "order_ending_provisioning_by_vendor": Message(_("Ending the services has begun.")),
    "order_ending_failed_by_vendor": Message(
        _("The services could not be ended: %(reason)s"), "is-bad"
    ),
    "order_ending_completed_by_vendor": Message(_("The services have ended."), "is-ok"),
    "order_returned": Message(_("Order returned for changes: %(reason)s"), "is-bad"),
    "order_accepted_by_vendor": Message(_("Order accepted."), "is-ok"),
    "order_rejected_by_vendor": Message(_("Order rejected: %(reason)s"), "is-bad"),
    "order_provisioning_by_vendor": Message(_("Delivery started.")),
    "order_failed_by_vendor": Message(_("Delivery failed: %(reason)s"), "is-bad"),
    "order_completed_by_vendor": Message(_("Order completed."), "is-ok"),
    "order_part_done_by_vendor": Message(_("Products delivered: %(lines)s."), "is-ok"),
    "order_part_changed_by_vendor": Message(_("Services changed: %(lines)s."), "is-ok"),
    "order_part_ended_by_vendor": Message(_("Services ended: %(lines)s."), "is-ok"),
    "order_expected_by_vendor": Message(_("Expected on %(day)s."), present=_with_day),
    "order_shipped_by_vendor": Message(_("Tracking numbers entered.")),
    "order_cancelled": Message(_("Order cancelled."), "is-bad"),
    "order_porting_changed": Message(_("Number porting: %(blocks)s."), present=_with_blocks),
    "order_draft_made": Message(_("Draft %(number)s was made for %(customer)s.")),
    "order_draft_refused": Message(_("No draft could be made for %(customer)s."), "is-bad"),
    "order_cancel_asked": Message(
        _("Channel Sales was asked to cancel the order: %(reason)s"), "is-bad", _with_reason
    ),
    "order_cancel_declined": Message(
        _("Channel Sales declined to cancel the order: %(reason)s"), "is-bad"
    ),
    "order_cancel_withdrawn": Message(_("The request to cancel was taken back.")),
}

NOTICES: dict[str, NoticeMessage] = {
    "order_placed": NoticeMessage(
        _("%(by)s placed order %(number)s for %(customer)s."),
        "shopping-bag",
        kind="orders",
        has_mail=True,
    ),
    "order_change_placed": NoticeMessage(
        _("%(by)s placed change %(number)s for %(customer)s."),
        "shopping-bag",
        kind="orders",
        has_mail=True,
    ),
    "order_ending_placed": NoticeMessage(
        _("%(by)s asked to end services of %(customer)s: %(number)s."),
        "shopping-bag",
        kind="orders",
        has_mail=True,
    ),
}


def register() -> None:
    """Register the messages; called once when the app is ready."""
    register_messages(HISTORY)
    register_notices(NOTICES)
