"""Excel files that are written while they are sent."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from portal.core.sorting import number_sort_key
from portal.core.workbooks import Cell, workbook


def test_first_bytes_come_before_the_rows_are_read() -> None:
    """SPEED-08: the file is sent while it is written."""
    read: list[int] = []

    def records() -> object:
        for number in range(5_000):
            read.append(number)
            yield [number, "text"]

    pieces = workbook("Kunder", ["A", "B"], [10, 20], records())  # type: ignore[arg-type]
    next(pieces)
    assert len(read) <= 1
    book = load_workbook(io.BytesIO(b"".join(workbook("Kunder", ["A"], [10], [[1]]))))
    assert book.sheetnames == ["Kunder"]


def test_values_keep_their_kind() -> None:
    """REG-10."""
    text = '<&> "Å" \n x'
    record: list[Cell] = [text, 4, Decimal("1.50"), 2.5, dt.date(2026, 11, 28), None, " a "]
    data = b"".join(workbook("A/B: [x]", list("abcdefg"), [9] * 7, [record]))
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["AB x"]
    sheet = book.active
    assert sheet is not None and sheet.freeze_panes == "A2"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == list("abcdefg")
    assert rows[1] == [text, 4, 1.5, 2.5, dt.datetime(2026, 11, 28), None, " a "]
    assert sheet["A1"].font.bold and not sheet["A2"].font.bold


def test_more_rows_than_a_sheet_holds_go_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """REG-10: none is lost."""
    monkeypatch.setattr("portal.core.workbooks.MOST_ROWS", 3)
    data = b"".join(workbook("X", ["a"], [9], ([number] for number in range(7))))
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["X", "X 2", "X 3"]
    found = [row[0].value for sheet in book for row in sheet.iter_rows(min_row=2)]
    assert found == list(range(7))
    assert load_workbook(io.BytesIO(b"".join(workbook("X", ["a"], [9], [])))).sheetnames == ["X"]


def test_numbers_sort_as_people_count() -> None:
    """REG-13."""
    wanted = ["4", "04", "004", "99", "100", "9999", "10001", "a-2", "A-10", "a-10-1", "b", "Å1"]
    shuffled = wanted[5:] + wanted[:5]
    assert sorted(shuffled, key=number_sort_key) == wanted
    assert len(number_sort_key("a1" * 80)) <= 200
    assert number_sort_key("") == ""
