"""Managers of public models that belong to a partner."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from django.db import models

from portal.core.errors import UnscopedQuery

M = TypeVar("M", bound=models.Model)


class _Partner(Protocol):
    """A partner, for models that it is made of."""

    @property
    def pk(self) -> object: ...
    @property
    def schema_name(self) -> str: ...
    @property
    def account_id(self) -> str: ...


class PartnerOwnedManager(models.Manager[M]):
    """Manager that raises UnscopedQuery unless the partner is named.

    Use as ``objects`` beside ``unscoped = models.Manager()`` and ``default_manager_name =
    "unscoped"``: Django's own code (related objects, validation) then works, and ours has to call
    ``for_partner(partner)`` or, in admin and dispatcher only, ``across_partners()``.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        raise UnscopedQuery(f"{self.model.__name__}.objects: say .for_partner(partner)")

    def _everything(self) -> models.QuerySet[M]:
        return super().get_queryset()

    def for_partner(self, partner: _Partner) -> models.QuerySet[M]:
        """Return the rows of one partner."""
        return self._everything().filter(partner_id=partner.pk)

    def across_partners(self) -> models.QuerySet[M]:
        """Return all rows: for the admin of channel sales, the dispatcher and sign-in only."""
        return self._everything()

    def create(self, **kwargs: Any) -> M:
        """Insert a row; raise UnscopedQuery without ``partner`` (None must be given explicitly)."""
        if "partner" not in kwargs and "partner_id" not in kwargs:
            raise UnscopedQuery(f"{self.model.__name__}.objects.create() without a partner")
        return self._everything().create(**kwargs)
