"""The list of protections that are taken away fits the code (AVAIL-10)."""

from __future__ import annotations

from dev.soak.controls import problems
from dev.soak.protections import PROTECTIONS


def test_each_protection_stands_where_the_script_takes_it_away() -> None:
    """AVAIL-10: at least forty, each text once in its file, each with a test that is there."""
    assert len(PROTECTIONS) >= 40
    assert len({each.name for each in PROTECTIONS}) == len(PROTECTIONS)
    assert problems(PROTECTIONS) == []


def test_a_text_that_is_gone_is_said() -> None:
    """AVAIL-10: a control that takes nothing away would show nothing."""
    first = PROTECTIONS[0]
    gone = type(first)("x", first.path, "no such text here", "", first.test)
    nobody = type(first)("y", first.path, first.text, "", "tests/dev/test_controls.py::test_nobody")
    found = problems([gone, nobody])
    assert found[0].startswith("x: its text stands 0 times") and found[1].startswith("y: no test")
