"""The data of the isolation tests: both partners with everything, at a fixed moment."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.core.internal import ratelimit

from portal.core.cache import LimitsCache
from tests.conftest import NOW
from tests.isolation.world import World, build_world


@pytest.fixture
def frozen() -> Iterator[None]:
    """Freeze the date, so that dates in forms do not expire."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def world(db: None, frozen: None) -> World:
    """Both partners with customers, orders, e-mails and people who are signed in."""
    return build_world()


@pytest.fixture
def no_limits(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """Switch off limits, the staff's second factor, and logging."""
    monkeypatch.setattr(ratelimit, "get_rates", lambda **kwargs: [])
    monkeypatch.setattr(LimitsCache, "count", lambda self, *args, **kwargs: 1)
    settings.STAFF_SECOND_FACTOR = False
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
