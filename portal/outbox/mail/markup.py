"""HTML to plain text: blocks become lines, quotes get their ">" (OUT-34).

Nothing of the markup is kept, so that nothing of it can ever be shown.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

LONGEST = 4_000_000
DEEPEST = 20
# Stands in a line of its own where a program marked the beginning of what it quotes.
QUOTE_BEGINS = "\ue000"

_PICTURE = re.compile(r"data:image/[^\"'>\s]{200,}")
_UNSEEN = {"head", "style", "script", "title", "noscript", "template", "object", "svg"}
_BLOCKS = {
    *("p", "div", "table", "tr", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr"),
    *("blockquote", "pre", "section", "article", "header", "footer", "dl", "dt", "dd", "center"),
}
_SPACED = {"p", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote", "pre"}
_MARKERS = {"divrplyfwdmsg", "mail-editor-reference-message-container"}


class _Reader(HTMLParser):
    """Collects the lines of a document."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line = ""
        self._unseen: list[str] = []
        self._depth = 0
        self._verbatim = 0
        self._link = ""
        self._link_text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        if self._unseen:
            return
        named = dict(attrs)
        if str(named.get("id") or "").lower() in _MARKERS:
            self._end_line()
            self.lines.append(QUOTE_BEGINS)
        if tag == "br":
            self._end_line(always=True)
        elif tag in _BLOCKS:
            self._end_line()
            self._space(tag)
        if tag == "li":
            self._line = "- "
        elif tag == "blockquote":
            self._depth += 1
        elif tag == "pre":
            self._verbatim += 1
        elif tag in ("td", "th") and self._line.strip():
            self._line += " "
        elif tag == "a":
            self._link, self._link_text = str(named.get("href") or ""), ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            del self._unseen[self._unseen.index(tag) :]
            return
        if self._unseen:
            return
        if tag in _BLOCKS:
            self._end_line()
        if tag == "blockquote":
            self._depth = max(self._depth - 1, 0)
        elif tag == "pre":
            self._verbatim = max(self._verbatim - 1, 0)
        elif tag == "a":
            self._end_link()
        self._space(tag)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._verbatim:
            *whole, rest = data.split("\n")
            for line in whole:
                self._line += line
                self._end_line(always=True)
            self._line += rest
            return
        text = re.sub(r"\s+", " ", data.replace("\xa0", " "))
        if not self._line:
            text = text.lstrip()
        self._line += text
        self._link_text += text

    def _end_link(self) -> None:
        """Name the address of a link unless it is what the link shows."""
        link, shown = self._link, self._link_text.strip()
        self._link = ""
        if link.lower().startswith(("http://", "https://")) and len(link) < 500:
            bare = link.partition("://")[2].rstrip("/")
            if shown and bare not in shown:
                self._line += f" <{link}>"

    def _space(self, tag: str) -> None:
        if tag in _SPACED and self.lines and self.lines[-1].strip("> "):
            self.lines.append(self._prefix.rstrip())

    @property
    def _prefix(self) -> str:
        return "> " * min(self._depth, DEEPEST)

    def _end_line(self, *, always: bool = False) -> None:
        if self._line.strip() or always:
            self.lines.append((self._prefix + self._line.rstrip()).rstrip())
        self._line = ""

    def text(self) -> str:
        self._end_line()
        return "\n".join(self.lines)


def text_of_html(html: str) -> str:
    """Return what a reader of the HTML sees, as plain text."""
    reader = _Reader()
    # Pictures within the markup are no text, and longer than all of it.
    html = _PICTURE.sub("", html)[:LONGEST]
    try:
        reader.feed(html)
        # Without this the parser keeps back what looks like the beginning of a tag.
        reader.close()
        text = reader.text()
    except (AssertionError, ValueError):
        text = re.sub(r"<[^<>]*>", " ", html)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
