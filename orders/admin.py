"""Orders for channel sales: the list across all partners, and a partner's order to work on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin import CustomerAdmin
from customers.models import Customer
from orders.admin_forms import CancelForm, CompleteForm, PlanForm, ReasonForm
from orders.details import detail_rows
from orders.models import Order
from orders.queries import CSS
from orders.services.customers import change_rate_plan, plan_preview
from orders.services.fulfilment import (
    accept_order,
    cancel_accepted,
    complete_order,
    fail_order,
    provision_order,
    reject_order,
    retry_order,
    return_order,
)
from orders.states import next_state
from portal.accounts.models import User
from portal.admin import partner_site
from portal.admin_acts import Act, ActsAdmin, ReadOnlyAdmin
from portal.catalog.models import Family
from portal.channel.models import StaffAccess, SubmittedOrder
from portal.errors import RuleError, WrongState
from portal.history.queries import timeline_of
from portal.money import amount, day, with_currency
from portal.outbox.queries import emails_about
from portal.templatetags.kontor import moment
from portal.templatetags.kontor import state as state_tag
from portal.tenancy.context import current_partner, in_partner
from portal.tenancy.models import Partner

Data = Mapping[str, Any]


# A draft that channel sales can see is one that it gave back.
STATES: list[tuple[str, Any]] = [
    (state, gettext_lazy("Returned") if state == Order.State.DRAFT else label)
    for state, label in Order.State.choices
]


def state_sign(state: str, *, asked: bool = False) -> SafeString:
    """The state as a dot and a word; below it, that the partner asked for a cancel."""
    sign = state_tag(CSS[Order.State(state)], dict(STATES)[state])
    if not asked:
        return sign
    return format_html("{}<br>{}", sign, state_tag("is-warn", _("Cancel asked for")))


def is_cancel_asked(order: Order) -> bool:
    """Whether the partner asked for a cancel that channel sales has not decided yet."""
    return order.cancel_asked_at is not None and order.state == Order.State.ACCEPTED


def what_it_is(family: str, kind: str) -> str:
    """``Flex``, or ``Flex, change`` where it acts on what runs."""
    label = str(Family(family).label)
    return label if kind == Order.Kind.NEW else f"{label}, {Order.Kind(kind).label.lower()}"


def two_prices(row: Order | SubmittedOrder) -> SafeString:
    """One-off above monthly, each with the currency."""
    one_off = with_currency(row.one_off, row.currency)
    return format_html("{}<br>{}", one_off, with_currency(row.monthly, row.currency))


def order_page(partner: Partner, order_id: object, rest: str = "change/") -> str:
    """The address of an order's page in its partner's admin."""
    return f"/admin/p/{partner.slug}/orders/order/{order_id}/{rest}"


class ChoiceFilter(admin.SimpleListFilter):
    """A filter over a column whose choices another app knows."""

    choices_of: ClassVar[list[tuple[str, Any]]] = []

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return self.choices_of

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(**{str(self.parameter_name): chosen}) if chosen else queryset


class StateFilter(ChoiceFilter):
    title = gettext_lazy("state")
    parameter_name = "state"
    choices_of = STATES


class FamilyFilter(ChoiceFilter):
    title = gettext_lazy("family")
    parameter_name = "family"
    choices_of = list(Family.choices)


class KindFilter(ChoiceFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"
    choices_of = list(Order.Kind.choices)


# What an act needs to know beside the order: how it is called, and what to tell before.
_EXPLAIN: dict[str, Promise] = {
    "accept": gettext_lazy("The vendor can deliver."),
    "return": gettext_lazy("The order is a draft of the partner again, and its credit is free."),
    "reject": gettext_lazy("This is final: nothing is delivered, and the credit is free again."),
    "provision": gettext_lazy("The delivery has begun."),
    "fail": gettext_lazy("The order keeps its credit. It can be tried again or cancelled."),
    "retry": gettext_lazy("The delivery begins once more."),
    "complete": gettext_lazy("Services are made or changed, and billing starts."),
}


def _why_not(act: str, order: Order) -> str:
    try:
        next_state(order, act)
    except WrongState as error:
        return str(error)
    return ""


def _explain(act: str, order: Order) -> list[str]:
    person = order.submitted_by
    partner = current_partner()
    to = person.user.email if person else partner.notification_email if partner else ""
    lines = [str(_EXPLAIN[act]), _("An e-mail goes to %(address)s.") % {"address": to}]
    if act == "accept" and order.customer.lifecycle == Customer.Lifecycle.PROSPECT:
        lines.append(
            _("%(customer)s is a prospect so far, and becomes a customer.")
            % {"customer": order.customer.label}
        )
    return lines


def _explain_cancel(order: Order) -> list[str]:
    lines = [_("Nothing more is delivered, and the credit is free again.")]
    if order.cancel_asked_at is not None:
        lines.append(cancel_asked(order))
    if order.cancel_asked_for is not None:
        lines.append(
            _("A new draft is made for %(customer)s.") % {"customer": order.cancel_asked_for.label}
        )
    return lines


def cancel_asked(order: Order) -> str:
    """When and why the partner asked for a cancel, in one sentence."""
    assert order.cancel_asked_at is not None
    reason = Order.CancelReason(order.cancel_asked_reason or "other").label
    said = f"{reason}. {order.cancel_asked_text}".strip()
    when = day(timezone.localtime(order.cancel_asked_at).date())
    return _("The partner asked for this on %(day)s: %(said)s") % {"day": when, "said": said}


def _simple(
    service: Callable[..., Order],
    said: str | Promise,
    request: HttpRequest,
    order: Order,
    data: Data,
) -> str:
    """Run an act that needs nothing, or a reason."""
    facts = {"reason": data["reason"]} if "reason" in data else {}
    done = service(order.pk, at=timezone.localtime(), **facts)
    return str(said) % {"number": done.number}


def _cancel(request: HttpRequest, order: Order, data: Data) -> str:
    done, copy = cancel_accepted(order.pk, reason=data["reason"], at=timezone.localtime())
    if copy is None:
        return _("Order %(number)s is cancelled.") % {"number": done.number}
    return _("Order %(number)s is cancelled. Draft %(draft)s was made for %(customer)s.") % {
        "number": done.number,
        "draft": copy.number,
        "customer": copy.customer.label,
    }


def _complete(request: HttpRequest, order: Order, data: Data) -> str:
    done = complete_order(
        order.pk,
        delivered_on=data["delivered_on"],
        vendor_reference=data["vendor_reference"],
        deliveries=data["deliveries"],
        at=timezone.localtime(),
    )
    return _("Order %(number)s is completed.") % {"number": done.number}


def _title(pattern: Promise, order: Order) -> str:
    return str(pattern) % {"number": order.number, "customer": order.customer.label}


def _act(
    key: str, label: Promise, title: Promise, run: Callable[..., str], **extra: Any
) -> Act[Order]:
    return Act(
        label=label,
        title=partial(_title, title),
        run=run,
        why_not=partial(_why_not, key),
        **{"explain": partial(_explain, key), **extra},
    )


ACTS: dict[str, Act[Order]] = {
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
    ),
    "complete": _act(
        "complete",
        gettext_lazy("Complete"),
        gettext_lazy("Complete order %(number)s for %(customer)s"),
        _complete,
        form=CompleteForm,
        primary=True,
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
    """Another rate plan, from this moment on (ACC-14)."""
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


# The register does not know what runs for a customer; this act does.
CustomerAdmin.acts["plan"] = Act(
    label=gettext_lazy("Change the rate plan"),
    title=lambda customer: _("Rate plan of %(customer)s") % {"customer": customer.label},
    run=_plan,
    form=PlanForm,
    explain=_explain_plan,
)


@admin.register(Order, site=partner_site)
class OrderAdmin(ActsAdmin[Order]):
    """One partner's placed orders; each page is what a provisioning clerk works from."""

    acts = ACTS
    facts_template = "admin/orders/order/facts.html"
    list_display = (
        "number",
        "customer",
        "what",
        "state_shown",
        "prices",
        "dates",
    )
    list_filter = (
        StateFilter,
        FamilyFilter,
        KindFilter,
        ("submitted_at", admin.DateFieldListFilter),
    )
    list_select_related = ("customer",)
    search_fields = (
        "number__startswith",
        "customer__name__icontains",
        "customer__number__startswith",
        "reference__icontains",
        "po_number__icontains",
    )
    search_help_text = gettext_lazy("Number of the order, customer, reference")
    ordering = ("-submitted_at",)
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Order]:
        """What the partner placed; its unfinished drafts are its own."""
        return Order.objects.filter(submitted_at__isnull=False)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, order: Order) -> SafeString:
        return state_sign(order.state, asked=is_cancel_asked(order))

    @admin.display(description=gettext_lazy("family"), ordering="family")
    def what(self, order: Order) -> str:
        return what_it_is(order.family, order.kind)

    @admin.display(description=gettext_lazy("one-off, monthly"), ordering="monthly")
    def prices(self, order: Order) -> SafeString:
        return two_prices(order)

    @admin.display(description=gettext_lazy("submitted, start"), ordering="submitted_at")
    def dates(self, order: Order) -> SafeString:
        return format_html("{}<br>{}", moment(order.submitted_at), day(order.start_date))

    def load(self, request: HttpRequest, pk: Any) -> Order:
        order = super().load(request, pk)
        related = ("customer", "contact", "site", "submitted_by__user", "cancel_asked_for")
        return Order.objects.select_related(*related).get(pk=order.pk)

    def facts(self, request: HttpRequest, obj: Order) -> dict[str, Any]:
        partner = current_partner()
        assert partner is not None
        customer = obj.customer
        return {
            "title": _("Order %(number)s") % {"number": obj.number},
            "order": obj,
            "customer": customer,
            "state_sign": state_sign(obj.state),
            "family": Family(obj.family).label,
            "lines": [
                {
                    "line": line,
                    "one_off": amount(line.one_off_total),
                    "monthly": amount(line.monthly_total),
                    "before": line.service.quantity if line.service is not None else None,
                }
                for line in obj.lines.select_related("product", "service").order_by("position")
            ],
            "one_off": amount(obj.one_off),
            "monthly": amount(obj.monthly),
            "credit": {
                "limit": amount(customer.credit_limit),
                "used": amount(customer.credit_committed),
            },
            "details": detail_rows(obj),
            "asked": cancel_asked(obj) if is_cancel_asked(obj) else "",
            "timeline": timeline_of(obj),
            "emails": emails_about(partner, obj)[:20],
            "recreated_from": obj.recreated_from,
        }


@admin.register(SubmittedOrder)
class SubmittedOrderAdmin(ReadOnlyAdmin[SubmittedOrder]):
    """The orders of all partners: where channel sales begins its day."""

    list_display = (
        "number_link",
        "customer_shown",
        "what",
        "state_shown",
        "prices",
        "dates",
    )
    list_display_links = None
    list_filter = (
        StateFilter,
        "cancel_requested",
        "partner",
        FamilyFilter,
        KindFilter,
        ("submitted_at", admin.DateFieldListFilter),
    )
    list_select_related = ("partner",)
    search_fields = (
        "number__startswith",
        "customer_name__icontains",
        "customer_number__startswith",
    )
    search_help_text = gettext_lazy("Number of the order, name or number of the customer")
    ordering = ("-submitted_at",)
    show_full_result_count = False
    actions = ("accept", "provision")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[SubmittedOrder]:
        return SubmittedOrder.objects.across_partners()

    @admin.display(description=gettext_lazy("order"), ordering="number")
    def number_link(self, row: SubmittedOrder) -> SafeString:
        url = order_page(row.partner, row.order_id)
        return format_html('<a href="{}">{}</a>', url, row.number)

    @admin.display(description=gettext_lazy("customer, partner"), ordering="customer_name")
    def customer_shown(self, row: SubmittedOrder) -> SafeString:
        customer = f"{row.customer_name}, {row.customer_number}"
        return format_html('{}<br><span class="quiet">{}</span>', customer, row.partner)

    @admin.display(description=gettext_lazy("family"), ordering="family")
    def what(self, row: SubmittedOrder) -> str:
        return what_it_is(row.family, row.kind)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, row: SubmittedOrder) -> SafeString:
        return state_sign(row.state, asked=row.cancel_requested)

    @admin.display(description=gettext_lazy("one-off, monthly"), ordering="monthly")
    def prices(self, row: SubmittedOrder) -> SafeString:
        return two_prices(row)

    @admin.display(description=gettext_lazy("submitted, start"), ordering="submitted_at")
    def dates(self, row: SubmittedOrder) -> SafeString:
        submitted = day(row.submitted_at.astimezone(row.partner.tz).date())
        return format_html("{}<br>{}", submitted, day(row.start_date))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The order itself is in its partner's admin."""
        row = self.get_object(request, object_id)
        if row is None:
            return HttpResponseRedirect("/admin/channel/submittedorder/")
        return HttpResponseRedirect(order_page(row.partner, row.order_id))

    def _each(
        self,
        request: HttpRequest,
        rows: models.QuerySet[SubmittedOrder],
        key: str,
        service: Callable[..., Order],
    ) -> None:
        """Run one act on each chosen order: in its own partner's context, each for itself, with
        a result each (SPEC D24)."""
        assert isinstance(request.user, User)
        for row in rows.select_related("partner").order_by("submitted_at"):
            facts = {"number": row.number, "partner": row.partner.name}
            status = 200
            try:
                with in_partner(row.partner):
                    service(row.order_id, at=timezone.localtime())
            except RuleError as error:
                facts["error"], status = str(error), 409
                text = _("%(number)s of %(partner)s: %(error)s") % facts
                self.message_user(request, text, messages.ERROR)
            else:
                text = _("%(number)s of %(partner)s: done.") % facts
                self.message_user(request, text, messages.SUCCESS)
            StaffAccess.objects.create(
                partner=row.partner,
                user=request.user,
                at=timezone.now(),
                method="POST",
                path=order_page(row.partner, row.order_id, f"do/{key}/"),
                status=status,
            )

    @admin.action(description=gettext_lazy("Accept"))
    def accept(self, request: HttpRequest, chosen: models.QuerySet[SubmittedOrder]) -> None:
        self._each(request, chosen, "accept", accept_order)

    @admin.action(description=gettext_lazy("Start provisioning"))
    def provision(self, request: HttpRequest, chosen: models.QuerySet[SubmittedOrder]) -> None:
        self._each(request, chosen, "provision", provision_order)
