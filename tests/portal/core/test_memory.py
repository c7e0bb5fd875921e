"""DEC-113: what a process loads at its start is not gone through again for each one it forks."""

from __future__ import annotations

import subprocess
import sys

import pytest

# A process with the application has a quarter of a million objects.
MANY = 100_000
WEB = "import gc, portal.wsgi; print(gc.get_freeze_count())"
WORKER = """
import gc
from celery.signals import worker_before_create_process
from portal.celery import app
app.loader.import_default_modules()
worker_before_create_process.send(sender=None)
once = gc.get_freeze_count()
kept = [[] for _number in range(1000)]
worker_before_create_process.send(sender=None)
assert gc.get_freeze_count() == once, "what came later is kept, too"
print(once)
"""


@pytest.mark.parametrize("code", [WEB, WORKER], ids=["web", "worker"])
def test_what_is_loaded_is_kept(code: str) -> None:
    """DEC-113: once, before the first process is forked; what comes later is looked after."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) > MANY
