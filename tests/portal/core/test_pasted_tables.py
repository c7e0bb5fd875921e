"""Tables pasted from a spreadsheet, well-formed or not."""

from __future__ import annotations

import random

import pytest

from portal.core.pasted_tables import MOST_COLUMNS, pasted_rows


def cells(text: str) -> list[list[str]]:
    return [row.cells for row in pasted_rows(text)]


@pytest.mark.parametrize("separator", ["\t", ";", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator: str, end: str) -> None:
    """INP-18: what spreadsheets and their files write."""
    text = end.join([separator.join(["Eva Öberg", "eva@a.example"]), "", f"Bo{separator}", ""])
    assert cells(text) == [["Eva Öberg", "eva@a.example"], ["Bo", ""]]


def test_a_semicolon_list_with_commas_in_names() -> None:
    assert cells("Berg, Eva;e@a.example\nLind, Bo;b@a.example") == [
        ["Berg, Eva", "e@a.example"],
        ["Lind, Bo", "b@a.example"],
    ]


def test_quoted_cells_keep_their_line_ends_and_marks() -> None:
    """INP-18: a cell of two lines is one cell, and the next row knows its line."""
    rows = pasted_rows('"Eva\r\nBerg";"e@a.example"\r\n"Bo ""Bosse"" Lind";b@a.example')
    assert [(row.line, row.cells) for row in rows] == [
        (1, ["Eva Berg", "e@a.example"]),
        (3, ['Bo "Bosse" Lind', "b@a.example"]),
    ]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ('"Eva;e@a.example', ['"Eva', "e@a.example"]),
        ('"Eva" Berg;e@a.example', ['"Eva" Berg', "e@a.example"]),
        ('Disk 5";"e@a.example"', ['Disk 5"', "e@a.example"]),
        ("E\u200bva\u00a0 Berg;\ufeffe@a.example\x00", ["Eva Berg", "e@a.example"]),
        ("👩\u200d💻 Eva;e@a.example", ["👩\u200d💻 Eva", "e@a.example"]),
    ],
)
def test_a_stray_mark_swallows_no_line(line: str, read: list[str]) -> None:
    """INP-18, INP-15."""
    following = [f"P{n};p{n}@a.example" for n in range(8)]
    assert cells("\n".join([line, *following])) == [read, *[each.split(";") for each in following]]


def test_rows_are_short_or_long_and_columns_limited() -> None:
    rows = pasted_rows("a;b\nc\n" + ";" * 10_000 + "\nd;" + "e;" * 10_000)
    assert [row.at(1) for row in rows] == ["b", "", "e"]
    assert max(len(row.cells) for row in rows) == MOST_COLUMNS


def test_no_text_is_an_error() -> None:
    """INP-18, ANS-04: random text of the characters that matter."""
    chance = random.Random(18)
    for _each in range(3_000):
        text = "".join(chance.choices('ab "\t;,\r\n\x00\x0b\u2028é\u200b\ud800', k=40))
        for row in pasted_rows(text):
            assert any(row.cells) and row.line >= 1
    assert pasted_rows("x" * 200_000 + ";" + "y" * 140_000)[0].cells[0] == "x" * 200_000
