"""The settings of quotes."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import TenantModel
from quotes.models.quote import TERMS


class QuoteSettings(TenantModel):
    """The administrator's settings for all quotes of a partner. One row."""

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    max_discount = models.DecimalField(
        _("highest discount, %"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(15),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    valid_days = models.PositiveSmallIntegerField(
        _("days a quote is valid"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    default_term = models.PositiveSmallIntegerField(_("usual term"), choices=TERMS, default=24)
    # SM-QUOTE: DRAFT -> PROGRESSED only if the partner skips confirmation.
    may_skip_confirmation = models.BooleanField(
        _("quotes may be progressed without the customer's confirmation"), default=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("settings of quotes")
        verbose_name_plural = _("settings of quotes")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    singleton=True,
                    max_discount__gte=0,
                    max_discount__lte=100,
                    valid_days__gte=1,
                    valid_days__lte=365,
                ),
                name="quotesettings_one_row",
            )
        ]

    def __str__(self) -> str:
        return "settings"
