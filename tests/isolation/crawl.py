"""A crawler of all pages that a person can reach by links and forms, searching for a word."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from uuid import UUID

from tests.isolation.wire import Answer, Wire

# How many addresses that differ in their query only are asked for: sorting, filters, pages.
PER_PATH = 14 if os.environ.get("KONTOR_BREADTH") else 5
FILL = {
    "email": "new.person@people.example",
    "to": "new.person@people.example",
    "billing_email": "invoice@people.example",
    "phone": "+46 26 555 01 00",
    "name": "Zebra Test AB",
    "number": "77001",
    "reason": "other",
    "password": "a long enough password",
    "version": "1",
}


@dataclass
class Form:
    """A form as a browser would send it."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """Links, files and forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.files: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._chosen: str | None = None
        self._first: str | None = None
        self._area: tuple[str, list[str]] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("a", "iframe"):
            link = given.get("href") or given.get("src")
            if link:
                self.links.append(link)
        elif tag in ("script", "link", "img"):
            link = given.get("src") or given.get("href")
            if link:
                self.files.append(link)
        elif tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").upper())
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, given, dict(attrs))

    def _field(self, tag: str, given: dict[str, str], raw: dict[str, str | None]) -> None:
        assert self._form is not None
        name, kind = given.get("name", ""), given.get("type", "text").lower()
        if tag == "button" and name:
            self._form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and name and "disabled" not in raw:
            if kind in ("checkbox", "radio") and "checked" not in raw:
                return
            if kind == "submit":
                self._form.buttons.append((name, given.get("value", "")))
                return
            self._add(name, given.get("value", ""))
        elif tag == "select" and name:
            self._select, self._chosen, self._first = name, None, None
        elif tag == "option" and self._select is not None:
            value = given.get("value", "")
            if self._first is None:
                self._first = value
            if "selected" in raw:
                self._chosen = value
        elif tag == "textarea" and name:
            self._area = (name, [])

    def _add(self, name: str, value: str) -> None:
        assert self._form is not None
        self._form.fields.append((name, value))
        if not value:
            self._form.empty.append(name)

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select is not None and self._form is not None:
            value = self._chosen if self._chosen is not None else self._first or ""
            self._add(self._select, value)
            self._select = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            self._add(self._area[0], "".join(self._area[1]).strip())
            self._area = None


@dataclass
class Crawler:
    """A crawler that follows every link and sends every form; changes by forms are rolled back.

    ``forbidden`` returns the words that an address may not show. ``after_post`` is called after
    each form, before the rollback, to check what the form wrote; ``foreign`` are ids of another
    partner's objects, which are put into the forms' fields.
    """

    wire: Wire
    host: str
    cookies: dict[str, str]
    forbidden: Callable[[str], Iterable[str]]
    foreign: dict[str, UUID] = field(default_factory=dict)
    after_post: Callable[[], list[str]] = list
    most: int = 1000
    sent_forms: bool = True
    faults: list[str] = field(default_factory=list)
    posts: int = 0
    pages: int = 0
    _seen: set[str] = field(default_factory=set)
    _forms: set[tuple[str, str, tuple[str, ...]]] = field(default_factory=set)
    _paths: Counter[str] = field(default_factory=Counter)
    _queue: deque[tuple[str, str]] = field(default_factory=deque)

    def walk(self, *starts: str) -> None:
        """Visit everything that can be reached from the start pages."""
        for start in starts:
            self._enqueue(start, "the start")
        while self._queue and self.pages < self.most:
            address, source = self._queue.popleft()
            self._visit(address, source)

    def _enqueue(self, link: str, source: str) -> None:
        parts = urlsplit(urljoin(f"http://{self.host}{source if source[0] == '/' else '/'}", link))
        if parts.hostname != self.host or parts.scheme != "http":
            return
        query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
        address = parts.path + (f"?{query}" if query else "")
        if address in self._seen or self._paths[parts.path] >= PER_PATH:
            return
        self._seen.add(address)
        self._paths[parts.path] += 1
        self._queue.append((address, source))

    def _look(self, answer: Answer, what: str, address: str) -> None:
        for word in self.forbidden(address):
            if word.encode() in answer.everything:
                self.faults.append(f"{what}: shows {word!r}")

    def _visit(self, address: str, source: str) -> None:
        answer = self.wire.send("GET", self.host, address, cookies=self.cookies)
        self.pages += 1
        self._look(answer, f"GET {address}", address)
        if answer.status in (301, 302):
            self._enqueue(answer.header("Location"), address)
        elif answer.status != 200:
            self.faults.append(f"GET {address} (from {source}): {answer.status} {answer.error}")
        if answer.status != 200 or "html" not in answer.header("Content-Type"):
            return
        page = Page(answer.text)
        for link in page.links:
            if not link.startswith(("mailto:", "tel:", "#", "data:", "javascript:")):
                self._enqueue(link, address)
        for link in page.files:
            self._enqueue(link, address)
        for form in page.forms:
            self._send(form, address)

    def _send(self, form: Form, source: str) -> None:
        action = form.action or source
        known = (form.method, action, tuple(name for name, _value in form.fields))
        if known in self._forms:
            return
        self._forms.add(known)
        if form.method == "GET":
            for words in ("", "zq", "zqn", "zqb", "100", "%", "200"):
                values = [(name, words if name == "q" else value) for name, value in form.fields]
                self._enqueue(f"{action.partition('?')[0]}?{urlencode(values)}", source)
            return
        if not self.sent_forms:
            return
        for values in self._variants(form, action):
            self._post(action, source, values)

    def _variants(self, form: Form, action: str) -> Iterable[list[tuple[str, str]]]:
        """Yield the form as shown, with each of its buttons, filled in, and with foreign ids."""
        plain = form.fields
        needs_script = any(name == "customer" and not value for name, value in plain)
        # A browser sends one of the named buttons, if there are any.
        pressed = [[button] for button in form.buttons] or [[]]
        if not needs_script:
            for button in pressed:
                yield [*plain, *button]
        word = next((word for word in ("deactivate", "delete") if word in action), "deactivate")
        filled = [
            (name, value or {"word": word, **FILL}.get(name, "" if "date" in name else "7"))
            for name, value in plain
            if name not in self.foreign
        ]
        if not needs_script:
            yield [*filled, *pressed[0]]
        for name, value in self.foreign.items():
            if any(name == each for each, _value in plain):
                yield [*[pair for pair in filled if pair[0] != name], (name, str(value))]

    def _post(self, action: str, source: str, values: list[tuple[str, str]]) -> None:
        target = urlsplit(urljoin(f"http://{self.host}{source}", action))
        address = target.path + (f"?{target.query}" if target.query else "")
        data: dict[str, list[str]] = {}
        for name, value in values:
            data.setdefault(name, []).append(value)
        given_foreign = any(value in map(str, self.foreign.values()) for _n, value in values)
        with self.wire.undone():
            answer = self.wire.send("POST", self.host, address, cookies=self.cookies, data=data)
            self.posts += 1
            what = f"POST {address} {sorted(data)}"
            self._look(answer, what, address)
            # A foreign id may be refused like one that never existed.
            fine = {200, 302, 409, 404} if given_foreign else {200, 302, 409}
            if answer.status not in fine or answer.error:
                self.faults.append(f"{what} (on {source}): {answer.status} {answer.error}")
            if answer.status == 302:
                self._follow(answer, what, address)
            self.faults += [f"{what}: {fault}" for fault in self.after_post()]

    def _follow(self, answer: Answer, what: str, address: str) -> None:
        jar = {**self.cookies, **answer.cookies}
        for _hop in range(4):
            link = urlsplit(urljoin(f"http://{self.host}{address}", answer.header("Location")))
            if link.hostname != self.host:
                self.faults.append(f"{what}: leads away to {link.hostname}")
                return
            address = link.path + (f"?{link.query}" if link.query else "")
            answer = self.wire.send("GET", self.host, address, cookies=jar)
            self.pages += 1
            self._look(answer, f"{what} -> {address}", address)
            if answer.status not in (302, 301):
                break
        if answer.status != 200:
            self.faults.append(f"{what} -> {address}: {answer.status} {answer.error}")
