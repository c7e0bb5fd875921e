"""Templates of orders that a partner places often (ORD-55)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.catalog.models import Family, Product
from portal.tenancy.models import TenantModel

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class OrderTemplate(TenantModel):
    """Products and quantities under a name, of no customer: everybody who orders may use it."""

    name = models.CharField(_("name"), max_length=80)
    family = models.CharField(_("family"), max_length=20, choices=Family.choices)
    created_by = models.ForeignKey(
        Membership, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("added"))

    lines: RelatedManager[OrderTemplateLine]

    class Meta:
        verbose_name = _("order template")
        verbose_name_plural = _("order templates")
        constraints = [models.UniqueConstraint(Lower("name"), name="order_template_name")]

    def __str__(self) -> str:
        return self.name


class OrderTemplateLine(TenantModel):
    """One product of a template."""

    template = models.ForeignKey(OrderTemplate, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("product of a template")
        verbose_name_plural = _("products of templates")
        constraints = [
            models.UniqueConstraint(fields=["template", "product"], name="template_product_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="template_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.product} × {self.quantity}"
