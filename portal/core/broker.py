"""kombu's transport for Redis, whose closed channels say that they are closed (AVAIL-07).

A worker whose broker freezes or dies gives its connection up and makes a new one. A task that was
running meanwhile then gives its message back through the old channel, which in kombu 5.7 raises
AttributeError: "'NoneType' object has no attribute 'hostname'". Celery expects errors of the
connection there, takes this one for a fault of the program, and the worker ends. What the message
was about is a row, which the next sweep finds.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis


class Channel(redis.Channel):
    """A channel that can't be used any more raises an error that Celery knows."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("the connection to the broker was closed")
        typed: Any = super()
        found: dict[str, Any] = typed._connparams(asynchronous)
        return found


class Transport(redis.Transport):
    """The transport of ``redis://`` and ``rediss://``."""

    Channel = Channel


def use() -> None:
    """Let kombu use this transport for its own names."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
