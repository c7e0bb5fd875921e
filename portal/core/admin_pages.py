"""Pages of the admin's long lists, counted up to a limit (CHAN-40)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator

from portal.core.listing import short_total

# So many rows are counted and can be paged through; a search or a filter reaches the rest.
MOST = 5_000


class CappedPaginator(Paginator[Any]):
    """A paginator that counts up to :data:`MOST`: an exact count reads the whole table."""

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST + 1].count())

    @cached_property
    def count(self) -> int:
        """Return the number of rows, at most :data:`MOST`."""
        return min(self._found, MOST)

    @property
    def shown_total(self) -> str:
        """Return the number in words: ``5,000+`` where there are more."""
        return short_total(self._found, MOST)
