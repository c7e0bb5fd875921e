"""The data of the isolation tests: both partners with everything, at a fixed moment."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from allauth.core.internal import ratelimit
from django.db import connection, transaction

from portal.core.cache import LimitsCache
from tests.conftest import NOW
from tests.isolation.world import World, build_world


@pytest.fixture
def frozen() -> Iterator[None]:
    """Freeze the date, so that dates in forms do not expire."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Build the world once for all tests of a file; what each of them changes is rolled back."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        with time_machine.travel(NOW, tick=True):
            world = build_world()
    yield world
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
        connection.close()


@pytest.fixture
def world(built: World, db: None, frozen: None) -> World:
    """Both partners with customers, orders, e-mails and people who are signed in."""
    return deepcopy(built)


@pytest.fixture
def no_limits(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """Switch off limits, the staff's second factor, and logging."""
    monkeypatch.setattr(ratelimit, "get_rates", lambda **kwargs: [])
    monkeypatch.setattr(LimitsCache, "count", lambda self, *args, **kwargs: 1)
    settings.STAFF_SECOND_FACTOR = False
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
