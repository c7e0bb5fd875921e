"""DEC-115: what the first request of a process would wait for is there before it."""

from __future__ import annotations

import subprocess
import sys

import pytest

WEB = "import portal.wsgi"
WORKER = """
from celery.signals import worker_before_create_process
from portal.celery import app
app.loader.import_default_modules()
worker_before_create_process.send(sender=None)
"""
# Nothing is collected, compiled or loaded any more.
ASKS = """
import re
from django.core.validators import validate_email
from django.urls import resolve, reverse
from django.urls.resolvers import URLResolver
from django.utils import translation
from portal.celery import app

def late(*args, **kwargs):
    raise AssertionError("made when it was asked for")

assert {name.partition(".")[0] for name in app.tasks} >= {"outbox", "customers", "quotes"}
URLResolver._populate = re.compile = late
for language in ("en", "de", "sv"):
    with translation.override(language):
        for name, urlconf in (
            ("orders:list", "portal.urls"),
            ("admin:index", "portal.urls_public"),
            ("admin:index", "portal.urls_partner_admin"),
        ):
            resolve(reverse(name, urlconf), urlconf)
validate_email("anna@nordlys.example")
print("ready")
"""


@pytest.mark.parametrize("code", [WEB, WORKER], ids=["web", "worker"])
def test_first_request_waits_for_nothing(code: str) -> None:
    """DEC-115: addresses in all languages, tasks, and the check of an e-mail address."""
    done = subprocess.run(
        [sys.executable, "-c", code + ASKS],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split()[-1] == "ready"
