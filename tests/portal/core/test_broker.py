"""A message in flight whose connection was given up meanwhile (AVAIL-07)."""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from kombu.connection import Connection
from kombu.transport import redis

from portal.celery import app
from portal.core import broker

log = logging.getLogger(__name__)


def in_flight(kind: Any) -> tuple[Any, Any]:
    """Return a message that was received, and its connection after the broker was lost."""
    connection: Any = Connection(settings.REDIS_URL, transport=kind)
    queue = connection.SimpleQueue(f"probe-{uuid4()}")
    queue.put({"a": 1})
    message = queue.get(timeout=5)
    message.channel.qos._on_collect.cancel()  # not tried again when the tests end
    transport = connection.transport
    # What is left where giving back fails half-way: no pool, and a transport without its client.
    message.channel._disconnect_pools()
    message.channel.connection = transport
    transport.client = None
    return connection, message


@pytest.mark.parametrize("back", ["ack_log_error", "reject_log_error"])
def test_a_message_of_a_closed_connection_ends_no_worker(
    back: str, caplog: pytest.LogCaptureFixture
) -> None:
    """AVAIL-07: it is logged as an error of the connection, which Celery outlives."""
    connection, message = in_flight(broker.Transport)
    getattr(message, back)(log, connection.connection_errors)
    assert "was closed" in caplog.text


def test_kombus_own_channel_would_end_it() -> None:
    """AVAIL-07: the control: the error that was seen, which is none of the connection's."""
    connection, message = in_flight(redis.Transport)
    with pytest.raises(AttributeError, match="hostname"):
        message.ack_log_error(log, connection.connection_errors)


def test_workers_and_pages_use_our_transport() -> None:
    """AVAIL-07: for the broker's address as it is written in REDIS_URL."""
    assert isinstance(app.connection_for_write().transport, broker.Transport)
