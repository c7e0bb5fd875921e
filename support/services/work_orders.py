"""Work orders: planned, begun as a service report, or cancelled (SUP-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer, Site
from orders.models import Order
from portal.accounts.models import Membership
from portal.core.errors import RuleError, WrongState
from portal.history.services import record
from portal.notices.services import notify
from portal.tenancy.context import local_day
from support.models import ProblemReport, ServiceReport
from support.services.conversation import lock_report
from support.services.progress import ReasonNeeded, save_with
from support.services.reporting import CustomerInactive, NotOfThisCustomer, next_number
from support.states import WrongReportState, check_work_step

State = ServiceReport.State
CONVERTIBLE = (ProblemReport.State.ACKNOWLEDGED, ProblemReport.State.IN_PROGRESS)


class NothingToDo(RuleError):
    """Refuse a work order that does not say what is to be done."""

    def __init__(self) -> None:
        super().__init__(_("Write what is to be done."), field="task")


class HasWorkOrder(WrongState):
    """Refuse a second open work order of a problem report (SUP-01)."""

    def __init__(self, report: ProblemReport) -> None:
        super().__init__(
            _("This report was turned into work order %s already.") % report.work_order
        )


@dataclass(frozen=True)
class Plan:
    """What is to be done, where, when and by whom."""

    task: str = ""
    planned_for: date | None = None
    technician: Membership | None = None
    site: Site | None = None
    order: Order | None = None
    report: ProblemReport | None = None


def lock_work(work_id: UUID) -> ServiceReport:
    """Return the service report's row, locked to the end of the transaction."""
    return (
        ServiceReport.objects.select_for_update(of=("self",))
        .select_related("customer", "site", "order", "report", "technician__user")
        .get(pk=work_id)
    )


def save_work(work: ServiceReport, *fields: str, at: datetime) -> None:
    """Save fields of a service report, with its version and when it changed."""
    work.touch(at)
    work.save(update_fields=[*fields, "version", "changed_at"])


@transaction.atomic
def plan_work_order(
    customer: Customer, plan: Plan, *, by: Membership, at: datetime, work_id: UUID | None = None
) -> ServiceReport:
    """Plan a visit: a work order of a customer, its site, an order or a problem report.

    The problem report leaves the default list as long as the work order is open; its state stays
    (REG-33, SUP-01). The technician gets a notification. ``work_id`` comes from the form, so that
    the same form sent twice makes one. Raise NothingToDo, NotOfThisCustomer, CustomerInactive,
    WrongReportState, HasWorkOrder.
    """
    there = _there(work_id, customer, by)
    if there is not None:
        return there
    if not plan.task.strip():
        raise NothingToDo
    report = _convertible(plan.report)
    work = _make(customer, plan, State.PLANNED, by=by, at=at, work_id=work_id)
    record(work, "service_planned", customer_id=customer.pk, person=work.technician.shown_name)
    if report is not None and report.work_order_id is None:
        report.work_order = work
        save_with(report, "work_order", at=at)
        record(report, "report_converted", customer_id=customer.pk, work_order=work.number)
    tell_technician(work, by=by, at=at)
    return work


def _there(work_id: UUID | None, customer: Customer, by: Membership) -> ServiceReport | None:
    """Return what the same form made before."""
    if work_id is None:
        return None
    return ServiceReport.objects.filter(pk=work_id, customer=customer, created_by=by).first()


def _convertible(report: ProblemReport | None) -> ProblemReport | None:
    """Lock the report; raise WrongReportState or HasWorkOrder if it can't be converted."""
    if report is None:
        return None
    locked = lock_report(report.pk)
    if locked.work_order_id is not None:
        raise HasWorkOrder(locked)
    if locked.state not in CONVERTIBLE:
        raise WrongReportState(locked, "convert")
    return locked


def _make(
    customer: Customer,
    plan: Plan,
    state: str,
    *,
    by: Membership,
    at: datetime,
    work_id: UUID | None,
) -> ServiceReport:
    if not customer.is_active:
        raise CustomerInactive(customer)
    for field in ("site", "order", "report"):
        part = getattr(plan, field)
        if part is not None and part.customer_id != customer.pk:
            raise NotOfThisCustomer(field)
    is_draft = state == State.DRAFT
    work = ServiceReport(
        id=work_id or uuid4(),
        number=next_number("support_service_number", "S", at),
        customer=customer,
        site=plan.site,
        order=plan.order,
        report=plan.report,
        state=state,
        technician=plan.technician or by,
        planned_for=plan.planned_for,
        task=plan.task.strip(),
        performed_on=local_day(at) if is_draft else None,
        created_by=by,
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            work.save(force_insert=True)
    except IntegrityError:
        won = _there(work_id, customer, by)
        if won is None:
            raise
        return won
    return work


def tell_technician(work: ServiceReport, *, by: Membership, at: datetime) -> None:
    """Notify who is to do the work, unless they planned it themselves."""
    if work.technician_id == by.pk:
        return
    notify(
        work.technician,
        "service_yours",
        at=at,
        url=reverse("service:work", "portal.urls", args=[work.pk]),
        number=work.number,
        customer=work.customer.label,
        who=by.shown_name,
    )


@transaction.atomic
def start_report(
    customer: Customer, plan: Plan, *, by: Membership, at: datetime, work_id: UUID | None = None
) -> ServiceReport:
    """Start a service report without a work order; raise what `plan_work_order` raises of parts."""
    there = _there(work_id, customer, by)
    if there is not None:
        return there
    work = _make(customer, plan, State.DRAFT, by=by, at=at, work_id=work_id)
    record(work, "service_begun", customer_id=customer.pk, person=by.shown_name)
    return work


@transaction.atomic
def begin_work(work_id: UUID, *, by: Membership, at: datetime) -> ServiceReport:
    """Begin a planned work order: PLANNED -> DRAFT; whoever begins it is the technician."""
    work = lock_work(work_id)
    if work.state == State.DRAFT:
        return work  # Pressed twice.
    check_work_step(work, State.DRAFT, "begin")
    work.state, work.technician, work.performed_on = State.DRAFT, by, local_day(at)
    save_work(work, "state", "technician", "performed_on", at=at)
    record(work, "service_begun", customer_id=work.customer_id, person=by.shown_name)
    return work


@transaction.atomic
def cancel_work(work_id: UUID, *, text: str, by: Membership, at: datetime) -> ServiceReport:
    """Cancel a work order or a draft, with the reason; its problem report is back in the list."""
    if not text.strip():
        raise ReasonNeeded(_("Write why."))
    work = lock_work(work_id)
    check_work_step(work, State.CANCELLED, "cancel")
    work.state = State.CANCELLED
    save_work(work, "state", at=at)
    record(work, "service_cancelled", customer_id=work.customer_id, reason=text.strip()[:500])
    if work.report_id is not None:
        give_back(lock_report(work.report_id), work, at=at)
    return work


def give_back(report: ProblemReport, work: ServiceReport, *, at: datetime) -> None:
    """Put a converted problem report back into the default list (SUP-01)."""
    if report.work_order_id != work.pk:
        return
    report.work_order = None
    save_with(report, "work_order", at=at)
    record(report, "report_back", customer_id=report.customer_id, work_order=work.number)
