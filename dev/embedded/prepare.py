"""Updates the database and the static files of an embedded run, in one process."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError


def main() -> int:
    django.setup()
    try:
        call_command("check")
        call_command("migrate")
        call_command("demo")
        collect_static()
    except (CommandError, SystemCheckError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def collect_static() -> None:
    """Run `collectstatic` if anything changed since the last time: it compresses each file."""
    if settings.WHITENOISE_USE_FINDERS or not settings.STATIC_ROOT:
        return
    root = Path(settings.STATIC_ROOT)
    stamp, now = root / ".stamp", _static_fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def _static_fingerprint() -> str:
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            seen.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return seen.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
