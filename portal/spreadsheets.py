"""Cells that a spreadsheet program shows and never runs (QUALITY section 3)."""

from __future__ import annotations

from typing import Any

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> Any:
    """The value for a cell: text that a program would take for a formula gets an apostrophe."""
    if isinstance(value, str) and value.startswith(STARTS_A_FORMULA):
        return "'" + value
    return value
