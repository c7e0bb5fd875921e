"""Service reports: what a technician did at a customer, signed off by the customer (D14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer, Site
from orders.models import Order
from portal.accounts.models import Membership
from portal.core.finding import FindKeyField, find_key
from portal.core.versioning import VersionedMixin
from portal.tenancy.models import TenantModel
from support.models.report import ProblemReport

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

DAY_IN_MINUTES = 24 * 60


class ServiceReportQuerySet(models.QuerySet["ServiceReport"]):
    """Queries on service reports."""

    def visible_to(self, person: Membership) -> ServiceReportQuerySet:
        """Return the service reports that a person may read.

        People of the partner: those of visible customers, with the right to see reports. A
        customer's users: the finished ones of their own company.
        """
        if not person.may("view_report"):
            return self.none()
        if person.customer_id is not None:
            return self.filter(customer_id=person.customer_id, state__in=ServiceReport.FINISHED)
        if person.may("view_customer"):
            return self
        return self.filter(customer__in=Customer.objects.visible_to(person))


class ServiceReport(VersionedMixin, TenantModel):
    """The work of one visit: planned as a work order, written on the spot, signed off."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Work order")
        DRAFT = "draft", _("Draft")
        SIGNED = "signed", _("Signed off")
        # Finished without the customer's signature, with the reason.
        UNSIGNED = "unsigned", _("Finished without signature")
        CANCELLED = "cancelled", _("Cancelled")

    class Result(models.TextChoices):
        SOLVED = "solved", _("Solved")
        PARTLY = "partly", _("Partly solved")
        NOT_SOLVED = "not_solved", _("Not solved")

    FINISHED = (State.SIGNED, State.UNSIGNED)

    number = models.CharField(_("service report"), max_length=20, unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="service_reports", verbose_name=_("customer")
    )
    site = models.ForeignKey(
        Site,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_reports",
        verbose_name=_("site"),
    )
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_reports",
        verbose_name=_("order"),
    )
    report = models.ForeignKey(
        ProblemReport,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_reports",
        verbose_name=_("problem report"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    version = models.PositiveIntegerField(default=1, editable=False)
    technician = models.ForeignKey(
        Membership, models.DO_NOTHING, related_name="+", verbose_name=_("technician")
    )
    planned_for = models.DateField(_("planned for"), null=True, blank=True)
    task = models.TextField(_("what is to be done"), blank=True, max_length=5_000)
    performed_on = models.DateField(_("date"), null=True, blank=True)
    minutes = models.PositiveIntegerField(
        _("time spent"), default=0, validators=[MaxValueValidator(DAY_IN_MINUTES)]
    )
    travel_minutes = models.PositiveIntegerField(
        _("travel time"), default=0, validators=[MaxValueValidator(DAY_IN_MINUTES)]
    )
    travel_km = models.PositiveIntegerField(
        _("distance, km"), default=0, validators=[MaxValueValidator(5_000)]
    )
    work = models.TextField(_("work done"), blank=True, max_length=10_000)
    result = models.CharField(_("result"), max_length=10, choices=Result.choices, blank=True)
    next_step = models.TextField(_("next step"), blank=True, max_length=2_000)
    signer = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signed_service_reports",
        verbose_name=_("signed by"),
    )
    signer_name = models.CharField(_("name of the person who signs"), max_length=150, blank=True)
    # The drawn signature as PNG.
    signature = models.BinaryField(null=True, editable=False)
    unsigned_reason = models.CharField(_("why not signed"), max_length=300, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # What was signed, as it was then, and its SHA-256; the PDF is made of it.
    snapshot = models.JSONField(null=True, editable=False)
    snapshot_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    created_by = models.ForeignKey(
        Membership, models.DO_NOTHING, related_name="+", verbose_name=_("written by")
    )
    created_at = models.DateTimeField(_("written"))
    changed_at = models.DateTimeField(_("changed"))

    find_key = FindKeyField()

    objects = ServiceReportQuerySet.as_manager()

    parts: RelatedManager[ServicePart]

    class Meta:
        verbose_name = _("service report")
        verbose_name_plural = _("service reports")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="signed") | (Q(signature__isnull=False) & ~Q(signer_name="")),
                name="servicereport_signed_has_signature",
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="servicereport_by_customer"),
            models.Index(fields=["-created_at"], name="servicereport_by_date"),
            models.Index(
                fields=["technician", "planned_for"],
                condition=Q(state="planned") | Q(state="draft"),
                name="servicereport_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def make_find_key(self) -> str:
        return find_key(self.number, self.task[:200], self.work[:200])

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINISHED

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.PLANNED, self.State.DRAFT)


class ServicePart(TenantModel):
    """A part that was used."""

    service_report = models.ForeignKey(ServiceReport, models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    name = models.CharField(_("part"), max_length=150)
    serial = models.CharField(_("serial number"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("part")
        verbose_name_plural = _("parts")
        constraints = [
            models.UniqueConstraint(
                fields=["service_report", "position"], name="servicepart_position_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
