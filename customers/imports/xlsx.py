"""The first sheet of an Excel workbook as rows of text.

Read with expat and counted while it is read: openpyxl builds the whole table of shared texts
first, which a crafted file of a few kilobytes makes as large as it likes. Documents with a DTD
or entities are refused; sizes are checked in the directory of the ZIP before anything is unpacked
and again while it is.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from customers.imports.parsing import MAX_CELL, MAX_COLUMNS, MAX_ROWS, MAX_UNPACKED, Row, Unreadable

# A workbook of a program has some twenty parts; a thousand are something else.
MAX_PARTS = 1_000
MAX_TEXTS = MAX_ROWS * MAX_COLUMNS
# Row, cell, value and text of as many cells as may be filled.
MAX_ELEMENTS = 3 * MAX_TEXTS + MAX_ROWS
MAX_DEPTH = 50
_CHUNK = 64 * 1024
_MAIN = "xl/workbook.xml"


def _damaged() -> Unreadable:
    return Unreadable(
        _(
            "This Excel workbook can't be read. Open it in Excel or LibreOffice, save it as .xlsx "
            "again, and upload that."
        )
    )


def _too_large() -> Unreadable:
    return Unreadable(
        _(
            "This workbook is too large: unpacked at most 50 MB, 10,000 rows and 50 columns. "
            "Copy the rows into a new workbook, or split them into several."
        )
    )


def read_xlsx(content: bytes) -> Iterator[Row]:
    """The rows of the first sheet, with the numbers that Excel shows. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_directory(package)
            sheet = _first_sheet(package)
            texts = _shared_texts(package)
            yield from _Sheet(texts).read(package, sheet)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, EOFError) as error:
        raise _damaged() from error
    except (NotImplementedError, RuntimeError, ValueError, OverflowError, OSError) as error:
        # Encrypted or packed in a way that Python does not know.
        raise _damaged() from error


def _check_directory(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _too_large()
    names = {part.filename for part in parts}
    if len(names) != len(parts):
        raise _damaged()
    if _MAIN not in names:
        raise Unreadable(
            _(
                "This is neither CSV nor an Excel workbook (.xlsx). Save the register as one of "
                "the two and upload that."
            )
        )


class _Reader:
    """One XML part, fed to expat piece by piece, with its elements counted."""

    def __init__(self) -> None:
        self.elements = self._depth = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    @staticmethod
    def _refuse(*_args: Any) -> None:
        raise _damaged()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self._depth += 1
        if self.elements > MAX_ELEMENTS or self._depth > MAX_DEPTH:
            raise _too_large()
        # Some programs write their names with a prefix: x:c.
        self.start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.end(name.rpartition(":")[2] if ":" in name else name)

    def _text(self, data: str) -> None:
        self.text(data)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; without its namespace."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text in an element."""

    def feed(self, stream: IO[bytes]) -> Iterator[None]:
        """Read the part; pauses after each piece so that rows can be handed on."""
        size = 0
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > MAX_UNPACKED:
                raise _too_large()
            self._parser.Parse(piece, False)
            yield
        self._parser.Parse(b"", True)
        yield

    def run(self, package: zipfile.ZipFile, name: str) -> None:
        """Read the part to its end."""
        with package.open(name) as stream:
            for _pause in self.feed(stream):
                pass


class _Workbook(_Reader):
    """Which sheet comes first; hidden ones are passed over."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            key = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            self.sheets.append(key)


class _Relations(_Reader):
    """Where the parts of the workbook are."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


def _first_sheet(package: zipfile.ZipFile) -> str:
    workbook, relations = _Workbook(), _Relations()
    workbook.run(package, _MAIN)
    relations.run(package, "xl/_rels/workbook.xml.rels")
    if not workbook.sheets:
        raise _damaged()
    target = relations.targets.get(workbook.sheets[0], "")
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join("xl", target))


class _Texts(_Reader):
    """The table of shared texts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._in_text = not self._phonetic

    def text(self, data: str) -> None:
        if self._in_text:
            self._parts.append(data)

    def end(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            if len(self.found) >= MAX_TEXTS:
                raise _too_large()
            # One character too many is enough for the message about it.
            self.found.append("".join(self._parts)[: MAX_CELL + 1])
            self._parts = []


def _shared_texts(package: zipfile.ZipFile) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in package.namelist():
        return []
    texts = _Texts()
    texts.run(package, name)
    return texts.found


def column_of(reference: str) -> int:
    """The place of a cell in its row from its name: A1 is 0, AB12 is 27."""
    place = 0
    for letter in reference:
        if not letter.isalpha():
            break
        place = place * 26 + ord(letter.upper()) - 64
    return place - 1


def number_text(value: str) -> str:
    """A number as a spreadsheet program shows it: 10042, not 10042.0; 0.3, not 0.30000000004."""
    if value.isascii() and value.isdigit():
        return value
    number = float(value)
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return format(number, ".15g")


class _Sheet(_Reader):
    """One sheet; rows come out while it is read."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__()
        self._texts = texts
        self._ready: list[Row] = []
        self._cells: list[str] = []
        self._number = self._filled = 0
        self._kind = ""
        self._place = 0
        self._value: list[str] = []
        self._collecting = self._phonetic = False

    def read(self, package: zipfile.ZipFile, name: str) -> Iterator[Row]:
        """The rows of the sheet."""
        with package.open(name) as stream:
            for _pause in self.feed(stream):
                yield from self._ready
                self._ready.clear()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._kind = attributes.get("t", "n")
            reference = attributes.get("r", "")
            self._place = column_of(reference) if reference else self._place + 1
            self._value = []
        elif name in ("v", "t"):
            self._collecting = not self._phonetic
        elif name == "rPh":
            self._phonetic = True
        elif name == "row":
            given = attributes.get("r", "")
            self._number = int(given) if given else self._number + 1
            self._cells, self._place = [], -1

    def text(self, data: str) -> None:
        if self._collecting:
            self._value.append(data)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._collecting = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "c":
            self._put(self._shown("".join(self._value)))
        elif name == "row":
            self._finish_row()

    def _shown(self, value: str) -> str:
        if not value:
            return ""
        if self._kind == "s":
            place = int(value)
            if not 0 <= place < len(self._texts):
                raise _damaged()
            return self._texts[place]
        if self._kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if self._kind == "n":
            return number_text(value)
        return value[: MAX_CELL + 1]

    def _put(self, text: str) -> None:
        if not text:
            return
        if not 0 <= self._place <= MAX_COLUMNS:
            # One column too many is enough for the message about it.
            self._place = MAX_COLUMNS
        while len(self._cells) <= self._place:
            self._cells.append("")
        self._cells[self._place] = text

    def _finish_row(self) -> None:
        if not self._cells:
            return
        self._filled += 1
        if self._filled > MAX_ROWS + 2:
            raise _too_large()
        self._ready.append(Row(self._number, self._cells))
        self._cells = []
