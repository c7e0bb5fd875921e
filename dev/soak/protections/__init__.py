"""The protections that `dev.soak.controls` takes away, each with the test that has to notice it."""

from __future__ import annotations

from dev.soak.protections.kind import Protection
from dev.soak.protections.orders import ORDERS
from dev.soak.protections.platform import PLATFORM
from dev.soak.protections.register import REGISTER

__all__ = ["PROTECTIONS", "Protection"]

PROTECTIONS = (*PLATFORM, *ORDERS, *REGISTER)
