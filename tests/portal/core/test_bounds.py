"""AVAIL-02: the requests of one host leave threads for all others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from portal.core import bounds
from portal.core.bounds import Bound, BoundMiddleware

THREADS = 12


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The middleware around a page that answers when it is told to."""
    monkeypatch.setattr(settings, "WEB_THREADS", THREADS)
    monkeypatch.setattr(bounds, "WAIT_SECONDS", 0.2)
    gate = threading.Event()

    def page(request: HttpRequest) -> HttpResponse:
        if request.path == "/slow/":
            gate.wait(10)
        return HttpResponse("done")

    middleware: Any = BoundMiddleware(page)
    middleware.gate = gate
    return middleware


def ask(middleware: Callable[[HttpRequest], HttpResponse], host: str, path: str) -> HttpResponse:
    return middleware(RequestFactory().get(path, HTTP_HOST=host))


def test_one_host_cannot_take_all_threads(slow: Any) -> None:
    """AVAIL-02: a third work, a quarter wait a moment, the rest is told so at once."""
    with ThreadPoolExecutor(THREADS) as pool:
        calls = [pool.submit(ask, slow, "nordlys.localhost:8000", "/slow/") for _n in range(10)]
        refused = [call for call in calls if not call.done() or call.result().status_code == 503]
        while sum(call.done() for call in calls) < 6:
            threading.Event().wait(0.02)
        other = ask(slow, "brueckner.localhost", "/")
        assert other.status_code == 200
        slow.gate.set()
        answers = [call.result() for call in calls]
    assert refused and sorted(answer.status_code for answer in answers) == [200] * 4 + [503] * 6
    answer = next(each for each in answers if each.status_code == 503)
    assert int(answer["Retry-After"]) > 0 and "Nothing was saved." in answer.content.decode()
    assert ask(slow, "nordlys.localhost:8000", "/").status_code == 200


def test_a_short_burst_waits_its_turn(slow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """AVAIL-02: somebody whose colleagues are quick is not refused."""
    monkeypatch.setattr(bounds, "WAIT_SECONDS", 5)
    with ThreadPoolExecutor(THREADS) as pool:
        calls = [pool.submit(ask, slow, "nordlys.localhost", "/slow/") for _n in range(7)]
        while sum(slow.bound._waiting.values()) < 3:
            threading.Event().wait(0.01)
        slow.gate.set()
        assert {call.result().status_code for call in calls} == {200}


def test_one_thread_is_always_left(slow: Any) -> None:
    """AVAIL-02, AVAIL-03: whatever hosts are asked for, a thread is there for the health page."""
    bound = Bound(THREADS)
    taken = sum(bound.enter(f"host{number}") for number in range(50))
    assert taken == THREADS - 1
    names = settings.MIDDLEWARE
    assert names.index("portal.middleware.HealthMiddleware") < names.index(
        "portal.core.bounds.BoundMiddleware"
    )


def test_a_file_holds_its_thread_until_it_is_sent(slow: Any) -> None:
    """AVAIL-02: an export is written while it is sent."""
    slow.get_response = lambda _request: StreamingHttpResponse(iter([b"a"]))
    answer: Any = ask(slow, "nordlys.localhost", "/")
    assert slow.bound._busy == 1
    for close in answer._resource_closers:
        close()
    assert slow.bound._busy == 0 and not slow.bound._working


def test_an_error_gives_the_thread_back(slow: Any) -> None:
    """AVAIL-02: otherwise a few errors would close the portal."""

    def broken(_request: HttpRequest) -> HttpResponse:
        raise ValueError

    slow.get_response = broken
    with pytest.raises(ValueError):
        ask(slow, "nordlys.localhost", "/")
    assert slow.bound._busy == 0 and not slow.bound._working


def test_without_threads_to_count_nothing_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """AVAIL-02: gunicorn.conf.py says how many there are."""
    monkeypatch.setattr(settings, "WEB_THREADS", 0)
    with pytest.raises(MiddlewareNotUsed):
        BoundMiddleware(lambda _request: HttpResponse())


def test_static_files_are_not_counted() -> None:
    """AVAIL-02: a page loads its scripts and styles at once, which is no burst of slow requests."""
    order = [each.rpartition(".")[2] for each in settings.MIDDLEWARE]
    assert order.index("WhiteNoiseMiddleware") < order.index("BoundMiddleware")
    assert order.index("BoundMiddleware") < order.index("PartnerMiddleware")
