"""`make reset`: end an embedded run in this folder and delete its data."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

from dev.embedded.processes import EmbeddedError, say, wait_until
from dev.embedded.services import Services

VAR = Path(__file__).resolve().parents[2] / "var"


def main() -> int:
    if not VAR.exists():
        say("Nothing to reset: there is no var/.")
        return 0
    try:
        agreed = _agreed()
    except EOFError:
        say("\nNobody is there to be asked; nothing was removed. YES=1 make reset asks nothing.")
        return 1
    if not agreed:
        say("Nothing was removed.")
        return 0
    try:
        folders = [VAR, *sorted(VAR.glob("test-*"))]
        for folder in folders:
            _stop(Services(folder, durable=True))
        for path in VAR.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    except EmbeddedError as error:
        say(f"Error: {error}")
        return 1
    except PermissionError as error:
        say(f"Error: {error.filename} belongs to another user; run `make reset` as that user.")
        return 1
    say("var/ is empty. `make run` starts anew with the demo data.")
    return 0


def _agreed() -> bool:
    if os.environ.get("YES") == "1":
        return True
    answer = input(f"Delete the embedded database, mail and files in {VAR}? [y/N] ")
    return answer.strip().lower() in {"y", "yes"}


def _stop(services: Services) -> None:
    """End the run that holds the folder, and any server that a run which died left behind."""
    lock = services.lock
    if not lock.path.exists():
        return
    holder = lock.holder.get("pid", 0)
    if not lock.take():
        say(f"Stopping the run in {services.folder} (process {holder}) ...")
        if holder:
            with suppress(ProcessLookupError):
                os.kill(holder, signal.SIGTERM)
        if not wait_until(lock.take, seconds=60, check=lambda: None):
            raise EmbeddedError(f"process {holder} does not end; stop it, then try again.")
    services.postgres.end_stray()
    services.valkey.end_stray()
    lock.release()


if __name__ == "__main__":
    sys.exit(main())
