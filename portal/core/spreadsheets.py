"""Cells of files that a spreadsheet opens (INP-05)."""

from __future__ import annotations

import re

# What makes a spreadsheet take a text for a formula, also where it stands in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What no file of XML may hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LONGEST = 32_767


def safe_cell(text: str) -> str:
    """``text`` so that no spreadsheet runs it: an apostrophe goes before what could be a formula.

    Signs that can't stand in a file are left out, and what a cell can't hold is cut.
    """
    clean = _CONTROL.sub("", text)
    return ("'" + clean if clean.startswith(_FORMULA) else clean)[:LONGEST]


def plain_cell(text: str) -> str:
    """The text as it was before :func:`safe_cell`: for a file of ours that comes back."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
