"""One XML part of a workbook, read by expat piece by piece and counted at the same time."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from customers.imports.tables import MAX_COLUMNS, MAX_ROWS, MAX_UNPACKED, Unreadable

MAX_TEXTS = MAX_ROWS * MAX_COLUMNS
# The elements of as many rows and cells as may be filled.
MAX_ELEMENTS = 3 * MAX_TEXTS + MAX_ROWS
MAX_DEPTH = 50
# Bytes of one tag, with its attributes.
MAX_TAG = 1024 * 1024
_CHUNK = 64 * 1024
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def damaged() -> Unreadable:
    """Return the refusal of a file that is not a valid workbook."""
    return Unreadable(
        _(
            "This Excel workbook can't be read. Open it in Excel or LibreOffice, save it as .xlsx "
            "again, and upload that."
        )
    )


def too_large() -> Unreadable:
    """Return the refusal of a workbook beyond the limits."""
    return Unreadable(
        _(
            "This workbook is too large: unpacked at most 50 MB, 10,000 rows and 50 columns. "
            "Copy the rows into a new workbook, or split them into several."
        )
    )


class Part:
    """An XML part that is fed to expat piece by piece while its elements are counted."""

    def __init__(self) -> None:
        self.elements = self.depth = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    @staticmethod
    def _refuse(*_args: Any) -> None:
        raise damaged()

    @staticmethod
    def _declared(_version: str, encoding: str | None, _standalone: int) -> None:
        # In another encoding openpyxl would read other characters than expat did.
        if (encoding or "utf-8").lower() not in ("utf-8", "us-ascii", "ascii"):
            raise damaged()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MAX_ELEMENTS or self.depth > MAX_DEPTH:
            raise too_large()
        # Some programs write their names with a prefix: x:c.
        self.start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(name.rpartition(":")[2] if ":" in name else name)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element, named without its namespace."""

    def end(self, name: str) -> None:
        """Handle the end of an element, named without its namespace."""

    def pieces(self, package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
        """Yield the part piece by piece. Raise Unreadable beyond the limits."""
        size = 0
        with package.open(name) as stream:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                if size > MAX_UNPACKED:
                    raise too_large()
                self.parser.Parse(piece, False)
                if size - self.parser.CurrentByteIndex > MAX_TAG:
                    raise too_large()
                yield piece
        self.parser.Parse(b"", True)

    def read(self, package: zipfile.ZipFile, name: str) -> None:
        """Read and count the part to its end."""
        for _piece in self.pieces(package, name):
            pass

    def copy(self, package: zipfile.ZipFile, name: str, new: zipfile.ZipFile, as_: str) -> None:
        """Copy the part into another package while it is counted."""
        with new.open(as_, "w") as stream:
            start = 0
            for piece in self.pieces(package, name):
                # openpyxl only knows the namespace of the usual variant of the format.
                usual = piece if start else piece.replace(_STRICT.encode(), NAMESPACE.encode())
                stream.write(self.amended(usual, start + len(piece) - len(usual)))
                start += len(piece)

    def amended(self, piece: bytes, start: int) -> bytes:
        """Return a piece, whose first byte is at ``start``, as it is to be copied."""
        return piece
