"""A way to a server that can be frozen: then nothing passes, and what is new gets no answer."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any, Self


class Proxy:
    """A port of this machine that passes everything on, until it is frozen.

    ``target`` is an address and port, or the path of a Unix socket.
    """

    def __init__(self, target: tuple[str, int] | str) -> None:
        self._target = target
        self._open = threading.Event()
        self._open.set()
        self._ended = False
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def freeze(self) -> None:
        self._open.clear()

    def thaw(self) -> None:
        self._open.set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended = True
        self._open.set()
        for each in [self._listener, *self._sockets]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                caller, _address = self._listener.accept()
            except OSError:
                return
            self._sockets.append(caller)
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        self._open.wait()
        if self._ended:
            return
        server = socket.socket(
            socket.AF_UNIX if isinstance(self._target, str) else socket.AF_INET,
        )
        server.connect(self._target)
        self._sockets.append(server)
        threading.Thread(target=self._pass, args=(server, caller), daemon=True).start()
        self._pass(caller, server)

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def way_to(database: dict[str, Any]) -> tuple[str, int] | str:
    """Return the target of a database's settings."""
    host, port = str(database["HOST"] or "127.0.0.1"), int(database["PORT"] or 5432)
    return f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)
