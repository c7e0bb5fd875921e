"""What every page shows: the links of its menu, and the addresses of its files (DEC-116)."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.template import Context, Template

from portal.core.storage import PlainStorage


def shown(**item: object) -> str:
    template = Template("{% nav_link item %}")
    return template.render(Context({"item": {"url": "/orders/", "label": "R&D", **item}}))


def test_link_of_the_menu_says_where_one_is_and_what_waits() -> None:
    """DEC-116: by an attribute and a word, not by colour alone; texts are escaped."""
    assert shown() == '<a href="/orders/"> R&amp;D</a>'
    here = shown(current=True, icon="tool", count="2", count_bad=True, count_label="new <b>")
    assert here.startswith('<a href="/orders/" aria-current="page"><svg class="icon"')
    words = '<span class="visually-hidden"> new &lt;b&gt;</span>'
    assert here.endswith(f'R&amp;D <span class="k-count k-count-bad">2{words}</span></a>')
    assert 'class="k-count">7</span>' in shown(count="7")


def test_address_of_a_file_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """DEC-116: in each process."""
    asked: list[str] = []

    def look(self: StaticFilesStorage, name: str) -> str:
        asked.append(name)
        return f"/static/{name}"

    monkeypatch.setattr(StaticFilesStorage, "url", look)
    storage = PlainStorage()
    found = [storage.url(name) for name in ("a.css", "b.css", "a.css")]
    assert found == ["/static/a.css", "/static/b.css", "/static/a.css"]
    assert asked == ["a.css", "b.css"]
