"""Onboarding: from a customer to a running system, and the system itself (SM-ONBOARDING)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.catalog.models.platforms import CUSTOMER, SUMMARY
from portal.core.versioning import VersionedMixin
from portal.tenancy.models import TenantModel


def in_reader_language(texts: object) -> str:
    """Return one of the texts by language; English where there is no translation."""
    if not isinstance(texts, dict):
        return str(texts or "")
    return str(texts.get((get_language() or "en")[:2]) or texts.get("en") or "")


class OnboardingQuerySet(models.QuerySet["Onboarding"]):
    """Queries on onboardings."""

    def visible_to(self, person: Membership) -> OnboardingQuerySet:
        """Return those of customers that the person sees, and the new ones they may work on.

        An onboarding without a customer yet is seen by who sees all customers, and by who began it.
        """
        if person.may("view_customer") and person.customer_id is None:
            return self
        customers: Any = self.model._meta.get_field("customer").related_model
        seen = Q(customer__in=customers.objects.visible_to(person))
        if person.customer_id is not None:
            return self.filter(seen)
        return self.filter(seen | Q(customer=None, created_by_id=person.pk))

    def open(self) -> OnboardingQuerySet:
        return self.filter(state=Onboarding.State.IN_PROGRESS)


class Onboarding(VersionedMixin, TenantModel):
    """The guided way of one customer onto one platform.

    What is answered is kept here until the onboarding is completed; only a customer that it created
    is in the register from the first step on (ONB-20, ONB-21). A cancelled one is deleted.
    """

    class State(models.TextChoices):
        IN_PROGRESS = "in_progress", _("In progress")
        COMPLETED = "completed", _("Completed")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, related_name="onboardings"
    )
    # The customer is one that this onboarding created: cancelling removes it again.
    makes_customer = models.BooleanField(default=False)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.IN_PROGRESS
    )
    platform = models.CharField(_("platform"), max_length=30)
    # The steps as they were when it was begun; see customers.onboarding.flow.
    flow = models.JSONField()
    # Until the customer is created, what it is to be called.
    name = models.CharField(_("customer name"), max_length=200, blank=True)
    # By the code of the step, and within it by the code of the field.
    answers = models.JSONField(default=dict)
    # Encrypted, by step and field; only customers.onboarding.secrets reads it.
    secrets = models.JSONField(default=dict, editable=False)
    current = models.CharField(max_length=30, default=CUSTOMER)
    done = ArrayField(models.CharField(max_length=30), default=list)
    created_by = models.ForeignKey(
        Membership, models.DO_NOTHING, related_name="+", verbose_name=_("begun by")
    )
    changed_by = models.ForeignKey(
        Membership, models.DO_NOTHING, related_name="+", verbose_name=_("changed by")
    )
    created_at = models.DateTimeField(_("begun"), editable=False)
    changed_at = models.DateTimeField(_("changed"), editable=False)
    completed_at = models.DateTimeField(_("completed"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OnboardingQuerySet.as_manager()

    class Meta:
        verbose_name = _("onboarding")
        verbose_name_plural = _("onboardings")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state="in_progress"), name="onboarding_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="in_progress")
                | Q(customer__isnull=False, completed_at__isnull=False),
                name="onboarding_completed_has_customer",
            ),
        ]
        indexes = [models.Index(fields=["state", "-changed_at"], name="onboarding_by_state")]

    def __str__(self) -> str:
        return f"{self.customer_label} ({self.platform_name})"

    @property
    def customer_label(self) -> str:
        """Return whom it is for, also before the customer exists."""
        if self.customer is not None:
            return self.customer.label
        return self.name or gettext("New customer")

    @property
    def platform_name(self) -> str:
        return str(self.flow["name"])

    @property
    def step_codes(self) -> list[str]:
        """Return the codes of the steps in order; the customer's comes first (ONB-01)."""
        return [CUSTOMER, *(step["code"] for step in self.flow["steps"])]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.IN_PROGRESS

    @property
    def steps_left(self) -> list[str]:
        """Return the codes of the steps that are not done."""
        return [code for code in self.step_codes if code not in self.done]

    @property
    def place(self) -> str:
        """Return where to go on: the step it was left at, or the summary (ONB-24)."""
        return self.current if self.current in (*self.step_codes, SUMMARY) else CUSTOMER

    @property
    def progress(self) -> str:
        """Return how far it is, in words."""
        count = len(self.step_codes)
        return gettext("%(n)s of %(count)s steps") % {
            "n": count - len(self.steps_left),
            "count": count,
        }


class System(TenantModel):
    """A system in operation at a customer: what an onboarding left behind, without its secrets."""

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="systems")
    onboarding = models.OneToOneField(
        Onboarding, models.CASCADE, related_name="system", verbose_name=_("onboarding")
    )
    site = models.ForeignKey(
        "customers.Site",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="systems",
        verbose_name=_("site"),
    )
    platform = models.CharField(_("platform"), max_length=80)
    # What tells it apart from another one of the platform: the gateway's name, or its number.
    name = models.CharField(_("name"), max_length=120)
    # [{"step": {language: text}, "label": {...}, "value": text or {language: text}}]
    facts = models.JSONField(default=list)
    created_at = models.DateTimeField(_("in operation since"), editable=False)

    class Meta:
        verbose_name = _("system")
        verbose_name_plural = _("systems")
        indexes = [models.Index(fields=["customer", "-created_at"], name="system_by_customer")]

    def __str__(self) -> str:
        return f"{self.platform}, {self.name}" if self.name else self.platform

    @property
    def shown_facts(self) -> list[tuple[str, str, str]]:
        """Return step, label and value of each fact in the reader's language."""
        return [
            (
                in_reader_language(fact["step"]),
                in_reader_language(fact["label"]),
                in_reader_language(fact["value"]),
            )
            for fact in self.facts
        ]


class ReachCheck(TenantModel):
    """A check from the worker, whether an address resolves and its port answers."""

    class Result(models.TextChoices):
        WAITING = "waiting", _("Not checked yet")
        ANSWERS = "answers", _("Answers")
        NOT_FOUND = "not_found", _("The name is not known")
        NOT_ALLOWED = "not_allowed", _("Not a public address")
        REFUSED = "refused", _("Nothing listens at this port")
        SILENT = "silent", _("No answer within 5 seconds")
        UNREACHABLE = "unreachable", _("There is no way to this address")

    onboarding = models.ForeignKey(Onboarding, models.CASCADE, related_name="checks")
    step = models.CharField(max_length=30)
    host = models.CharField(_("address"), max_length=253)
    port = models.PositiveIntegerField(_("port"))
    result = models.CharField(
        _("result"), max_length=12, choices=Result.choices, default=Result.WAITING
    )
    # The address that answered or did not.
    address = models.CharField(max_length=50, blank=True)
    created_by = models.ForeignKey(Membership, models.DO_NOTHING, related_name="+")
    created_at = models.DateTimeField(editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("check of an address")
        verbose_name_plural = _("checks of addresses")
        indexes = [models.Index(fields=["onboarding", "-created_at"], name="reachcheck_newest")]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
