"""The content security policies of answers of every kind that the portal gives."""

from __future__ import annotations

import re
import socket
from collections import deque
from collections.abc import Callable
from html import unescape
from urllib.parse import urljoin, urlsplit

from dev.soak.scanned import ADDRESS, Portal, Visitor

LINK = re.compile(r'(?:href|src)="([^"#]+)"')
# What a browser is never led to by a link: a policy protects what it shows.
MAILED_LINK = re.compile(r"http://[^/\s]+(/(?:confirm|report)/[A-Za-z0-9_-]{40,}/)")
Note = Callable[[str, str], None]
NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")


def policies(portal: Portal, *, pages: int) -> dict[str, set[str]]:
    """Return the kinds of answers by policy; ``pages`` are followed for each of three people."""
    seen: dict[str, set[str]] = {}

    def note(kind: str, policy: str) -> None:
        seen.setdefault(policy, set()).add(kind)

    for email, host, start in (
        ("anna@nordlys.example", ADDRESS, "/"),
        ("staff@kontor.example", "localhost", "/admin/"),
        ("", ADDRESS, "/accounts/login/"),
    ):
        walk(portal.visitor(host, email), start, pages, note)
    _errors(portal, note)
    _mailed(portal, note)
    note("gunicorn's own 400", _of_the_server(portal.port))
    return seen


def walk(visitor: Visitor, start: str, pages: int, note: Note) -> None:
    """Follow the links of a host, one of each kind first, and note each answer's policy."""
    waiting, known, kinds = deque([start]), {start}, set()
    later: deque[str] = deque()
    for _each in range(pages):
        if not waiting and not later:
            return
        path = waiting.popleft() if waiting else later.popleft()
        answer = visitor.ask(path)
        kind = answer.headers.get("content-type", "none").partition(";")[0]
        note(
            f"{visitor.host} {answer.status} {kind} {NUMBERS.sub('*', path.partition('?')[0])}",
            answer.policy,
        )
        if kind != "text/html":
            continue
        for link in [*LINK.findall(answer.text), answer.headers.get("location", "")]:
            url = urlsplit(urljoin(f"http://{visitor.host}:{visitor.port}{path}", unescape(link)))
            target = url.path + (f"?{url.query}" if url.query else "")
            if url.hostname != visitor.host or target in known:
                continue
            known.add(target)
            shape = NUMBERS.sub("*", url.path)
            (later if shape in kinds else waiting).append(target)
            kinds.add(shape)


def _errors(portal: Portal, note: Note) -> None:
    anna = portal.visitor(ADDRESS, "anna@nordlys.example")
    for what, visitor, path, method in (
        ("not found", anna, "/nowhere/", "GET"),
        ("not found, signed out", portal.visitor(ADDRESS), "/nowhere/", "GET"),
        ("no such partner", Visitor(portal.port, "nobody.localhost"), "/", "GET"),
        ("no such host", Visitor(portal.port, "elsewhere.example"), "/", "GET"),
        ("a bad address", anna, "/?x=%00", "GET"),
        ("without a token", anna, "/leave/", "POST"),
        ("only to be posted", anna, "/leave/", "GET"),
        ("health", anna, "/healthz", "GET"),
        ("a static file", anna, "/static/css/tokens.css", "GET"),
        ("no static file", anna, "/static/nowhere.css", "GET"),
    ):
        answer = visitor.ask(path, method=method)
        note(f"{what}: {answer.status}", answer.policy)


def _mailed(portal: Portal, note: Note) -> None:
    """Open the links of the mails that customers got, and what they lead to."""
    links = {
        link
        for mail in sorted((portal.folder / "mail").rglob("*"))
        if mail.is_file()
        for link in MAILED_LINK.findall(mail.read_text(errors="replace").replace("=\n", ""))
    }
    if not links:
        note("no mail has a link", "")
    for link in sorted(links)[:10]:
        visitor = Visitor(portal.port, "nordlys.localhost")
        answer = visitor.ask(link)
        note(f"mailed link {link[:9]}: {answer.status}", answer.policy)
        if target := answer.headers.get("location", ""):
            page = visitor.ask(urlsplit(target).path)
            note(f"page of a mailed link {link[:9]}: {page.status}", page.policy)


def _of_the_server(port: int) -> str:
    """Send what is no request, and return the policy of the web server's own answer."""
    with socket.create_connection((ADDRESS, port), timeout=10) as raw:
        raw.sendall(b"GARBAGE\r\n\r\n")
        answer = b""
        while data := raw.recv(65536):
            answer += data
    found = re.search(rb"(?im)^content-security-policy: (.+?)\r$", answer)
    return found[1].decode() if found else ""
