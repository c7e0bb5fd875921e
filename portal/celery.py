"""The Celery app: `celery -A portal.celery:app worker` and `... beat`.

Its settings are the ``CELERY_`` ones of `portal.settings`; tasks are the ``tasks`` modules of the
installed apps, declared with `portal.tenancy.queueing.task`.
"""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.core.management.base import SystemCheckError

from portal.core import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

broker.use()
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect(weak=False)  # type: ignore[untyped-decorator]
def keep_our_logging(**_kwargs: object) -> None:
    """Do nothing: a receiver of this signal keeps Celery from replacing our logging settings."""


@worker_init.connect(weak=False)  # type: ignore[untyped-decorator]
@beat_init.connect(weak=False)  # type: ignore[untyped-decorator]
def refuse(**_kwargs: object) -> None:
    """Run the system checks: a worker starts under the same conditions as the web process."""
    # The checks read settings that Celery has not set up yet when this module is loaded.
    from portal.checks import refuse_to_start

    try:
        refuse_to_start()
    except SystemCheckError as error:
        # Celery logs any other exception of a signal receiver and continues.
        raise SystemExit(str(error)) from error
