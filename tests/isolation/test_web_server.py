"""What gunicorn answers by itself, before the application sees a request (INP-19)."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROTECTIONS = (
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
    "cache-control",
    "strict-transport-security",
)


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A gunicorn with our configuration around an application of one line."""
    folder = tmp_path_factory.mktemp("web")
    (folder / "one_line.py").write_text(
        "import os\n"
        "def app(environ, start):\n"
        "    start('200 OK', [])\n"
        "    return [os.environ['WEB_THREADS'].encode()]\n"
    )
    way = folder / "s"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "one_line:app", f"--bind=unix:{way}"),
            *(f"--config={ROOT / 'gunicorn.conf.py'}", f"--pythonpath={folder}", "--threads=5"),
        ],
        cwd=folder,
        env={"KONTOR_SCHEME": "https", "PATH": "/usr/bin:/bin"},
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 20
        while not way.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield way
    finally:
        process.terminate()
        process.wait(10)


def send(way: Path, request: bytes) -> tuple[int, dict[str, str], str]:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(10)
        caller.connect(str(way))
        caller.sendall(request)
        answer = b""
        while part := caller.recv(65536):
            answer += part
    head, _gap, body = answer.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _c, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers, body


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * 5000 + b"?secret=hidden HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"hidden" * 2000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nBad hidden header: x\r\n\r\n", 400),
        (b"hidden\r\n\r\n", 400),
    ],
    ids=["address", "header", "name", "line"],
)
def test_refusals_of_the_web_server_are_protected(
    gunicorn: Path, request_: bytes, status: int
) -> None:
    """INP-19: the headers are there, and nothing of the request is repeated."""
    seen, headers, body = send(gunicorn, request_)
    assert seen == status
    assert [name for name in PROTECTIONS if not headers.get(name)] == []
    assert "hidden" not in body and int(headers["content-length"]) == len(body)


def test_each_process_knows_its_threads(gunicorn: Path) -> None:
    """AVAIL-02: those of the command line, so that the bound fits them."""
    status, _headers, body = send(gunicorn, b"GET / HTTP/1.0\r\nHost: a\r\n\r\n")
    assert (status, body) == (200, "5")
