"""Cells of files that a spreadsheet program opens (INP-05)."""

from __future__ import annotations

import re

# Characters that make a spreadsheet take a text for a formula, also in their full-width forms.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Characters that XML does not allow.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LONGEST = 32_767


def safe_cell(text: str) -> str:
    """Return ``text`` with an apostrophe before what a spreadsheet would take for a formula.

    Characters that a file can't hold are removed, and the text is cut to a cell's length.
    """
    clean = _CONTROL.sub("", text)
    return ("'" + clean if clean.startswith(_FORMULA) else clean)[:LONGEST]


def plain_cell(text: str) -> str:
    """Return the text as it was before :func:`safe_cell`, for a file of ours that is uploaded."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
