"""Defaults of the web process; gunicorn reads this file by itself, and its command line goes first.

Every process is told its threads, so that no host takes all of them (AVAIL-02). What gunicorn
answers by itself carries the headers of every other answer (INP-19).
"""

import os
from typing import Any

from gunicorn import util

worker_class = "gthread"
threads = 12
control_socket_disable = True

# An answer of gunicorn itself has no content to protect, and repeats nothing of the request.
ERROR = """HTTP/1.1 {status} {reason}\r
Connection: close\r
Content-Type: text/plain; charset=utf-8\r
Content-Length: {length}\r
Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r
X-Content-Type-Options: nosniff\r
X-Frame-Options: DENY\r
Referrer-Policy: same-origin\r
Cross-Origin-Opener-Policy: same-origin\r
Permissions-Policy: camera=(), geolocation=(), microphone=()\r
Cache-Control: no-store\r
{secure}\r
{reason}
"""
HSTS = "Strict-Transport-Security: max-age=31536000; includeSubDomains; preload\r\n"


def write_error(sock: Any, status: int, reason: str, _words: str) -> None:
    """Answer a request that never reached the application."""
    secure = HSTS if os.environ.get("KONTOR_SCHEME") == "https" else ""
    text = ERROR.format(status=status, reason=reason, length=len(reason) + 1, secure=secure)
    util.write_nonblock(sock, text.encode("latin1"))


def post_fork(_server: Any, worker: Any) -> None:
    """Say how many threads there are, before the application is loaded."""
    os.environ["WEB_THREADS"] = str(worker.cfg.threads)
    util.write_error = write_error
