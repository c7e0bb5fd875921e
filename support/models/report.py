"""Problem reports: what is wrong at a customer, who works on it, and until when (SM-REPORT)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer, Site, SupportContact, System
from orders.models import Order, Service
from portal.accounts.models import Membership
from portal.core.finding import FindKeyField, find_key
from portal.core.versioning import VersionedMixin
from portal.tenancy.models import TenantModel

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ReportQuerySet(models.QuerySet["ProblemReport"]):
    """Queries on problem reports."""

    def visible_to(self, person: Membership) -> ReportQuerySet:
        """Return the reports of visible customers, if the person has the right to see reports."""
        if not person.may("view_report"):
            return self.none()
        if person.may("view_customer") and person.customer_id is None:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(person))

    def open(self) -> ReportQuerySet:
        """Return the reports that somebody still has to do something about."""
        return self.filter(state__in=ProblemReport.OPEN)

    def listed(self) -> ReportQuerySet:
        """Return what the default list shows: not closed, cancelled or converted (REG-33)."""
        hidden = (ProblemReport.State.CLOSED, ProblemReport.State.CANCELLED)
        return self.exclude(state__in=hidden).filter(work_order=None)


class ProblemReport(VersionedMixin, TenantModel):
    """One problem of exactly one customer; a trigger refuses to change the customer."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        IN_PROGRESS = "in_progress", _("In progress")
        WAITING_CUSTOMER = "waiting", _("Waiting for the customer")
        ESCALATED = "escalated", _("Escalated")
        RESOLVED = "resolved", _("Resolved")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    class Severity(models.TextChoices):
        """How bad it is, in the words of the trade; the worst first."""

        CRITICAL = "1", _("Critical – nothing works")
        MAJOR = "2", _("Major – an important part does not work")
        MINOR = "3", _("Minor – works with limits")
        QUESTION = "4", _("Question or wish")

    class Channel(models.TextChoices):
        """How it reached the portal."""

        PORTAL = "portal", _("Portal")
        MAIL = "mail", _("E-mail")
        PHONE = "phone", _("Telephone")

    OPEN = (
        State.NEW,
        State.ACKNOWLEDGED,
        State.IN_PROGRESS,
        State.WAITING_CUSTOMER,
        State.ESCALATED,
    )

    number = models.CharField(_("report"), max_length=20, unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="reports", verbose_name=_("customer")
    )
    subject = models.CharField(_("subject"), max_length=150)
    description = models.TextField(_("description"), max_length=10_000)
    severity = models.CharField(_("severity"), max_length=1, choices=Severity.choices)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.NEW)
    channel = models.CharField(
        _("received by"), max_length=6, choices=Channel.choices, default=Channel.PORTAL
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("site")
    )
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("order"),
    )
    service = models.ForeignKey(
        Service,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("service"),
    )
    system = models.ForeignKey(
        System,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("system"),
    )
    # Who had the problem: a contact of the customer, if the partner reports on their behalf.
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("reported for"),
    )
    created_by = models.ForeignKey(
        Membership, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("reported by")
    )
    # Kept with the row: a person's place may end, and a mail may be from nobody with a place.
    reporter_name = models.CharField(_("reported by"), max_length=150)
    reporter_email = models.EmailField(_("reporter's e-mail"), max_length=320, blank=True)
    # Who is working on it.
    handler = models.ForeignKey(
        Membership,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    created_at = models.DateTimeField(_("reported"))
    changed_at = models.DateTimeField(_("changed"))
    # When somebody has to have acknowledged it, by the partner's hours; None: no limit.
    due_at = models.DateTimeField(_("to be acknowledged by"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    raised_at = models.DateTimeField(null=True, blank=True, editable=False)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.CharField(_("acknowledged by"), max_length=150, blank=True)
    first_answer_at = models.DateTimeField(_("first answer"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    closing_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    solution = models.TextField(_("solution"), blank=True, max_length=5_000)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates"
    )
    # The open work order that it was converted to; gone again once the work is done.
    work_order = models.ForeignKey(
        "support.ServiceReport", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    find_key = FindKeyField()

    objects = ReportQuerySet.as_manager()

    duplicates: RelatedManager[ProblemReport]

    class Meta:
        verbose_name = _("problem report")
        verbose_name_plural = _("problem reports")
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="report_by_customer"),
            models.Index(fields=["state", "-created_at"], name="report_by_state"),
            models.Index(fields=["-created_at"], name="report_by_date"),
            models.Index(fields=["-changed_at"], name="report_by_change"),
            models.Index(
                F("due_at"),
                condition=Q(state="new", due_at__isnull=False),
                name="report_to_acknowledge",
            ),
            models.Index(F("resolved_at"), condition=Q(state="resolved"), name="report_to_close"),
        ]

    def __str__(self) -> str:
        return self.number

    def make_find_key(self) -> str:
        return find_key(self.number, self.subject, self.reporter_name)

    @property
    def label(self) -> str:
        """Return number and subject, as headings and mails name it."""
        return f"{self.number} {self.subject}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    def is_late(self, now: datetime) -> bool:
        """Return whether somebody should have acknowledged it by now."""
        return self.state == self.State.NEW and self.due_at is not None and self.due_at < now


class ReportWatcher(TenantModel):
    """A person of the partner who is told of everything about a report (REG-21)."""

    report = models.ForeignKey(ProblemReport, models.CASCADE, related_name="watchers")
    membership = models.ForeignKey(Membership, models.DO_NOTHING, related_name="+")

    class Meta:
        verbose_name = _("assigned person")
        verbose_name_plural = _("assigned people")
        constraints = [
            models.UniqueConstraint(fields=["report", "membership"], name="reportwatcher_once")
        ]
        indexes = [models.Index(fields=["membership", "report"], name="reportwatcher_person")]

    def __str__(self) -> str:
        return str(self.membership)


class ReportRecipient(TenantModel):
    """A support contact whom a report was sent to; the link of the mail acknowledges it."""

    report = models.ForeignKey(ProblemReport, models.CASCADE, related_name="recipients")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, related_name="+", verbose_name=_("contact")
    )
    name = models.CharField(_("name"), max_length=170)
    email = models.EmailField(_("e-mail"), max_length=320)
    roles = models.CharField(_("roles"), max_length=60, blank=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [
            models.UniqueConstraint(fields=["report", "email"], name="reportrecipient_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def labels(self) -> str:
        """Return the roles in words of the reader's language."""
        known = dict(SupportContact.Role.choices)
        roles = [role.strip() for role in self.roles.split(",") if role.strip()]
        # Before the roles were kept as such, their names were kept.
        return ", ".join(str(known.get(role, role)) for role in roles)
