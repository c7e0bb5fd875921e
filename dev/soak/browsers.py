"""A browser as the soak needs it: one host, its cookies, pages and forms."""

from __future__ import annotations

import http.client
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

CSRF = "c" * 32
PATIENCE = 30.0


@dataclass(frozen=True)
class Answer:
    """What a server answered, and after how many seconds. Status 0: it did not."""

    status: int
    text: str = ""
    location: str = ""
    seconds: float = 0.0


@dataclass
class Browser:
    """A browser with a session of its own at one host of the portal."""

    port: int
    host: str
    cookies: dict[str, str] = field(default_factory=lambda: {"csrftoken": CSRF})
    address: str = field(default_factory=lambda: f"198.51.100.{secrets.randbelow(250)}")

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, data: Mapping[str, str]) -> Answer:
        return self._ask(
            "POST", path, urlencode({**data, "csrfmiddlewaretoken": self.cookies["csrftoken"]})
        )

    def follow(self, path: str) -> tuple[str, Answer]:
        """Get a page through its redirects; return its path, too."""
        for _each in range(5):
            answer = self.get(path)
            if answer.status not in (301, 302):
                break
            path = urlsplit(answer.location).path
        return path, answer

    def sign_in(self, email: str, password: str) -> Answer:
        return self.post("/accounts/login/", {"login": email, "password": password})

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {
            "Host": f"{self.host}:{self.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept-Language": "en",
            # Each browser has an address of its own, so that no limit of an address is met.
            "X-Forwarded-For": self.address,
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return Answer(0, seconds=time.monotonic() - started)
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(
            response.status,
            text,
            response.headers.get("Location") or "",
            time.monotonic() - started,
        )
