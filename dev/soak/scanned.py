"""A portal of one's own for the scans: database, demo data, web and worker on the loopback.

Nordlys also has the host ``127.0.0.1``, since scanners don't know what ``nordlys.localhost`` is.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from dev.embedded.processes import wait_until
from dev.embedded.runner import QUEUES
from dev.embedded.services import Services
from dev.soak.prepared import ROOT, STATIC, start_prepared

PASSWORD = "demo-2026-kontor"  # noqa: S105  of the demo, which everybody knows
ADDRESS = "127.0.0.1"
# The host that scanners use.
HOSTS = """
from portal.tenancy.models import Domain, Partner
nordlys = Partner.objects.get(slug="nordlys")
Domain.objects.get_or_create(domain="127.0.0.1", tenant=nordlys, defaults={"is_primary": False})
"""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def policy(self) -> str:
        return self.headers.get("content-security-policy", "")


class Visitor:
    """Somebody on one host of the portal, with their cookies."""

    def __init__(self, port: int, host: str) -> None:
        self.port, self.host = port, host
        self.cookies: dict[str, str] = {}

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def ask(
        self,
        path: str,
        data: dict[str, str] | None = None,
        *,
        method: str = "",
        timeout: float = 30,
    ) -> Answer:
        """Send one request and keep the cookies; redirects are not followed."""
        headers = {"Host": f"{self.host}:{self.port}", "Cookie": self.cookie}
        body = None
        if data is not None:
            body = urlencode(data)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://{self.host}:{self.port}{path}"
        connection = http.client.HTTPConnection(ADDRESS, self.port, timeout=timeout)
        try:
            connection.request(
                method or ("POST" if data is not None else "GET"), path, body, headers
            )
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        for value in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(value).items():
                self.cookies[name] = morsel.value
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, content)

    def sign_in(self, email: str) -> None:
        """Sign in through the page; raise RuntimeError if it does not let in."""
        page = self.ask("/accounts/login/")
        token = TOKEN.search(page.text)
        form = {"login": email, "password": PASSWORD}
        form["csrfmiddlewaretoken"] = token[1] if token else ""
        answer = self.ask("/accounts/login/", form)
        if answer.status != 302:
            raise RuntimeError(f"{email} was not let in: {answer.status}")


@dataclass(frozen=True)
class Portal:
    """A running portal."""

    port: int
    folder: Path
    env: dict[str, str]

    @property
    def database(self) -> str:
        return self.env["DATABASE_URL"]

    def visitor(self, host: str = ADDRESS, email: str = "") -> Visitor:
        """Return a visitor of a host, signed in if an address is given."""
        found = Visitor(self.port, host)
        if email:
            found.sign_in(email)
        return found

    def manage(self, *words: str) -> str:
        """Run a command of the portal and return what it printed."""
        return run_manage(self.env, *words)

    def python(self, script: str) -> str:
        """Run Python in the portal's environment and return what it printed."""
        return self.manage("shell", "-v", "0", "-c", script).strip()


def run_manage(env: dict[str, str], *words: str) -> str:
    """Run a command of the portal; raise RuntimeError with its last words if it fails."""
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=1800
    )
    if done.returncode != 0:
        raise RuntimeError(f"manage.py {words[0]}: {done.stderr[-500:]}")
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def environment(services: dict[str, str], folder: Path, port: int, secret: str) -> dict[str, str]:
    """Return the environment of the portal's processes."""
    given = {name: value for name, value in os.environ.items() if name != "DEBUG"}
    return {
        **given,
        **services,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "KONTOR_EMBEDDED": "1",
        "KONTOR_PORT": str(port),
        "KONTOR_DOMAIN": "localhost",
        "KONTOR_SCHEME": "http",
        "ALLOWED_HOSTS": f"localhost,.localhost,{ADDRESS}",
        "SECRET_KEY": secret,
        "EMAIL_URL": f"file://{folder / 'mail'}",
        "REPLY_ADDRESS": "support@reply.kontor.example",
        "STATIC_ROOT": str(STATIC),
        "PYTHONUNBUFFERED": "1",
    }


def web_command(port: int, *, workers: int = 1) -> list[str]:
    """Return the command of the web process."""
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--threads=12"]
    return [*command, f"--bind={ADDRESS}:{port}", f"--workers={workers}", "--log-level=warning"]


def worker_command() -> list[str]:
    """Return the command of a worker with one process."""
    command = [sys.executable, "-m", "celery", "-A", "portal.celery:app", "worker"]
    return [*command, "--pool=solo", f"--queues={QUEUES}", "--loglevel=warning"]


@contextmanager
def programs(
    commands: list[list[str]], env: dict[str, str], log: Path
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run programs until the context ends."""
    started: list[subprocess.Popen[bytes]] = []
    with log.open("ab") as output:
        try:
            for command in commands:
                process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
                started.append(process)
            yield started
        finally:
            for process in started:
                process.send_signal(signal.SIGTERM)
            for process in started:
                try:
                    process.wait(timeout=30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def answers(port: int) -> bool:
    """Return whether the portal answers on its port."""
    with suppress(OSError, http.client.HTTPException):
        return Visitor(port, "localhost").ask("/healthz", timeout=3).status == 200
    return False


@contextmanager
def scanned_portal(folder: Path, *, worker: bool = True) -> Iterator[Portal]:
    """Run a portal with the demo data; all of it ends with the context."""
    (folder / "mail").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    port = free_port()
    services = Services(folder / "services", durable=False)
    services.claim()
    try:

        def given(secret: str) -> dict[str, str]:
            return environment(services.env, folder, port, secret)

        env = given(start_prepared(services, given, folder / "prepare.log"))
        run_manage(env, "shell", "-v", "0", "-c", HOSTS)
        run_manage(env, "dispatch")
        commands = [web_command(port), *([worker_command()] if worker else [])]
        with programs(commands, env, folder / "portal.log"):
            if not wait_until(lambda: answers(port), seconds=180, check=lambda: None):
                raise RuntimeError("the portal did not come up")
            yield Portal(port, folder, env)
    finally:
        services.stop()
