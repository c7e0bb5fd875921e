"""Tasks: declared with a name, called with ids, run in a partner's context or not at all.

A Celery message only starts work early. What must not be lost is a row that beat finds; so a broker
that refuses or hangs costs a request less than a second, is logged, and changes nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from celery import Task
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from kombu.connection import Connection
from kombu.exceptions import KombuError
from kombu.pools import producers
from redis.exceptions import RedisError
from structlog.contextvars import bound_contextvars

from portal.celery import app
from portal.core.actor import acting, current_actor
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.models import Partner, WaitingTask

log = logging.getLogger(__name__)

Id = UUID | str | int

# A publish makes at most two attempts to read from a broker that hangs.
PUBLISH_SECONDS = 0.3
AVOID_SECONDS = 10.0


class PartnerMissing(Exception):
    """A task that is not shared was called without a partner."""


class PartnerTask(Task):
    """Base of every task: enters the partner's context and acts for the person who caused it.

    The message carries ``partner`` (its id) and, if a person caused it, ``user``; both are consumed
    here and not passed to the function. Without a partner the task refuses to run, unless it is
    shared: then it runs in the public schema. That of a suspended partner becomes a row, which
    `portal.tenancy.waiting` calls when the partner is active again.
    """

    abstract = True
    typing = False  # The function does not take the arguments that are consumed here.
    shared = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        partner_id = kwargs.pop("partner", None)
        user_id = kwargs.pop("user", None)
        with ExitStack() as stack:
            stack.enter_context(in_public())
            stack.enter_context(bound_contextvars(task=self.name))
            if partner_id is not None:
                partner = Partner.objects.filter(pk=partner_id).first()
                if partner is None:
                    log.error("task %s refused: no partner %s", self.name, partner_id)
                    return None
                if not partner.is_active:
                    _wait(self.name, partner, {**kwargs, **({"user": user_id} if user_id else {})})
                    return None
                stack.enter_context(in_partner(partner))
                stack.enter_context(bound_contextvars(partner=partner.slug))
            elif not self.shared:
                raise PartnerMissing(self.name)
            if user_id is not None:
                stack.enter_context(bound_contextvars(user_id=str(user_id)))
                stack.enter_context(acting(get_user_model()._default_manager.get(pk=user_id)))
            return super().__call__(*args, **kwargs)


def _wait(name: str, partner: Partner, arguments: dict[str, Any]) -> None:
    """Keep a call of a suspended partner's task until it is active again; once (CHAN-21)."""
    WaitingTask.objects.for_partner(partner).get_or_create(
        partner=partner,
        name=name,
        arguments=arguments,
        defaults={"created_at": timezone.now()},
    )


class _SharedTask(PartnerTask):
    abstract = True
    shared = True


def task(
    name: str, *, shared: bool = False, **options: Any
) -> Callable[[Callable[..., Any]], PartnerTask]:
    """Declare a task named ``app.verb``; with ``shared=True`` it belongs to no partner."""
    declare: Callable[[Callable[..., Any]], PartnerTask] = app.task(
        name=name, base=_SharedTask if shared else PartnerTask, **options
    )
    return declare


@dataclass(frozen=True)
class _Publish:
    """One call of a task, published when the transaction has committed."""

    name: str
    arguments: tuple[tuple[str, Id], ...]

    def __call__(self) -> None:
        found = task_named(self.name)
        if app.conf.task_always_eager:
            found.apply_async(kwargs=dict(self.arguments))
        else:
            _publisher.publish(found, dict(self.arguments))


class _Publisher:
    """Publishes within a second; after a failure it avoids the broker for a while."""

    def __init__(self) -> None:
        self._avoid_until = 0.0
        self._lock = threading.Lock()
        self._connections: dict[str, Connection] = {}

    def forget(self) -> None:
        """Try the broker again at once."""
        self._avoid_until = 0.0

    def publish(self, found: PartnerTask, arguments: dict[str, Id]) -> None:
        if time.monotonic() < self._avoid_until:
            return
        try:
            with producers[self._connection()].acquire(block=True, timeout=PUBLISH_SECONDS) as way:
                found.apply_async(kwargs=arguments, producer=way, retry=False)
        except (KombuError, RedisError, OSError) as error:
            self._avoid_until = time.monotonic() + AVOID_SECONDS
            log.warning("task %s waits for the next sweep, no broker: %s", found.name, error)

    def _connection(self) -> Connection:
        """Return a new connection, because a worker waits longer for the broker than a page."""
        url = str(app.conf.broker_url)
        with self._lock:
            if url not in self._connections:
                self._connections[url] = Connection(  # type: ignore[no-untyped-call]
                    url,
                    connect_timeout=PUBLISH_SECONDS,
                    transport_options={
                        **app.conf.broker_transport_options,
                        "socket_timeout": PUBLISH_SECONDS,
                        "socket_connect_timeout": PUBLISH_SECONDS,
                        "retry_on_timeout": False,
                        "max_retries": 0,
                    },
                )
            return self._connections[url]


_publisher = _Publisher()


def task_named(name: str) -> PartnerTask:
    if name not in app.tasks:
        autodiscover_modules("tasks")
    found = app.tasks[name]
    if not isinstance(found, PartnerTask):
        raise TypeError(f"{name} is not declared with portal.tenancy.queueing.task")
    return found


def enqueue(task: PartnerTask | str, *, partner: Partner | None, **ids: Id) -> None:
    """Call a task (or the one of that name) once this transaction has committed.

    ``partner`` may be None for a shared task only. ``ids`` are UUIDs, strings or integers, never
    objects: the task reads the current state when it runs. The current actor is the actor of the
    task too. The same call twice in one atomic block is made once. Errors of the broker are logged
    and ignored, within a second. Raise TypeError for anything but ids, PartnerMissing without a
    partner.
    """
    found = task_named(task) if isinstance(task, str) else task
    arguments: dict[str, Id] = {}
    for name, value in ids.items():
        if isinstance(value, bool) or not isinstance(value, (UUID, str, int)):
            raise TypeError(f"{found.name}: {name} has to be an id, not {type(value).__name__}")
        arguments[name] = str(value) if isinstance(value, UUID) else value
    if partner is not None:
        arguments["partner"] = str(partner.pk)
        actor = current_actor()
        if actor is not None:
            arguments.setdefault("user", str(actor.pk))
    elif not found.shared:
        raise PartnerMissing(found.name)
    publish = _Publish(found.name, tuple(sorted(arguments.items())))
    here = set(connection.savepoint_ids)
    if any(waiting[:2] == (here, publish) for waiting in connection.run_on_commit):
        return
    # An error after the commit must not turn saved data into an error page.
    transaction.on_commit(publish, robust=not app.conf.task_always_eager)
