"""Cells of files that a spreadsheet program opens (INP-05)."""

from __future__ import annotations

import re

# Characters that make a spreadsheet take a text for a formula, also in their full-width forms.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Characters that XML does not allow.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# Where such a character begins a cell of its own, if the reader's program separates the cells
# otherwise than the file does: no quotes help against that.
_INNER = re.compile(r"([;,\t]\"?)(?=[=+\-@＝＋－＠])")
_INNER_SAFE = re.compile(r"([;,\t]\"?)'(?=[=+\-@＝＋－＠])")
LONGEST = 32_767


def safe_cell(text: str) -> str:
    """Return ``text`` with an apostrophe before what a spreadsheet would take for a formula.

    Characters that a file can't hold are removed, and the text is cut to a cell's length.
    """
    clean = _CONTROL.sub("", text)
    return ("'" + clean if clean.startswith(_FORMULA) else clean)[:LONGEST]


def csv_cell(text: str) -> str:
    """Return ``text`` as :func:`safe_cell` does, harmless also where the file is split otherwise.

    ``Inc;=1+1`` in a file with commas is a formula for a program that separates by semicolons.
    """
    return safe_cell(_INNER.sub(r"\1'", text))


def plain_cell(text: str) -> str:
    """Return the text as it was before :func:`csv_cell`, for a file of ours that is uploaded."""
    text = _INNER_SAFE.sub(r"\1", text)
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
