"""The soak's mail server behaves as badly as it is told, and the transport tells the ways apart."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from dev.soak.mail_server import MailServer
from portal.outbox.transports import Broken, Envelope, Refused, Unreachable, open_transport

LETTER = Envelope(
    "a", "kontor@kontor.example", "eva@havsbris.example", b"Message-ID: <1@x>\r\n\r\n."
)


@pytest.mark.parametrize(
    ("behaviour", "error", "for_good", "received"),
    [
        ("well", None, None, 1),
        ("refused", Unreachable, None, 0),
        ("421", Unreachable, None, 0),
        ("451", Refused, False, 0),
        ("550", Refused, True, 0),
        ("552", Refused, True, 0),
        ("dies after DATA", Broken, None, 0),
        ("dies after 250", Broken, None, 1),
    ],
)
def test_each_behaviour_is_told_apart(
    behaviour: str,
    error: type[Exception] | None,
    for_good: bool | None,
    received: int,
    settings: Any,
) -> None:
    """OUT-40, AVAIL-11: what is lost, refused for now, refused for good, and perhaps taken."""
    with MailServer() as server:
        settings.EMAIL_URL = server.url
        server.behave(behaviour)
        with open_transport() as transport:
            if error is None:
                transport.send(LETTER)
            else:
                with pytest.raises(error) as raised:
                    transport.send(LETTER)
                assert getattr(raised.value, "for_good", None) == for_good
        assert server.times("<1@x>") == received == len(server.to("eva@havsbris.example"))


def test_a_server_that_hangs_is_given_up(settings: Any) -> None:
    """OUT-40, AVAIL-11: after the limit, and nothing is taken."""
    settings.EMAIL_MESSAGE_SECONDS = 0.3
    with MailServer() as server:
        settings.EMAIL_URL = server.url
        server.behave("hangs")
        with open_transport() as transport, pytest.raises((Unreachable, Broken)):
            settings.EMAIL_TIMEOUT = 0.3
            transport.send(LETTER)
        assert not server.received


def test_a_slow_server_that_is_fast_again_ends_what_it_began(settings: Any) -> None:
    """AVAIL-11: else each message that it was about to take would come twice."""
    with MailServer() as server:
        settings.EMAIL_URL = server.url
        server.behave("slow")
        quick = threading.Timer(1, server.behave, ("well",))
        quick.start()
        with open_transport() as transport:
            transport.send(LETTER)
        assert server.times("<1@x>") == 1
