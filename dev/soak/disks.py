"""A small disk for the servers' data, which can be filled to the last byte."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

MEGABYTES = 1500
BLOCK = bytes(1 << 20)


class NoDiskError(Exception):
    """No disk can be mounted here; the message says why."""


class SmallDisk:
    """A file system in memory at a folder, between ``mount`` and ``unmount``; only root can."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"
        self._is_mounted = False

    def mount(self) -> None:
        """Mount it; raise NoDiskError where that is not allowed."""
        if os.geteuid():
            raise NoDiskError("only root can mount a disk")
        self.folder.mkdir(parents=True, exist_ok=True)
        options = f"size={MEGABYTES}m,mode=0755"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "kontor-soak", str(self.folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NoDiskError(done.stderr.strip() or "mount failed")
        self._is_mounted = True

    def unmount(self) -> None:
        if self._is_mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)
            self._is_mounted = False

    def fill(self) -> None:
        """Write until nothing more goes on it."""
        if not self._is_mounted:
            raise NoDiskError("there is no small disk")
        size = len(BLOCK)
        with self._filler.open("wb", buffering=0) as file:
            while size:
                try:
                    file.write(BLOCK[:size])
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    # What is left is smaller than a block.
                    size //= 2

    def free(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)
