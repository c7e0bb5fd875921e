"""Hostile texts and files: what tests type into every field and upload everywhere."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data" / "hostile"
ALL = os.environ.get("KONTOR_HOSTILE") == "all"
# Of the long list, every how many a run of all tests takes.
PART = 60


def texts() -> list[str]:
    """Return our own texts and those of the list, or a part of both."""
    own: list[str] = json.loads((DATA / "own.json").read_text())
    listed: list[str] = json.loads((DATA / "blns.json").read_text())
    return [*own, *listed] if ALL else [*own[::3], *listed[::PART]]


def texts_for(number: int) -> list[str]:
    """Return the texts that are typed at the place of a number.

    Each at every third place; with ``KONTOR_HOSTILE=all`` everywhere.
    """
    return texts() if ALL else texts()[number % 3 :: 3]


def bomb(size: int = 20_000_000) -> bytes:
    """Return a workbook whose sheet is many times as large as the file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * size)
    return stream.getvalue()


def entities() -> bytes:
    """Return a workbook with a document type that grows."""
    kinds = "".join(f'<!ENTITY a{n + 1} "&a{n};&a{n};&a{n};">' for n in range(20))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        head = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a0 "lol">{kinds}]>'
        package.writestr("xl/workbook.xml", f"{head}<w>&a20;</w>")
        package.writestr("xl/worksheets/sheet1.xml", f"{head}<w>&a20;</w>")
    return stream.getvalue()


def files() -> dict[str, bytes]:
    """Return files by name: names that deceive, contents that are something else."""
    table = b"Customer number;Customer name;Billing e-mail\n"
    pdf = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("../../evil.txt", "x")
    archive = stream.getvalue()
    found = {
        "bomb.xlsx": bomb(),
        "entities.xlsx": entities(),
        "broken.xlsx": archive[: len(archive) // 2],
        "up.xlsx": archive,
        "attribute.xlsx": archive + b'<a b="' + b"x" * 2_000_000,
        "polyglot.pdf": pdf + archive,
        "page.pdf": b"<html><script>alert(1)</script></html>",
        "page.csv": b"<html><script>alert(1)</script></html>",
        "report.pdf.exe": b"MZ\x90\x00",
        "table.exe.csv": table,
        "\u202efdp.exe": pdf,
        "nul\x00l.pdf": pdf,
        "n" * 300 + ".pdf": pdf,
        "\U0001f4be.csv": table,
        "../../up.csv": table,
        'quote".csv': table,
        "line\r\nX-Evil: 1.csv": table,
        "nulls.csv": table.replace(b";", b"\x00"),
        "utf16.csv": table.decode().encode("utf-16"),
        "latin.csv": b"\xe5\xe4\xf6;\xff\n",
        "empty.csv": b"",
        "formula.csv": table + b"1;=1+1;i@x.example\n",
        "svg.svg": b"<svg onload='alert(1)'/>",
        ".htaccess": b"x",
        "": table,
    }
    return found
