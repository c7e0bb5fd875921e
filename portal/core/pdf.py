"""The one door for PDFs: a template of ours, rendered without fetching anything from anywhere.

In the worker only (QUEUE "pdf"): a page never waits for type to be set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

VARIANT = "pdf/ua-1"
# The longest text that a document of ours may be made from, in characters.
LONGEST = 2_000_000


class PdfMissing(Exception):
    """The library that sets the type is not on this machine; says how to get it."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "Pango is missing, so no PDF can be made. On Debian: apt-get install libpango-1.0-0 "
            f"libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core ({cause})"
        )


class PdfTooLong(Exception):
    """More text than a document may hold."""


def weasyprint() -> Any:
    """WeasyPrint, loaded when the first PDF is made; raises PdfMissing without Pango."""
    try:
        # Large, and only the worker needs it.
        import weasyprint as library
    except OSError as error:
        raise PdfMissing(str(error).splitlines()[0][:120]) from error
    return library


def _fetcher(library: Any) -> Any:
    """A fetcher that refuses: a document holds all it needs."""

    class Nothing(library.urls.URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            raise library.urls.FatalURLFetchingError(f"A document may load nothing: {url[:80]}")

    return Nothing(allowed_protocols=())


def render_pdf(
    template: str, context: Mapping[str, Any], *, language: str, zone: Any, title: str
) -> bytes:
    """A PDF/UA-1 from the HTML template, in ``language`` and with dates in ``zone`` (D20).

    Raises PdfMissing, PdfTooLong, and FatalURLFetchingError for a document that wants to load
    something. The same context gives the same pages.
    """
    library = weasyprint()
    full = {**context, "language": language, "title": title}
    with translation.override(language), timezone.override(zone):
        html = render_to_string(template, full)
    if len(html) > LONGEST:
        raise PdfTooLong(f"{len(html)} characters")
    document = library.HTML(
        string=html, base_url=settings.DOMAIN, url_fetcher=_fetcher(library), media_type="print"
    )
    made: bytes = document.write_pdf(pdf_variant=VARIANT, optimize_images=False)
    return made
