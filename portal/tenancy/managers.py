"""Managers of public models that belong to a partner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

from portal.core.errors import UnscopedQuery

if TYPE_CHECKING:
    from portal.tenancy.models import Partner

M = TypeVar("M", bound=models.Model)


class PartnerOwnedManager(models.Manager[M]):
    """Answers nothing before it is told for whom.

    Use as ``objects`` beside ``unscoped = models.Manager()`` and
    ``default_manager_name = "unscoped"``: Django's own machinery (related objects, validation)
    then works, and our code has to say ``for_partner(partner)`` or, in admin and dispatcher
    only, ``across_partners()``.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        raise UnscopedQuery(f"{self.model.__name__}.objects: say .for_partner(partner)")

    def _everything(self) -> models.QuerySet[M]:
        return super().get_queryset()

    def for_partner(self, partner: Partner) -> models.QuerySet[M]:
        """The rows of one partner."""
        return self._everything().filter(partner_id=partner.pk)

    def across_partners(self) -> models.QuerySet[M]:
        """All rows: for the admin of channel sales, the dispatcher and sign-in alone."""
        return self._everything()

    def create(self, **kwargs: Any) -> M:
        """Insert a row that names its partner (None is said explicitly)."""
        if "partner" not in kwargs and "partner_id" not in kwargs:
            raise UnscopedQuery(f"{self.model.__name__}.objects.create() without a partner")
        return self._everything().create(**kwargs)
