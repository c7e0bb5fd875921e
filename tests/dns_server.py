"""A name server on this machine that answers with the records of a test."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dns.message
import dns.rcode
import dns.rrset

# (name, kind) -> values
Records = dict[tuple[str, str], list[str]]


class _Server(socketserver.ThreadingUDPServer):
    records: Records
    broken = False


class _Handler(socketserver.BaseRequestHandler):
    server: Any

    def handle(self) -> None:
        data, socket = self.request
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        name = query.question[0].name
        kind = dns.rdatatype.to_text(query.question[0].rdtype)
        plain = name.to_text().rstrip(".").lower()
        if self.server.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif not any(known == plain for known, _kind in self.server.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif values := self.server.records.get((plain, kind)):
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *values))
        socket.sendto(answer.to_wire(), self.client_address)


@contextmanager
def name_server() -> Iterator[tuple[str, _Server]]:
    """Run a name server; yield its address for DNS_SERVERS, and itself to set its records."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.records = {}
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", server
        finally:
            server.shutdown()
            thread.join()
