"""A control is called what is written on it, in each language (WCAG 2.5.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import gettext, override, pgettext

TEMPLATES = Path(settings.BASE_DIR) / "templates"
CONTROL = re.compile(
    r"<(a|button|summary)\b((?:[^>\"']|\"(?:{%.*?%}|{{.*?}}|[^\"])*\"|'[^']*')*?)>(.*?)</\1>", re.S
)
LABEL = re.compile(r"aria-label=\"((?:{%.*?%}|[^\"])*)\"", re.S)
TEXT = re.compile(r"{%\s*translate (?:\"|')(.*?)(?:\"|')(?:\s+context (?:\"|')(.*?)(?:\"|'))?\s*%}")
BLOCK = re.compile(r"{%\s*blocktranslate.*?%}(.*?){%\s*endblocktranslate\s*%}", re.S)
UNSEEN = re.compile(r"<(\w+)[^>]*aria-hidden=\"true\".*?</\1>", re.S)


def text_of(message: str, context: str | None) -> str:
    return pgettext(context, message) if context else gettext(message)


def words(template: str) -> str:
    """Return what a piece of a template says in the current language; {} for what it fills in."""

    def block(found: re.Match[str]) -> str:
        text = " ".join(found[1].partition("{% plural %}")[0].split())
        return re.sub(r"%\(\w+\)s", "{}", gettext(re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", text)))

    said = UNSEEN.sub("", template)
    said = TEXT.sub(lambda found: text_of(found[1], found[2]), said)
    said = re.sub(r"{%.*?%}|<[^>]*>", " ", BLOCK.sub(block, said), flags=re.S)
    return " ".join(re.sub(r"{{.*?}}", "{}", said).split())


def controls() -> Iterator[tuple[str, str, str]]:
    """Each control with a name and a text of its own: file, name, text."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        for found in CONTROL.finditer(re.sub(r"{#.*?#}", "", path.read_text())):
            named = LABEL.search(found[2])
            if named is not None:
                yield path.relative_to(TEMPLATES).as_posix(), named[1], found[3]


@pytest.mark.parametrize("language", ["en", "de", "sv"])
def test_the_text_of_a_control_is_in_its_name(language: str) -> None:
    """USE-04: who speaks to the page says what they read."""
    assert len(list(controls())) > 30
    with override(language):
        wrong = [
            (file, words(text), words(name))
            for file, name, text in controls()
            if words(text).strip("{} ").casefold() not in words(name).casefold()
        ]
    assert wrong == []
