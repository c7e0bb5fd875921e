"""What the tests of documents need: Pango to make PDFs, and poppler to read them.

python -m dev.tools.documents      installs what is missing; status 1 and the reason if it fails
"""

from __future__ import annotations

import shutil
import sys

from dev.tools.bootstrap import apt_install, is_debian_root
from portal.core.pdf import PdfMissing, weasyprint

PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
READERS = ("pdfsig", "pdftotext", "pdfinfo")


class NoDocumentsError(Exception):
    """Why no document can be made or read, and what helps."""


def missing() -> list[str]:
    """Return the missing programs and libraries, as text."""
    lacking = [name for name in READERS if shutil.which(name) is None]
    try:
        weasyprint()
    except PdfMissing:
        lacking.append("libpango")
    return lacking


def find_or_install() -> None:
    """Install what is missing, as root from Debian's packages."""
    lacking = missing()
    if not lacking:
        return
    if is_debian_root():
        print(f"Missing: {', '.join(lacking)}. Installing Debian's packages ...", flush=True)
        apt_install(*PANGO, "poppler-utils")
        lacking = missing()
    if lacking:
        raise NoDocumentsError(
            f"missing: {', '.join(lacking)}. On Debian: sudo apt-get install "
            f"{' '.join(PANGO)} poppler-utils."
        )


def main() -> int:
    try:
        find_or_install()
    except NoDocumentsError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
