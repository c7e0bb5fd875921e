"""The Celery app: `celery -A portal.celery:app worker` and `... beat`.

Its settings are the ``CELERY_`` ones of `portal.settings`; tasks are the ``tasks`` modules of the
installed apps, declared with `portal.tenancy.queueing.task`.
"""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import (
    beat_init,
    before_task_publish,
    heartbeat_sent,
    setup_logging,
    worker_before_create_process,
    worker_init,
    worker_ready,
)
from django.core.management.base import SystemCheckError

from portal.core import broker, heartbeat, memory, warm_up

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


def keep(**_kwargs: object) -> None:
    """Load what tasks need and keep it, once, before the first process is forked."""
    worker_before_create_process.disconnect(keep)
    warm_up.warm_up()
    memory.keep_loaded()


worker_before_create_process.connect(keep, weak=False)


def live(**_kwargs: object) -> None:
    """Touch the heartbeat's file at each task that beat calls: it calls one every ten seconds."""
    heartbeat.touch()
    before_task_publish.connect(heartbeat.touch, weak=False)


beat_init.connect(live, weak=False)
# A worker whose loop hangs sends no heartbeat, whatever its children do.
worker_ready.connect(heartbeat.touch, weak=False)
heartbeat_sent.connect(heartbeat.touch, weak=False)
