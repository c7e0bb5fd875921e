"""Fetch the third-party files under static/ again: Tabler, the icons we use, the font of PDFs.

    python dev/tools/vendor.py

Run it only to change a version or to add an icon; its results are committed. Each package is
pinned to a version and to the SHA-256 of its archive, and nothing is written unless both agree.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"


class Package(NamedTuple):
    """One pinned archive."""

    name: str
    version: str
    sha256: str


TABLER = Package(
    "@tabler/core",
    "1.6.1",
    "d02d679e51f6c179b21f035e154c13cdcb2ae8b18579e56ea606408ba7fc7a87",
)
ICONS = Package(
    "@tabler/icons",
    "3.51.0",
    "b30108713d3fa60aee862c2a133225da8e0f309be0708fe2925763ff810c766c",
)

# The font of PDFs (OFL): Latin, Greek, Cyrillic and Vietnamese.
INTER = Package(
    "inter-ui",
    "4.1.1",
    "e392e4d71f18a7c1f23dfecd833d68fa05eeab41862686584e80fd2b5d87e9c0",
)
FONTS = ("Inter-Regular.woff2", "Inter-SemiBold.woff2")

ICON_NAMES = """
alert-circle alert-triangle arrow-down arrow-right arrow-up bell calendar check chevron-down
chevron-left chevron-right circle-check circle-plus columns-3 device-laptop download file
file-import file-text filter fingerprint folders help-circle history home id info-circle key
language layout-dashboard link list lock logout mail menu-2 message moon paperclip pencil phone
plus receipt refresh route search selector send settings shield-lock shopping-bag star sun
switch-horizontal tool trash upload user user-check user-plus users x
""".split()


def fetch(package: Package, folder: Path) -> Path:
    """Download the package's archive into the folder and return its path.

    Raise SystemExit if the archive is not the pinned one.
    """
    out = subprocess.run(
        ["npm", "pack", "--silent", "--json", f"{package.name}@{package.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    archive = folder / str(json.loads(out)[0]["filename"])
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != package.sha256:
        sys.exit(f"{package.name} {package.version}: SHA-256 is {found}, not {package.sha256}")
    about = json.loads(read(archive, "package/package.json"))
    if about["version"] != package.version:
        sys.exit(f"{package.name}: the archive says {about['version']}, not {package.version}")
    return archive


def read(archive: Path, member: str) -> str:
    """Return one text file of an archive."""
    return read_bytes(archive, member).decode()


def read_bytes(archive: Path, member: str) -> bytes:
    """Return one file of an archive."""
    with tarfile.open(archive) as tar:
        handle = tar.extractfile(member)
        if handle is None:
            sys.exit(f"{archive.name} holds no {member}")
        return handle.read()


def without_source_map(css: str) -> str:
    """Return the stylesheet without the comment that points to a file we do not ship."""
    return re.sub(r"/\*# sourceMappingURL=.*?\*/\s*", "", css).rstrip() + "\n"


def symbol(name: str, svg: str) -> str:
    """Return one icon as a symbol: its shapes without the outer element and the invisible frame."""
    inner = svg.split(">", 1)[1].rsplit("</svg>", 1)[0]
    shapes = [
        re.sub(r"\s*/>", "/>", line.strip())
        for line in inner.splitlines()
        if line.strip() and 'stroke="none"' not in line
    ]
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>'


def strip_comment(svg: str) -> str:
    """Return the icon without the comment of tags that precedes it."""
    return svg[svg.index("<svg") :]


def write_fonts(archive: Path) -> None:
    """Write static/vendor/inter/."""
    target = STATIC / "vendor" / "inter"
    target.mkdir(parents=True, exist_ok=True)
    for font in FONTS:
        (target / font).write_bytes(read_bytes(archive, f"package/web/{font}"))
    (target / "LICENSE").write_text(read(archive, "package/LICENSE.txt"))
    (target / "VERSIONS").write_text(f"{INTER.name} {INTER.version} sha256 {INTER.sha256}\n")


def main() -> None:
    """Write static/vendor/tabler/, static/vendor/inter/ and static/img/icons.svg."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tabler, icons = fetch(TABLER, folder), fetch(ICONS, folder)
        write_fonts(fetch(INTER, folder))
        target = STATIC / "vendor" / "tabler"
        target.mkdir(parents=True, exist_ok=True)
        css = without_source_map(read(tabler, "package/dist/css/tabler.min.css"))
        (target / "tabler.min.css").write_text(css)
        (target / "LICENSE").write_text(read(icons, "package/LICENSE"))
        (target / "VERSIONS").write_text(
            "".join(f"{p.name} {p.version} sha256 {p.sha256}\n" for p in (TABLER, ICONS))
        )
        symbols = [
            symbol(icon, strip_comment(read(icons, f"package/icons/outline/{icon}.svg")))
            for icon in sorted(ICON_NAMES)
        ]
        sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
        (STATIC / "img").mkdir(parents=True, exist_ok=True)
        (STATIC / "img" / "icons.svg").write_text(sprite)


if __name__ == "__main__":
    main()
