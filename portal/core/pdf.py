"""The single entry point for PDFs: renders a template of ours without fetching anything.

Called in the worker only (queue "pdf"): no page waits for a PDF.
"""

from __future__ import annotations

import io
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from fontTools.ttLib.woff2 import decompress

from portal.core.glyphs import FONTS, font_file

VARIANT = "pdf/ua-1"
# The address of our own fonts in a document's stylesheet; nothing else can be loaded.
FONT_ADDRESS = "https://fonts.invalid/"
# The longest rendered HTML that a document may be made from, in characters.
LONGEST = 2_000_000
# The longest time that making one document may take.
SECONDS = 90
# A folder of fonts that is older, in seconds, is of no document that is still being made.
LEFT_AFTER = 600


class PdfMissing(Exception):
    """WeasyPrint's native library Pango is missing; the message says how to install it."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "Pango is missing, so no PDF can be made. On Debian: apt-get install libpango-1.0-0 "
            f"libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core ({cause})"
        )


class PdfTooLong(Exception):
    """The text of a document is longer than allowed."""


class PdfTooSlow(Exception):
    """Making a document took longer than allowed."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise PdfTooSlow in the block after so many seconds (AVAIL-05).

    Only a process's main thread can be interrupted, which is where workers and commands run tasks.
    Within another limit the one that ends first holds.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_signal: object) -> None:
        raise PdfTooSlow(f"more than {seconds:g} seconds")

    began = time.monotonic()
    outer, _interval = signal.getitimer(signal.ITIMER_REAL)
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, min(seconds, outer or seconds))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            left = outer - (time.monotonic() - began)
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.001))


def weasyprint() -> Any:
    """Return WeasyPrint, imported at the first call; raise PdfMissing without Pango."""
    try:
        # Large, and only the worker needs it.
        import weasyprint as library
    except OSError as error:
        raise PdfMissing(str(error).splitlines()[0][:120]) from error
    return library


@cache
def _font(name: str) -> bytes:
    """Return one of the vendored fonts, unpacked once: it costs more than a document does."""
    unpacked = io.BytesIO()
    decompress(io.BytesIO(font_file(name).read_bytes()), unpacked)
    return unpacked.getvalue()


_FIRST = f"""
    <style>
    @font-face {{ font-family: first; src: url({FONT_ADDRESS}{min(FONTS)}) }}
    @page {{ @bottom-right {{ content: counter(page) "/" counter(pages) }} }}
    body {{ font-family: first }}
    </style>
    <h1>Kontor</h1><p>The <b>first</b> document.</p><table><tr><td>1</td><td>2</td></tr></table>
"""


def prepare() -> None:
    """Load what every document needs, before a worker forks the processes that make them.

    A process that takes the place of one that was ended then makes its first document at once.
    """
    try:
        library = weasyprint()
    except PdfMissing:
        # Said by each document that can't be made.
        return
    for name in sorted(FONTS):
        _font(name)
    # The first document reads the declarations of Pango, which takes a fifth of its time.
    first = library.HTML(string=_FIRST, url_fetcher=_fetcher(library, None, {}))
    # A disk without room must not keep the worker from starting.
    with suppress(OSError):
        first.write_pdf(pdf_variant=VARIANT, optimize_images=False)


def remove_leftovers() -> None:
    """Delete the folders of fonts of documents whose process was ended within them (AVAIL-05).

    They would fill the disk, on which every document needs a little room.
    """
    # Also where no room is left to ask for the folder of temporary files, or another worker is
    # quicker: it is tried again with the next documents.
    with suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob("weasyprint-*"):
            if time.time() - folder.stat().st_mtime > LEFT_AFTER:
                shutil.rmtree(folder, ignore_errors=True)


def _fetcher(library: Any, logo: bytes | None, pictures: Mapping[str, tuple[str, bytes]]) -> Any:
    """Return a URL fetcher for fonts, logo and pictures, which refuses all else (INP-06)."""

    class OurFiles(library.urls.URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            name = url.removeprefix(FONT_ADDRESS)
            if logo is not None and url == f"{FONT_ADDRESS}logo.png":
                return library.urls.URLFetcherResponse(url, logo, {"Content-Type": "image/png"})
            if name in pictures and name != url:
                kind, content = pictures[name]
                return library.urls.URLFetcherResponse(url, content, {"Content-Type": kind})
            if name not in FONTS or name == url:
                raise library.urls.FatalURLFetchingError(f"A document may load nothing: {url[:80]}")
            return library.urls.URLFetcherResponse(url, _font(name), {"Content-Type": "font/ttf"})

    return OurFiles(allowed_protocols=())


def render_pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    language: str,
    zone: Any,
    title: str,
    logo: bytes | None = None,
    pictures: Mapping[str, tuple[str, bytes]] | None = None,
) -> bytes:
    """Render a template as PDF/UA-1, in ``language`` and with dates in ``zone`` (D20).

    ``logo`` is a PNG at the head of each page; ``pictures`` are media type and content by the name
    that follows ``{{ fonts }}`` in the template. Raise PdfMissing, PdfTooLong, PdfTooSlow, or
    FatalURLFetchingError for a document that loads something. The same context gives the same
    pages.
    """
    library = weasyprint()
    full = {
        **context,
        "language": language,
        "title": title,
        "fonts": FONT_ADDRESS,
        "has_logo": logo is not None,
    }
    with limited(SECONDS):
        with translation.override(language), timezone.override(zone):
            html = render_to_string(template, full)
        document = library.HTML(
            string=_checked(html),
            base_url=settings.DOMAIN,
            url_fetcher=_fetcher(library, logo, pictures or {}),
            media_type="print",
        )
        made: bytes = document.write_pdf(pdf_variant=VARIANT, optimize_images=False)
        return made


def _checked(html: str) -> str:
    if len(html) > LONGEST:
        raise PdfTooLong(f"{len(html)} characters")
    return html
