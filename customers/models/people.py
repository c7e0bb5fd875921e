"""Substitutions, and exceptions for one person and one customer (D12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.managers import UserObjectPermissionManager
from guardian.models.models import UserObjectPermissionBase

from portal.accounts.models import Membership, User
from portal.tenancy.models import TenantModel


class Substitution(TenantModel):
    """An absence and its substitute, who sees the person's customers and is notified as well."""

    membership = models.OneToOneField(
        Membership, models.DO_NOTHING, related_name="+", verbose_name=_("away")
    )
    substitute = models.ForeignKey(
        Membership, models.DO_NOTHING, related_name="+", verbose_name=_("substitute")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to, inclusive"))

    class Meta:
        verbose_name = _("substitution")
        verbose_name_plural = _("substitutions")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="substitution_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(membership=F("substitute")), name="substitution_by_another"
            ),
        ]
        indexes = [models.Index(fields=["substitute"], name="substitution_by_substitute")]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


def away_on(day: date) -> models.QuerySet[Substitution]:
    """Return the substitutions that hold on a day."""
    return Substitution.objects.filter(starts_on__lte=day, ends_on__gte=day)


class CustomerGrantManager(UserObjectPermissionManager):
    """guardian's manager, with who gave a grant and when (DEC-55)."""

    def __init__(self, **given: Any) -> None:
        super().__init__()
        self._given = given

    def given(self, *, at: datetime, by: str) -> CustomerGrantManager:
        """Return a manager whose ``assign_perm`` stores who gave the grants and when."""
        manager = CustomerGrantManager(granted_at=at, granted_by=by)
        manager.model = self.model
        return manager

    def get_or_create(
        self, defaults: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> tuple[CustomerGrant, bool]:
        """Return the grant and whether it is new.

        ``assign_perm`` has no way to pass ``defaults``, and the database refuses a grant without
        the two columns.
        """
        row, made = super().get_or_create({**self._given, **(defaults or {})}, **kwargs)
        return row, made


class CustomerGrant(TenantModel, UserObjectPermissionBase):
    """An exception: this person may see or change this customer, whatever their role (D12).

    guardian's direct model: the row refers to the customer itself, so that it lives in the
    partner's schema and is cloned with it. People and permissions are public and never deleted.
    """

    user = models.ForeignKey(User, models.DO_NOTHING, related_name="+")
    permission = models.ForeignKey(Permission, models.DO_NOTHING, related_name="+")
    content_object = models.ForeignKey(
        "customers.Customer", models.CASCADE, db_column="customer_id", related_name="grants"
    )
    granted_at = models.DateTimeField(_("given"))
    granted_by = models.CharField(_("given by"), max_length=150)

    objects: ClassVar[CustomerGrantManager] = CustomerGrantManager()

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        unique_together = []
        constraints = [
            models.UniqueConstraint(
                fields=["user", "content_object", "permission"], name="grant_once"
            )
        ]
