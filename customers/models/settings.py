"""Settings of a partner."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.catalog.models import RatePlan
from portal.tenancy.models import TenantModel


class PartnerSettings(TenantModel):
    """The settings that an administrator makes for the whole partner, in one row."""

    class Pattern(models.TextChoices):
        ANY = "any", _("Anything")
        DIGITS = "digits", _("Digits only")
        ALPHANUMERIC = "alnum", _("Letters and digits")

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    number_min = models.PositiveSmallIntegerField(_("shortest customer number"), default=4)
    number_max = models.PositiveSmallIntegerField(_("longest customer number"), default=10)
    # REG-05: the characters after the prefix; the prefix counts for the length (DEC-07).
    number_pattern = models.CharField(
        _("customer numbers consist of"),
        max_length=10,
        choices=Pattern.choices,
        default=Pattern.ANY,
        db_default=Pattern.ANY,
    )
    number_prefix = models.CharField(
        _("customer numbers begin with"), max_length=12, blank=True, default="", db_default=""
    )
    # ACC-13: False makes the customer form suggest the master plan.
    uses_builtin_billing = models.BooleanField(_("uses the built-in billing"), default=True)
    default_rate_plan = models.ForeignKey(
        RatePlan,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("default rate plan"),
    )
    # D23: the highest limit that people without the right to set credit may give.
    sales_credit_limit = models.DecimalField(
        _("credit limit that sales may give"),
        max_digits=14,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
    )
    # REG-30, D13: exports for accounting carry the first assigned person as "our reference".
    assignee_in_reference = models.BooleanField(
        _("put the assigned person into our reference"), default=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("settings")
        verbose_name_plural = _("settings")
        constraints = [
            models.CheckConstraint(
                condition=Q(singleton=True)
                & Q(number_min__gte=1)
                & Q(number_min__lte=F("number_max")),
                name="settings_one_row_and_lengths",
            )
        ]

    def __str__(self) -> str:
        return "settings"
