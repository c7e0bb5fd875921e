"""Finds a Chromium for the browser tests, or installs one.

    python -m dev.tools.browser        prints its path; status 1 and the reason if there is none

``KONTOR_CHROMIUM`` names one of your own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from dev.tools.bootstrap import apt_install, is_debian_root

# The shell has the same engine without the windows around it, and needs a third less time.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
FONTS = ("fonts-liberation", "fonts-noto-color-emoji")
MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


class NoBrowserError(Exception):
    """Why there is no browser, and how to get one."""


def find() -> str | None:
    """Return the path of an installed Chromium that starts, or None."""
    for path in candidates():
        if path and Path(path).exists() and starts(path):
            return path
    return None


def candidates() -> Iterator[str | None]:
    if given := os.environ.get("KONTOR_CHROMIUM"):
        yield given
        return
    yield from map(shutil.which, NAMES)
    yield from MACOS
    yield playwright_path()


def find_or_install() -> str:
    """Return the path of a Chromium; install Debian's as root, else Playwright's, if needed."""
    tried = []
    if found := find():
        return found
    if os.environ.get("KONTOR_CHROMIUM"):
        raise NoBrowserError(f"KONTOR_CHROMIUM={os.environ['KONTOR_CHROMIUM']} does not start.")
    if is_debian_root():
        print("No Chromium found: installing Debian's package ...", file=sys.stderr, flush=True)
        for package in NAMES[:2]:
            apt_install(package, *FONTS)
            if found := find():
                return found
        tried.append("Debian's package could not be installed")
    print("No Chromium found: asking Playwright for one ...", file=sys.stderr, flush=True)
    try:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=600,
        )
    except subprocess.TimeoutExpired:
        tried.append("Playwright's download took more than ten minutes")
    if found := find():
        return found
    tried.append("Playwright's own could not be fetched or does not start")
    raise NoBrowserError(
        f"no Chromium: none is installed, and {'; '.join(tried)}. Install one (on Debian: sudo "
        "apt-get install chromium) or name one with KONTOR_CHROMIUM=/path/to/chromium."
    )


def playwright_path() -> str | None:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return None
    try:
        with sync_playwright() as playwright:
            return str(playwright.chromium.executable_path)
    except (Error, OSError):
        return None


def starts(path: str) -> bool:
    try:
        done = subprocess.run([path, "--version"], check=False, capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> int:
    try:
        print(find_or_install())
    except NoBrowserError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
