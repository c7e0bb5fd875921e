"""A workbook, counted before openpyxl reads it, and reduced to what is needed.

openpyxl builds objects of whatever a part holds, which a crafted file of a few kilobytes can make
as large as it likes. So expat reads first, piece by piece: documents with a DTD or entities are
refused, and elements, depth, attributes, texts, rows and sizes are counted. openpyxl gets a new
package with the first visible sheet, the shared texts and the number formats (DEC-68).
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from django.utils.translation import gettext as _

from customers.imports.parts import (
    MAX_TEXTS,
    NAMESPACE,
    Part,
    damaged,
    too_large,
)
from customers.imports.tables import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_UNPACKED,
    Unreadable,
    too_many_columns,
)

# A real workbook has some twenty parts.
MAX_PARTS = 1_000
# Excel's own limits.
MAX_LENGTH, MAX_STYLES, LAST_ROW, LAST_COLUMN = 32_767, 65_490, 1_048_576, 16_384
# Attributes of one element among the rows; elements before the rows; empty rows.
MAX_ATTRIBUTES, MAX_BEFORE, MAX_EMPTY_ROWS = 16, 20_000, 50_000
# Elements in a row; elements of rich text in all; characters outside of cells in a row.
MAX_IN_ROW, MAX_RICH, MAX_TEXT_BETWEEN = 70_000, 100_000, 5_000_000
_MAIN = "xl/workbook.xml"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>%s</Types>'
)
_TEXT_TYPE = (
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_OFFICE}.sharedStrings+xml"/>'
)
_WORKBOOK = (
    f'<workbook xmlns="{NAMESPACE}" xmlns:r="{_REL}"><workbookPr date1904="%d"/>'
    '<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>"
)
# The elements allowed in rows and shared texts: cells, and the runs of rich text.
_RUNS = frozenset(
    "t r rPr rPh phoneticPr rFont charset family b i strike outline shadow condense extend color "
    "sz u vertAlign scheme".split()
)
_IN_ROWS = _RUNS | {"row", "c", "v", "f", "is"}


@dataclass(frozen=True)
class Counted:
    """A package that openpyxl may read, and the number of the last filled row."""

    package: io.BytesIO
    last_row: int


def sheet_names(content: bytes) -> tuple[str, ...]:
    """Return the names of the visible sheets. Raise like :func:`counted`."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        _check_directory(package)
        workbook = _Workbook()
        workbook.read(package, _MAIN)
    return tuple(workbook.names)


def counted(content: bytes, sheet_place: int = 0) -> Counted:
    """Return a workbook reduced to one visible sheet, the first unless another is chosen.

    Raise Unreadable beyond the limits, and what ``zipfile`` and ``expat`` raise for a damaged file.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(made, "w") as new:
        _check_directory(package)
        workbook, relations = _Workbook(), _Relations()
        workbook.read(package, _MAIN)
        relations.read(package, "xl/_rels/workbook.xml.rels")
        styles, sheet, texts = _Styles(), _Sheet(), _Texts()
        if "xl/styles.xml" in package.namelist():
            styles.read(package, "xl/styles.xml")
        has_texts = "xl/sharedStrings.xml" in package.namelist()
        if has_texts:
            texts.copy(package, "xl/sharedStrings.xml", new, "xl/sharedStrings.xml")
        sheet.copy(
            package, relations.part(workbook.relation(sheet_place)), new, "xl/worksheets/sheet1.xml"
        )
        new.writestr("[Content_Types].xml", _TYPES % (_TEXT_TYPE if has_texts else ""))
        new.writestr(_MAIN, _WORKBOOK % workbook.date1904)
        new.writestr("xl/_rels/workbook.xml.rels", _RELATIONS)
        new.writestr("xl/styles.xml", styles.number_formats())
    made.seek(0)
    return Counted(made, sheet.last_row)


def _check_directory(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise too_large()
    names = {part.filename for part in parts}
    if len(names) != len(parts):
        raise damaged()
    if _MAIN not in names:
        raise Unreadable(
            _(
                "This is neither CSV nor an Excel workbook (.xlsx). Save the register as one of "
                "the two and upload that."
            )
        )


class _Workbook(Part):
    """The list of sheets, to find the first visible one, and the date from which days count."""

    def __init__(self) -> None:
        super().__init__()
        self.date1904 = False
        self._sheets: list[str] = []
        self.names: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.date1904 = attributes.get("date1904") in ("1", "true", "on")
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            self._sheets.append(next((v for k, v in attributes.items() if k.endswith(":id")), ""))
            self.names.append(attributes.get("name", "")[:60])
            if len(self._sheets) > MAX_PARTS:
                raise too_large()

    def relation(self, place: int) -> str:
        """Return the relation of a visible sheet. Raise Unreadable if there is none."""
        if not 0 <= place < len(self._sheets):
            raise damaged()
        return self._sheets[place]


class _Relations(Part):
    """The relations of the workbook, which say where its parts are."""

    def __init__(self) -> None:
        super().__init__()
        self._targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            self._targets[attributes.get("Id", "")] = attributes.get("Target", "")
            if len(self._targets) > MAX_PARTS:
                raise too_large()

    def part(self, key: str) -> str:
        """Return the name of the part that a relation refers to."""
        target = self._targets.get(key, "")
        if target.startswith("/"):
            return target.lstrip("/")
        return posixpath.normpath(posixpath.join("xl", target))


class _Styles(Part):
    """The number formats of the cells; other styles are not read."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[int, str] = {}
        self._cells: list[int] = []
        self._among_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "cellXfs":
            self._among_cells = True
        elif name == "numFmt" and len(attributes.get("formatCode", "")) <= 255:
            self._codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name == "xf" and self._among_cells:
            self._cells.append(int(attributes.get("numFmtId", 0)))
        if max(len(self._cells), len(self._codes)) > MAX_STYLES:
            raise too_large()

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._among_cells = False

    def number_formats(self) -> str:
        """Return a styles part with nothing but the number formats."""
        used = set(self._cells)
        codes = "".join(
            f'<numFmt numFmtId="{key}" formatCode={quoteattr(code)}/>'
            for key, code in self._codes.items()
            if key in used
        )
        cells = "".join(f'<xf numFmtId="{key}"/>' for key in self._cells or [0])
        return (
            f'<styleSheet xmlns="{NAMESPACE}"><numFmts>{codes}</numFmts>'
            f"<cellXfs>{cells}</cellXfs></styleSheet>"
        )


class _Texts(Part):
    """The table of shared texts."""

    def __init__(self) -> None:
        super().__init__()
        self._texts = self._rich = self._length = 0
        self.parser.CharacterDataHandler = self.text

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._texts += 1
            self._length = 0
        elif name in _RUNS:
            self._rich += name != "t"
        elif name != "sst":
            raise damaged()
        if self._texts > MAX_TEXTS or self._rich > MAX_RICH:
            raise too_large()

    def text(self, data: str) -> None:
        """Count characters; those between two texts count for the one before."""
        self._length += len(data)
        if self._length > 2 * MAX_LENGTH:
            raise too_large()


def column_of(reference: str) -> int:
    """Return the position of a cell in its row from its name: A1 is 0, AB12 is 27."""
    place = 0
    for letter in reference:
        if not letter.isalpha():
            break
        place = place * 26 + ord(letter.upper()) - 64
    return place - 1


class _Sheet(Part):
    """A sheet whose rows and cells are counted, with nothing unknown among them.

    Elements of which openpyxl would build objects (merged cells, rules) are refused before and
    among the rows; those after them are never read.
    """

    def __init__(self) -> None:
        super().__init__()
        self.last_row = self._number = self._rows = self._filled = 0
        self._place = -1
        self._in_row = self._length = self._between = 0
        self._is_filled = self._collects = self._inside = self._was_inside = False
        self._data_at: int | None = None
        self.parser.CharacterDataHandler = self.text

    def amended(self, piece: bytes, start: int) -> bytes:
        """Insert a size before the rows: openpyxl would search all rows for one."""
        if self._data_at is None:
            return piece
        place, self._data_at = self._data_at - start, None
        tag = piece[place : place + 40]
        if place < 0 or not tag.startswith(b"<") or b"sheetData" not in tag:
            # The tag began in the previous piece; openpyxl searches the rows then.
            return piece
        prefix = tag[1 : tag.index(b"sheetData")]
        return piece[:place] + b"<" + prefix + b'dimension ref="A1"/>' + piece[place:]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheetData":
            if self._was_inside or attributes:
                raise damaged()
            self._inside = self._was_inside = True
            self._data_at = self.parser.CurrentByteIndex
        elif self._inside:
            self._among_rows(name, attributes)
        elif not self._was_inside and self.elements > MAX_BEFORE:
            raise too_large()

    def _among_rows(self, name: str, attributes: dict[str, str]) -> None:
        self._in_row += 1
        if name not in _IN_ROWS or len(attributes) > MAX_ATTRIBUTES:
            raise damaged()
        if self._in_row > MAX_IN_ROW:
            raise too_large()
        if name == "c":
            reference = attributes.get("r", "")
            self._place = column_of(reference) if reference else self._place + 1
            self._length = 0
            if not 0 <= self._place < LAST_COLUMN:
                raise damaged()
        elif name == "row":
            given = attributes.get("r", "")
            number = int(given) if given else self._number + 1
            if not self._number < number <= LAST_ROW:
                raise damaged()
            self._rows += 1
            self._number, self._place, self._in_row, self._is_filled = number, -1, 0, False
            self._between = 0
        self._collects = name in ("v", "t")

    def end(self, name: str) -> None:
        self._collects = False
        if name == "sheetData":
            self._inside = False
        elif name == "row" and self._is_filled:
            self._filled += 1
            self.last_row = self._number
            if self._filled > MAX_ROWS + 2 or self._rows - self._filled > MAX_EMPTY_ROWS:
                raise too_large()

    def text(self, data: str) -> None:
        """Count characters, and mark the row as filled."""
        if not self._collects:
            self._between += len(data)
            if self._between > MAX_TEXT_BETWEEN:
                raise too_large()
            return
        self._is_filled = True
        self._length += len(data)
        if self._length > 2 * MAX_LENGTH:
            raise too_large()
        if self._place >= MAX_COLUMNS and data.strip():
            raise too_many_columns(self._number)
