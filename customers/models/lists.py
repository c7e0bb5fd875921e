"""A person's own columns, and filters saved under a name (REG-09, REG-11)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.tenancy.models import TenantModel


class ListColumns(TenantModel):
    """The columns that a person chose for the list of customers and its export."""

    membership = models.OneToOneField(Membership, models.DO_NOTHING, related_name="+")
    columns = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        verbose_name = _("columns of a list")
        verbose_name_plural = _("columns of lists")

    def __str__(self) -> str:
        return ", ".join(self.columns)


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    """Queries for saved filters."""

    def visible_to(self, person: Membership) -> SavedFilterQuerySet:
        """Return the person's own filters, and those that others share with the partner."""
        return self.filter(Q(membership_id=person.pk) | Q(is_shared=True))


class SavedFilter(TenantModel):
    """Search, filters and order of the list of customers, saved under a name."""

    membership = models.ForeignKey(
        Membership, models.DO_NOTHING, related_name="+", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=60)
    # The query string of the list, in a fixed order and without the page number.
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(_("for everybody at the partner"), default=False)
    created_at = models.DateTimeField(editable=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [
            models.UniqueConstraint("membership", Lower("name"), name="savedfilter_name_once")
        ]

    def __str__(self) -> str:
        return self.name

    def may_be_changed_by(self, person: Membership) -> bool:
        """Return whether the person is the owner or, for a shared one, an administrator."""
        return self.membership_id == person.pk or (self.is_shared and person.may("change_settings"))
