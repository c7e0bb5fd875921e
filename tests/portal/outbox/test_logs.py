"""What a log line contains, and what it never does."""

from __future__ import annotations

import json
import logging
import logging.config
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from portal import logs
from portal.accounts.models import Membership
from portal.core.links import new_secret
from portal.tenancy.models import Partner
from portal.tenancy.queueing import task
from tests.conftest import PASSWORD, HostClient, SignIn

TOKEN = "Zk3fQ9x_h2LrT7-vB1nM8cW4yP6sD0aE5gJ3kU9oIqX"
UUID = "3f0e7c1a-8f5b-4b1e-9d3c-0a1b2c3d4e5f"


class Lines(logging.Handler):
    """A handler that keeps what would be printed."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.all: list[dict[str, Any]] = []
        self.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                processor=logs.renderer, foreign_pre_chain=logs.foreign_chain
            )
        )

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
        self.all.append(json.loads(self.lines[-1]))

    def last(self) -> dict[str, Any]:
        assert "\n" not in self.lines[-1]
        found: dict[str, Any] = json.loads(self.lines[-1])
        return found


@pytest.fixture
def lines() -> Iterator[Lines]:
    structlog.contextvars.clear_contextvars()
    handler = Lines()
    logger = logging.getLogger("kontor.test")
    logger.addHandler(handler)
    before, logger.level = logger.level, logging.INFO
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(before)


def test_a_line_is_json_with_time_level_and_name(lines: Lines) -> None:
    logging.getLogger("kontor.test").info("hello %s", "Eva")
    line = lines.last()
    assert line.pop("at").endswith("Z")
    assert line == {"event": "hello Eva", "level": "info", "logger": "kontor.test"}


def test_structlog_writes_the_same_lines(lines: Lines) -> None:
    structlog.get_logger("kontor.test").warning("hello", order=UUID, n=3, ok=True, none=None)
    line = lines.last()
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "hello",
        "level": "warning",
        "logger": "kontor.test",
        "order": UUID,
        "n": 3,
        "ok": True,
        "none": None,
    }


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"GET /invitation/{TOKEN}/", "GET /invitation/[hidden]/"),
        ("GET /search?q=Eva+Berg&page=2 200", "GET /search?[hidden] 200"),
        ("<WSGIRequest: GET '/x/?key=1'>", "<WSGIRequest: GET '/x/?[hidden]'>"),
        (
            "http://nordlys.localhost:8000/accounts/password/reset/key/"
            "2pzt8yq1hbm5x0v6c3k9w7d4fa-c8x2fh-0123456789abcdef0123456789abcdef/",
            "http://nordlys.localhost:8000/accounts/password/reset/key/[hidden]/",
        ),
        (f"GET /orders/{UUID}/", f"GET /orders/{UUID}/"),
        ("redis://:pw@host:6379/0", "redis://[hidden]@host:6379/0"),
        ("postgres://kontor:pw@host/db", "postgres://[hidden]@host/db"),
        ("what is this? Eva asks", "what is this? Eva asks"),
        ("550 5.1.1 <eva.berg+x@havsbris.example>: unknown", "550 5.1.1 <[hidden]>: unknown"),
        ("{'to': \"o'brien@mail.example.com\"}", "{'to': \"[hidden]\"}"),
        ("@dataclass and user@host and 3 @ 4", "@dataclass and user@host and 3 @ 4"),
        (
            "/srv/portal/customers/services_with_a_long_name_indeed.py",
            "/srv/portal/customers/services_with_a_long_name_indeed.py",
        ),
    ],
)
def test_secrets_of_links_are_left_out(lines: Lines, text: str, kept: str) -> None:
    logging.getLogger("kontor.test").warning("%s", text)
    assert lines.last()["event"] == kept
    assert logs.scrubbed(text) == kept


def test_values_are_cleaned_however_deep(lines: Lines) -> None:
    structlog.get_logger("kontor.test").info(
        "x", request=f"GET /invitation/{TOKEN}/", facts={"password": "pw", "list": [f"/a/{TOKEN}"]}
    )
    line = lines.last()
    assert line["request"] == "GET /invitation/[hidden]/"
    assert line["facts"] == {"password": "[hidden]", "list": ["/a/[hidden]"]}


def test_a_traceback_shows_no_local_variables(lines: Lines) -> None:
    def fail() -> None:
        amount = "sentinel" + "-98765"
        assert amount
        raise ValueError(f"bad link http://x/invitation/{TOKEN}/?a=1")

    for logger in (logging.getLogger("kontor.test"), structlog.get_logger("kontor.test")):
        try:
            fail()
        except ValueError:
            logger.exception("it failed")
        line = lines.last()
        assert line["event"] == "it failed"
        assert "ValueError: bad link http://x/invitation/[hidden]/?[hidden]" in line["exception"]
        assert "sentinel-98765" not in lines.lines[-1]
        assert TOKEN not in lines.lines[-1]


def test_a_value_that_cannot_be_written_does_not_break_the_line(lines: Lines) -> None:
    class Odd:
        def __str__(self) -> str:
            raise RuntimeError

    structlog.get_logger("kontor.test").info("x", odd=Odd())
    assert lines.last()["odd"] == "<Odd>"


def test_the_settings_use_it(settings: Any) -> None:
    how = logging.config.DictConfigurator(settings.LOGGING)
    made = how.configure_formatter(how.config["formatters"]["json"])
    record = logging.LogRecord("x", logging.INFO, "f", 1, f"GET /i/{TOKEN}/", None, None)
    assert json.loads(made.format(record))["event"] == "GET /i/[hidden]/"


def test_secrets_without_a_digit_are_hidden_too() -> None:
    """INP-22: by length and by the route of the link, whatever the letters."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
    assert len(letters) == len(new_secret()) == 43
    for route in ("/confirm/", "/report/", "/invitation/", "/elsewhere/"):
        for end in ("", "/", " ", ".", "'"):
            assert "abcdefgh" not in logs.scrubbed(f"GET {route}{letters}{end}"), (route, end)
    assert "abcdefgh" not in logs.scrubbed(f"/accounts/password/reset/key/a-{letters[:30]}/")
    assert "abcdefgh" not in logs.scrubbed(f"/confirm/%28{letters[:25]}%29/")
    uuid = "27699a5d-1913-44c6-8c38-d5bdc53bd93c"
    for kept in (f"/confirm/review/{uuid}/", f"/report/{uuid}/", "/orders/a/long/path/of/words/"):
        assert logs.scrubbed(kept) == kept


def test_of_many_secrets_none_reaches_a_log() -> None:
    """INP-22: one of 1,500 has no digit."""
    for _n in range(20_000):
        secret = new_secret()
        assert secret not in logs.scrubbed(f"Not Found: /confirm/{secret}/")


def test_a_long_text_without_an_address_is_scrubbed_at_once() -> None:
    """INP-22: the time grows with the length, not with its square."""
    started = time.process_time()
    logs.scrubbed("a" * 500_000 + " " + "a.b-c" * 50_000 + "@" + "d-e." * 50_000)
    assert time.process_time() - started < 2


@pytest.fixture
def root() -> Iterator[list[dict[str, Any]]]:
    """The lines of all loggers."""
    structlog.contextvars.clear_contextvars()
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler.all
    logging.getLogger().removeHandler(handler)


def test_a_line_of_a_request_says_which_where_and_who(
    root: list[dict[str, Any]], anna: Membership, sign_in: SignIn
) -> None:
    """AVAIL-16: request, partner and person by ids; the next request starts without them."""
    client = sign_in(anna)
    for _each in range(2):
        assert client.get("/nowhere/").status_code == 404
    assert HostClient("localhost").get("/nowhere/").status_code == 404
    first, second, outside = (line for line in root if "/nowhere/" in line["event"])
    assert (first["partner"], first["user_id"]) == ("nordlys", str(anna.user_id))
    assert len(first["request_id"]) == 36 and first["request_id"] != second["request_id"]
    assert "partner" not in outside and "user_id" not in outside
    assert anna.user.email not in json.dumps(root)


def test_a_line_of_a_task_says_which_and_whose(
    root: list[dict[str, Any]], nordlys: Partner, anna: Membership
) -> None:
    """AVAIL-16: the task's name, the partner and the person who caused it."""

    @task("test.say")
    def say() -> None:
        logging.getLogger("kontor.test").warning("said")

    structlog.contextvars.clear_contextvars()
    say(partner=str(nordlys.pk), user=str(anna.user_id))
    logging.getLogger("kontor.test").warning("after")
    said, after = (line for line in root if line["event"] in ("said", "after"))
    assert (said["task"], said["partner"]) == ("test.say", "nordlys")
    assert said["user_id"] == str(anna.user_id)
    assert not {"task", "partner", "user_id"} & after.keys()


def test_sign_ins_are_logged_with_the_person_and_how(
    root: list[dict[str, Any]], anna: Membership
) -> None:
    """AVAIL-16: one that failed, one that worked, and nobody's address."""
    client = HostClient("nordlys.localhost")
    form = {"login": anna.user.email, "password": "not the right one"}
    assert client.post("/accounts/login/", form).status_code == 200
    form["password"] = PASSWORD
    assert client.post("/accounts/login/", form).status_code == 302
    failed, worked = (line for line in root if line["logger"] == "portal.accounts.adapter")
    assert (failed["event"], failed["partner"]) == ("a sign-in failed", "nordlys")
    assert worked["event"] == f"{anna.user_id} signed in with password"
    assert anna.user.email not in json.dumps(root) and PASSWORD not in json.dumps(root)
