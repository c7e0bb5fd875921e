"""The database connection of this thread, typed as our backend's."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db import connection as _connection

if TYPE_CHECKING:
    from portal.tenancy.backend.base import DatabaseWrapper

connection = cast("DatabaseWrapper", _connection)
