"""What channel sales sees across partners, and what must be unique among all of them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.channel.bulk_models import BulkAct, BulkActItem
from portal.channel.evidence_models import EvidenceAnchor
from portal.channel.notices import (
    StaffEvent,
    StaffNotice,
    StaffNoticeRead,
    StaffSubscription,
)
from portal.channel.view_models import StaffView
from portal.core.finding import FindKeyField, find_key
from portal.tenancy.managers import PartnerOwnedManager
from portal.tenancy.models import Partner

__all__ = [
    "BulkAct",
    "BulkActItem",
    "DirectoryEntry",
    "EscalatedReport",
    "EvidenceAnchor",
    "StaffAccess",
    "StaffEvent",
    "StaffNotice",
    "StaffNoticeRead",
    "StaffSubscription",
    "StaffView",
    "SubmittedOrder",
]


class DirectoryEntry(models.Model):
    """One customer of one partner: the claim on its name (D3) and channel sales' searchable row.

    ``name_key`` is unique across all partners; whoever inserts it first has the name (ACC-11).
    """

    # The customer's own id. Not a foreign key: public never points into a partner's schema.
    customer_id = models.UUIDField(primary_key=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="directory")
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=800, unique=True)
    number = models.CharField(_("customer number"), max_length=40)
    town = models.CharField(_("town"), max_length=100, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_own_company = models.BooleanField(_("own company"), default=False)
    find_key = FindKeyField()

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("customer")
        verbose_name_plural = _("customers of all partners")

    def __str__(self) -> str:
        return f"{self.name}, {self.number}"

    def make_find_key(self) -> str:
        return find_key(self.name)


class SubmittedOrder(models.Model):
    """A submitted order as a row in channel sales' list.

    The order itself stays in the partner's schema; ``orders`` updates this row within its own
    transactions.
    """

    order_id = models.UUIDField(primary_key=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="submitted_orders")
    number = models.CharField(_("order"), max_length=20)
    customer_id = models.UUIDField()
    customer_name = models.CharField(_("customer"), max_length=200)
    customer_number = models.CharField(_("customer number"), max_length=40)
    family = models.CharField(_("family"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10)
    state = models.CharField(_("state"), max_length=20)
    currency = models.CharField(_("currency"), max_length=3)
    one_off = models.DecimalField(_("one-off"), max_digits=14, decimal_places=2)
    monthly = models.DecimalField(_("monthly"), max_digits=14, decimal_places=2)
    start_date = models.DateField(_("start date"), null=True)
    submitted_at = models.DateTimeField(_("submitted"))
    changed_at = models.DateTimeField(_("changed"))
    cancel_requested = models.BooleanField(_("cancel asked for"), default=False)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("submitted order")
        verbose_name_plural = _("submitted orders")
        indexes = [
            models.Index(fields=["-submitted_at"], name="submitted_by_date"),
            models.Index(fields=["state", "-submitted_at"], name="submitted_by_state"),
            models.Index(fields=["partner", "-submitted_at"], name="submitted_by_partner"),
            models.Index(
                fields=["changed_at"],
                condition=models.Q(cancel_requested=True),
                name="submitted_cancel_asked",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class StaffAccess(models.Model):
    """One access of staff to an object of a partner: who, what, when. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="staff_accesses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="staff_accesses"
    )
    at = models.DateTimeField(_("when"))
    method = models.CharField(_("method"), max_length=8)
    path = models.CharField(_("page"), max_length=300)
    status = models.PositiveSmallIntegerField(_("answer"))
    # CHAN-33: why, as the person said when the visit began.
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="", db_default="")
    # The name of the page's address, and of the action on it; what it was about, in words.
    page = models.CharField(max_length=100, blank=True, default="", db_default="")
    action = models.CharField(max_length=50, blank=True, default="", db_default="")
    object_label = models.CharField(
        _("what"), max_length=200, blank=True, default="", db_default=""
    )
    changed = models.BooleanField(_("changed"), default=False, db_default=False)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("access by staff")
        verbose_name_plural = _("accesses by staff")
        indexes = [
            models.Index(fields=["-at"], name="staff_access_at"),
            models.Index(fields=["partner", "-at"], name="staff_access_of_partner"),
            models.Index(fields=["user", "-at"], name="staff_access_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.path}"


class EscalatedReport(models.Model):
    """A partner's problem report that was escalated, as channel sales lists it (ONB-19).

    Updated in the transactions of the report, as SubmittedOrder is in those of the order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="escalated_reports", verbose_name=_("partner")
    )
    report_id = models.UUIDField(unique=True)
    number = models.CharField(_("report"), max_length=20)
    customer_id = models.UUIDField()
    customer_name = models.CharField(_("customer"), max_length=200)
    customer_number = models.CharField(_("customer number"), max_length=40)
    subject = models.CharField(_("subject"), max_length=150)
    severity = models.CharField(_("severity"), max_length=1)
    # Whether it is channel sales' turn.
    is_open = models.BooleanField(_("open"), default=True)
    escalated_at = models.DateTimeField(_("escalated"))
    answered_at = models.DateTimeField(_("answered"), null=True)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("escalated report")
        verbose_name_plural = _("escalated reports")
        indexes = [
            models.Index(fields=["is_open", "-escalated_at"], name="escalated_by_turn"),
            models.Index(fields=["partner", "-escalated_at"], name="escalated_by_partner"),
        ]

    def __str__(self) -> str:
        return self.number


class RegistrationRow(models.Model):
    """A partner's registration of a customer, as channel sales lists it (CHAN-02).

    Updated in the transactions of the registration, as SubmittedOrder is in those of the order.
    """

    registration_id = models.UUIDField(primary_key=True)
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="registrations", verbose_name=_("partner")
    )
    family = models.CharField(_("family"), max_length=20)
    customer_name = models.CharField(_("customer"), max_length=200)
    customer_number = models.CharField(_("customer number"), max_length=40)
    is_new = models.BooleanField(_("new customer"))
    name_key = models.CharField(max_length=800)
    state = models.CharField(_("state"), max_length=12)
    # Whether it is channel sales' turn.
    is_open = models.BooleanField(_("open"), default=True)
    channels = models.PositiveIntegerField(_("channels"))
    credit_limit = models.DecimalField(
        _("credit limit"), max_digits=14, decimal_places=2, null=True
    )
    submitted_at = models.DateTimeField(_("sent"))
    changed_at = models.DateTimeField(_("changed"))

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [
            models.Index(fields=["is_open", "submitted_at"], name="registration_by_turn"),
            models.Index(fields=["partner", "-submitted_at"], name="registration_by_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_name}, {self.customer_number}"


class NameQuestion(models.Model):
    """A partner's question about a customer name that is in use, and the answer (CHAN-42)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="name_questions", verbose_name=_("partner")
    )
    name = models.CharField(_("customer name"), max_length=200)
    message = models.TextField(_("message"), max_length=2000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))
    is_open = models.BooleanField(_("open"), default=True)
    answer = models.TextField(_("answer"), blank=True, max_length=2000)
    answered_by = models.CharField(_("answered by"), max_length=150, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("question about a name")
        verbose_name_plural = _("questions about names")
        indexes = [models.Index(fields=["is_open", "asked_at"], name="namequestion_by_turn")]

    def __str__(self) -> str:
        return self.name


class PriceAnnouncement(models.Model):
    """What channel sales says of prices that change on a day (CHAN-43); it is never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), max_length=5000)
    valid_from = models.DateField(_("prices hold from"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("announced"))

    class Meta:
        verbose_name = _("price announcement")
        verbose_name_plural = _("price announcements")

    def __str__(self) -> str:
        return self.title


class AnnouncedTo(models.Model):
    """A partner that an announcement goes to, and when its people were told."""

    announcement = models.ForeignKey(PriceAnnouncement, models.CASCADE, related_name="announced_to")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="announcements")
    told_at = models.DateTimeField(null=True)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("partner that is told")
        verbose_name_plural = _("partners that are told")
        constraints = [
            models.UniqueConstraint(fields=["announcement", "partner"], name="announced_once")
        ]
        indexes = [
            models.Index(
                fields=["partner"], condition=models.Q(told_at=None), name="announcement_due"
            )
        ]

    def __str__(self) -> str:
        return str(self.partner)
