"""The world of the isolation tests: both partners with everything, at a fixed moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.conftest import NOW
from tests.isolation.world import World, build_world


@pytest.fixture
def frozen() -> Iterator[None]:
    """The tests' own today, so that dates in forms mean the same next year."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def world(db: None, frozen: None) -> World:
    """Both partners with customers, orders, mails and people who are signed in."""
    return build_world()
