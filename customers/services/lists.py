"""Services for a person's own columns, and for saved filters (REG-09, REG-11)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import ListColumns, SavedFilter
from portal.accounts.models import Membership
from portal.core.errors import RuleError

MOST_FILTERS = 50


class FilterNameTaken(RuleError):
    """Refuse a name that another filter of the person has (REG-09)."""

    def __init__(self, name: str) -> None:
        super().__init__(_("You have a filter named “%s” already.") % name, field="name")


def choose_columns(
    person: Membership,
    columns: Iterable[str] | None,
    *,
    list_name: str = SavedFilter.List.CUSTOMERS,
) -> None:
    """Save which columns of a list a person sees (REG-11); None restores the standard columns."""
    if columns is None:
        ListColumns.objects.filter(membership=person, list_name=list_name).delete()
        return
    ListColumns.objects.update_or_create(
        membership=person, list_name=list_name, defaults={"columns": list(columns)}
    )


@transaction.atomic
def save_filter(
    *,
    by: Membership,
    name: str,
    query: str,
    is_shared: bool,
    at: datetime,
    list_name: str = SavedFilter.List.CUSTOMERS,
) -> SavedFilter:
    """Save search, filters and order under a name.

    The person's own filter of that list and name is replaced (DEC-05). Raise RuleError at ``name``
    if the person has fifty filters of the list already.
    """
    mine = SavedFilter.objects.select_for_update().filter(membership=by, list_name=list_name)
    found = mine.filter(name__iexact=name).first()
    if found is None:
        if mine.count() >= MOST_FILTERS:
            raise RuleError(
                gettext_lazy("You have fifty saved filters. Delete one first."), field="name"
            )
        found = SavedFilter(membership=by, list_name=list_name, created_at=at)
    found.name, found.query, found.is_shared = name, query, is_shared
    return _saved(found)


@transaction.atomic
def change_filter(saved: SavedFilter, *, name: str, is_shared: bool) -> SavedFilter:
    """Rename a filter, share it or make it private. Raise FilterNameTaken."""
    current = SavedFilter.objects.select_for_update().get(pk=saved.pk)
    current.name, current.is_shared = name, is_shared
    return _saved(current)


def _saved(saved: SavedFilter) -> SavedFilter:
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        raise FilterNameTaken(saved.name) from error
    return saved


def delete_filter(saved: SavedFilter) -> None:
    """Delete a filter; what it shows stays as it is."""
    SavedFilter.objects.filter(pk=saved.pk).delete()


@transaction.atomic
def hand_over_filters(person: Membership, *, to: Membership | None) -> list[str]:
    """Give the shared filters of who leaves to ``to``, and delete their own; return the names.

    One of a name that ``to`` has already gets the name of who left beside it (REG-60).
    """
    filters = SavedFilter.objects.select_for_update().filter(membership=person)
    if to is None:
        # What others use stays, with the name of who shared it.
        filters.filter(is_shared=False).delete()
        return []
    filters.filter(is_shared=False).delete()
    names = []
    for saved in filters.order_by("list_name", "name"):
        same = SavedFilter.objects.filter(
            membership=to, list_name=saved.list_name, name__iexact=saved.name
        )
        if same.exists():
            saved.name = f"{saved.name[:25]} ({person.shown_name[:20]} {saved.pk.hex[:4]})"
        saved.membership = to
        saved.save(update_fields=["membership", "name"])
        names.append(saved.name)
    return names
