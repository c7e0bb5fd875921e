"""Fields that a partner's administrator adds to her customers (REG-28)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.catalog.models import Family
from portal.tenancy.models import TenantModel


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    """Custom fields in business words."""

    def in_order(self) -> CustomFieldQuerySet:
        return self.order_by("position", "label", "pk")

    def live(self) -> CustomFieldQuerySet:
        """Those that new records have: retired ones are kept and shown on old records only."""
        return self.filter(retired_at__isnull=True)


class CustomField(TenantModel):
    """One field. What a customer has in it stands in ``Customer.custom_values`` under its id."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice with suggestions")
        YES_NO = "yesno", _("Yes or no")

    label = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    # Offered in a list; anything else can be typed too.
    suggestions = ArrayField(
        models.CharField(max_length=200), verbose_name=_("suggestions"), default=list, blank=True
    )
    is_required = models.BooleanField(_("required"), default=False)
    in_list = models.BooleanField(_("shown in the list of customers"), default=False)
    hidden_from_customers = models.BooleanField(_("hidden from customer users"), default=False)
    # An order of one of these families is refused while the customer has nothing in it.
    families = ArrayField(
        models.CharField(max_length=20, choices=Family.choices),
        verbose_name=_("required for orders of"),
        default=list,
        blank=True,
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        constraints = [
            models.UniqueConstraint(
                Lower("label"), condition=Q(retired_at__isnull=True), name="customfield_label_once"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def key(self) -> str:
        """Its name in ``Customer.custom_values``."""
        return str(self.pk)

    @property
    def name(self) -> str:
        """Its name in forms, addresses and columns."""
        return f"f_{self.pk.hex}"

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    def of(self, values: dict[str, Any]) -> Any:
        """What a customer has in this field, or None."""
        return values.get(self.key)
