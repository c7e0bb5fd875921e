"""The type of a file, detected from its bytes; the name only tells kinds of text apart."""

from __future__ import annotations

import io
import re
import zipfile

from portal.files.models import Kind

MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.TIFF: "image/tiff",
    Kind.TEXT: "text/plain; charset=utf-8",
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
)
_ENDINGS = {
    Kind.JPEG: ("jpg", "jpeg"),
    Kind.TIFF: ("tif", "tiff"),
    Kind.TEXT: ("txt", "text", "log", "md"),
}
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKUP = re.compile(rb"\s*<(!doctype|html|svg|\?xml|script)", re.IGNORECASE)
_HIDDEN = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def kind_of(content: bytes, name: str) -> Kind | None:
    """Return the kind of a file, or None for one that is not accepted: programs, HTML, macros."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if b"%PDF-" in content[:1024]:
        return Kind.PDF
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if _MARKUP.match(content[:1024]) or not _is_text(content):
        return None
    return Kind.CSV if name.lower().endswith((".csv", ".tsv")) else Kind.TEXT


def _office(content: bytes) -> Kind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = {part.filename for part in package.infolist()[:2_000]}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    return Kind.DOCX if "word/document.xml" in names else None


def _is_text(content: bytes) -> bool:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-16":
            return False
        text = content.decode("cp1252", errors="replace")
    return not _BINARY.search(text)


def safe_name(name: str, kind: Kind) -> str:
    """Return the name without folders and invisible characters, with the extension of its kind."""
    bare = _HIDDEN.sub(" ", name.replace("\\", "/").rpartition("/")[2])
    bare = " ".join(bare.split()).strip(" .") or "file"
    endings = _ENDINGS.get(kind, (kind.value,))
    stem, dot, ending = bare.rpartition(".")
    if dot and stem and ending.lower() in endings:
        return f"{stem[:140]}.{ending.lower()}"
    return f"{bare[:140]}.{kind.value}"
