"""A person's own columns, and filters saved under a name (REG-09, REG-11)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.tenancy.models import TenantModel


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    """Queries for saved filters."""

    def visible_to(self, person: Membership) -> SavedFilterQuerySet:
        """Return the person's own filters, and those that others share with the partner."""
        return self.filter(Q(membership_id=person.pk) | Q(is_shared=True))

    def of_list(self, list_name: str) -> SavedFilterQuerySet:
        """Return a list's filters, private ones first, by name."""
        return self.filter(list_name=list_name).order_by("is_shared", Lower("name"), "pk")


class SavedFilter(TenantModel):
    """Search, filters and order of a list, saved under a name."""

    class List(models.TextChoices):
        """The lists that filters are saved for."""

        CUSTOMERS = "customers", _("Customers")
        ORDERS = "orders", _("Orders")
        QUOTES = "quotes", _("Quotes")
        EMAILS = "emails", _("E-mails")
        REPORTS = "reports", _("Problem reports")
        SERVICES = "services", _("Services")

    PAGES: ClassVar[dict[str, str]] = {
        List.CUSTOMERS: "customers:list",
        List.ORDERS: "orders:list",
        List.QUOTES: "quotes:list",
        List.EMAILS: "outbox:list",
        List.REPORTS: "support:list",
        List.SERVICES: "orders:services",
    }

    list_name = models.CharField(
        _("list"),
        max_length=10,
        choices=List.choices,
        default=List.CUSTOMERS,
        db_default=List.CUSTOMERS,
    )
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
            models.UniqueConstraint(
                "membership", "list_name", Lower("name"), name="savedfilter_name_once_a_list"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def page_of(cls, list_name: str, query: str = "") -> str:
        """Return the address of a list, with what is asked of it."""
        page = reverse(cls.PAGES[list_name])
        return f"{page}?{query}" if query else page

    @property
    def address(self) -> str:
        """Return the list with this filter."""
        return self.page_of(self.list_name, self.query)

    def may_be_changed_by(self, person: Membership) -> bool:
        """Return whether the person is the owner or, for a shared one, an administrator."""
        return self.membership_id == person.pk or (self.is_shared and person.may("change_settings"))


class ListColumnsQuerySet(models.QuerySet["ListColumns"]):
    """Queries for chosen columns."""

    def names_for(self, person: Membership, list_name: str) -> list[str] | None:
        """Return the columns that a person chose for a list; None for the standard ones."""
        mine = self.filter(membership_id=person.pk, list_name=list_name)
        found: list[str] | None = mine.values_list("columns", flat=True).first()
        return found


class ListColumns(TenantModel):
    """The columns that a person chose for a list and its export."""

    membership = models.ForeignKey(Membership, models.DO_NOTHING, related_name="+")
    list_name = models.CharField(
        _("list"),
        max_length=10,
        choices=SavedFilter.List.choices,
        default=SavedFilter.List.CUSTOMERS,
        db_default=SavedFilter.List.CUSTOMERS,
    )
    columns = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    objects = ListColumnsQuerySet.as_manager()

    class Meta:
        verbose_name = _("columns of a list")
        verbose_name_plural = _("columns of lists")
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "list_name"], name="listcolumns_once_a_list"
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.columns)
