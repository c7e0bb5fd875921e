"""Custom fields, with which an administrator extends the partner's customers (REG-28)."""

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
    """Queries for custom fields."""

    def in_order(self) -> CustomFieldQuerySet:
        return self.order_by("position", "label", "pk")

    def live(self) -> CustomFieldQuerySet:
        """Return the fields of new records; retired ones are shown on old records only."""
        return self.filter(retired_at__isnull=True)


class CustomField(TenantModel):
    """A custom field, whose values are in ``Customer.custom_values`` under its id."""

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
    # An order of one of these families is refused while the customer has no value.
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
        """Return its key in ``Customer.custom_values``."""
        return str(self.pk)

    @property
    def name(self) -> str:
        """Return its name in forms, addresses and columns."""
        return f"f_{self.pk.hex}"

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    def of(self, values: dict[str, Any]) -> Any:
        """Return the customer's value in this field, or None."""
        return values.get(self.key)
