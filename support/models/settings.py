"""The settings of problem reports, and the partner's own words for their states."""

from __future__ import annotations

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import TenantModel
from support.models.report import ProblemReport


def working_days() -> list[int]:
    """Return Monday to Friday, as ISO weekdays."""
    return [1, 2, 3, 4, 5]


class SupportSettings(TenantModel):
    """The administrator's settings for problem and service reports. One row."""

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    # Empty: the partner's notification address.
    email = models.EmailField(_("support address"), blank=True)
    days = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("working days"), default=working_days
    )
    opens_at = models.TimeField(_("working hours from"), default=time(8))
    closes_at = models.TimeField(_("working hours until"), default=time(17))
    # Minutes of working time until a report has to be acknowledged; 0: no limit.
    critical_minutes = models.PositiveIntegerField(_("critical"), default=30)
    major_minutes = models.PositiveIntegerField(_("major"), default=120)
    minor_minutes = models.PositiveIntegerField(_("minor"), default=480)
    question_minutes = models.PositiveIntegerField(_("question"), default=960)
    # REG-33: hours of working time until the person who works on it is reminded; 0: never.
    reminder_hours = models.PositiveSmallIntegerField(_("remind after, hours"), default=8)
    close_after_days = models.PositiveSmallIntegerField(
        _("close a resolved report after, days"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    customers_see_prices = models.BooleanField(_("customers see prices"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("settings of problem reports")
        verbose_name_plural = _("settings of problem reports")
        constraints = [
            models.CheckConstraint(
                condition=Q(singleton=True) & Q(opens_at__lt=F("closes_at")),
                name="supportsettings_one_row_and_hours",
            )
        ]

    def __str__(self) -> str:
        return "settings"

    def minutes_for(self, severity: str) -> int:
        """Return how many working minutes there are to acknowledge a report; 0: no limit."""
        severities = ProblemReport.Severity
        return {
            severities.CRITICAL.value: self.critical_minutes,
            severities.MAJOR.value: self.major_minutes,
            severities.MINOR.value: self.minor_minutes,
            severities.QUESTION.value: self.question_minutes,
        }[severity]


class StateLabel(TenantModel):
    """The partner's own word for a state of the machine (REG-33)."""

    state = models.CharField(
        _("state"), max_length=12, choices=ProblemReport.State.choices, unique=True
    )
    label = models.CharField(_("our word for it"), max_length=40)

    class Meta:
        verbose_name = _("word for a state")
        verbose_name_plural = _("words for states")

    def __str__(self) -> str:
        return self.label
