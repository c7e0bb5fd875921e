"""The sheet of OWASP's ASVS 5.0 (docs/asvs.md) is complete, and its tests exist."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SHEET = ROOT / "docs" / "asvs.md"
STATES = {"met", "part", "open", "operator", "n/a"}
# The requirements of the levels 1 and 2 in each section of version 5.0.0.
SECTIONS = """
1.1: 1-2; 1.2: 1-9; 1.3: 1-11; 1.4: 1-3; 1.5: 1-2; 2.1: 1-3; 2.2: 1-3; 2.3: 1-4; 2.4: 1; 3.2:
1-2; 3.3: 1-4; 3.4: 1-6; 3.5: 1-5; 3.7: 1-2; 4.1: 1-3; 4.2: 1; 4.3: 1-2; 4.4: 1-4; 5.1: 1; 5.2:
1-3; 5.3: 1-2; 5.4: 1-3; 6.1: 1-3; 6.2: 1-12; 6.3: 1-4; 6.4: 1-4; 6.5: 1-5; 6.6: 1-3; 6.8: 1-4;
7.1: 1-3; 7.2: 1-4; 7.3: 1-2; 7.4: 1-5; 7.5: 1-2; 7.6: 1-2; 8.1: 1-2; 8.2: 1-3; 8.3: 1; 8.4: 1;
9.1: 1-3; 9.2: 1-4; 10.1: 1-2; 10.2: 1-2; 10.3: 1-4; 10.4: 1-11; 10.5: 1-5; 10.6: 1-2; 10.7:
1-3; 11.1: 1-2; 11.2: 1-3; 11.3: 1-3; 11.4: 1-4; 11.5: 1; 11.6: 1; 12.1: 1-3; 12.2: 1-2; 12.3:
1-4; 13.1: 1; 13.2: 1-5; 13.3: 1-2; 13.4: 1-5; 14.1: 1-2; 14.2: 1-4; 14.3: 1-3; 15.1: 1-3;
15.2: 1-3; 15.3: 1-7; 16.1: 1; 16.2: 1-5; 16.3: 1-4; 16.4: 1-3; 16.5: 1-3; 17.1: 1; 17.2: 1-4;
17.3: 1-2
"""
ROW = re.compile(r"^\| (\d[\d., ]*) \| ([\w/]+) \| (.+) \| (.*) \|$", re.MULTILINE)
LINK = re.compile(r"\[`([^`]+)`\]\(\.\./(tests/[^)]+)\)")


def rows() -> list[tuple[list[str], str, str, list[tuple[str, str]]]]:
    """Return numbers, state, words and tests of each row."""
    return [
        (numbers.split(", "), state, how, LINK.findall(tests))
        for numbers, state, how, tests in ROW.findall(SHEET.read_text())
    ]


def wanted() -> list[str]:
    """Return the numbers of all requirements: ``1.2: 1-9`` stands for 1.2.1 to 1.2.9."""
    found = []
    for section, parts in re.findall(r"(\d+\.\d+):\s([\d,-]+)", SECTIONS):
        for part in parts.split(","):
            first, _dash, last = part.partition("-")
            found += [f"{section}.{n}" for n in range(int(first), int(last or first) + 1)]
    return found


def test_each_requirement_is_there_once() -> None:
    """AVAIL-19: all of the levels 1 and 2, with a state and words."""
    numbers = [number for found, *_rest in rows() for number in found]
    assert len(wanted()) == 253
    assert sorted(numbers) == sorted(wanted())
    assert all(state in STATES and len(how) > 7 for _numbers, state, how, _tests in rows())


def test_what_is_met_is_shown_by_tests_that_exist() -> None:
    """AVAIL-19: a test that was renamed shows nothing any more."""
    for numbers, state, _how, tests in rows():
        assert tests or state != "met", numbers
        for name, path in tests:
            text = (ROOT / path).read_text()
            assert name == Path(path).name or f"def {name}(" in text, (numbers, path, name)


def test_the_sheet_counts_itself() -> None:
    """AVAIL-19: the figures at its top are those of its rows."""
    counts = dict.fromkeys(STATES, 0)
    for numbers, state, *_rest in rows():
        counts[state] += len(numbers)
    said = re.search(
        r"Of 253 requirements (\d+) are met, (\d+) in part, (\d+) are open, (\d+) are the "
        r"operator's, (\d+) do not apply",
        SHEET.read_text(),
    )
    assert said is not None
    order = ("met", "part", "open", "operator", "n/a")
    assert [int(each) for each in said.groups()] == [counts[state] for state in order]
