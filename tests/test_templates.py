"""Nothing lies about: every template, class and icon of ours is named somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
CODE = ("portal", "customers", "orders", "quotes", "support", "workspace", "dev")
MAIL = re.compile(r"(\.subject)?\.(txt|html)$")


def files(folder: Path, *endings: str) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in endings:
            yield path


@cache
def literals() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """The strings of our Python code, and its f-strings as patterns of what they can become."""
    plain: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for path in (path for folder in CODE for path in files(ROOT / folder, ".py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                plain.add(node.value)
            elif isinstance(node, ast.JoinedStr) and (text := pattern_of(node)).endswith("html"):
                patterns.append(re.compile(text))
    return frozenset(plain), tuple(patterns)


def pattern_of(string: ast.JoinedStr) -> str:
    """``f"customers/import/{name}.html"``: any one name stands for what is in braces."""
    return "".join(
        re.escape(part.value)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
        else r"[^/]+"
        for part in string.values
    )


@cache
def named_by_templates() -> frozenset[str]:
    """What stands in quotes in a template: after extends, include, with."""
    texts = (path.read_text() for path in files(TEMPLATES, ".html", ".txt"))
    quoted = re.compile(r"[\"']([^\"'\s]+\.(?:html|txt))[\"']")
    return frozenset(name for text in texts for name in quoted.findall(text))


def of_a_library(name: str) -> bool:
    """Whether Django, allauth or another app renders this name, and ours stands in for theirs."""
    folders = [Path(each.path) / "templates" for each in apps.get_app_configs()]
    return any((folder / name).exists() for folder in folders)


def of_code(name: str) -> bool:
    plain, patterns = literals()
    mail = MAIL.sub("", name)
    if name in plain or mail in plain:
        return True
    stem = name.rpartition("/")[2].partition(".")[0]
    return stem in plain and any(pattern.fullmatch(name) for pattern in patterns)


def test_every_template_is_named() -> None:
    names = {path.relative_to(TEMPLATES).as_posix() for path in files(TEMPLATES, ".html", ".txt")}
    assert len(names) > 250
    named = named_by_templates()
    assert not [
        name
        for name in sorted(names)
        if name not in named and not of_code(name) and not of_a_library(name)
    ]


@cache
def everything_that_names() -> str:
    """Templates, code and scripts in one text."""
    paths = [path for folder in CODE for path in files(ROOT / folder, ".py")]
    paths += [*files(TEMPLATES, ".html"), *files(ROOT / "static" / "js", ".js")]
    return "\n".join(path.read_text() for path in paths)


def test_every_class_is_used() -> None:
    """Ours begin with k-; the others are Tabler's or Django's."""
    found = everything_that_names()
    classes = {
        name
        for path in files(ROOT / "static" / "css", ".css")
        for name in re.findall(r"\.(k-[\w-]+)", path.read_text())
    }
    assert len(classes) > 100
    assert not sorted(classes - set(re.findall(r"(?<![\w-])k-[\w-]+", found)))


def test_every_icon_is_used() -> None:
    found = everything_that_names()
    icons = re.findall(r'id="i-([\w-]+)"', (ROOT / "static" / "img" / "icons.svg").read_text())
    assert len(icons) > 30
    assert not [name for name in icons if not re.search(rf"[\"']{name}[\"']", found)]
    missing = set(re.findall(r"{% icon ['\"]([\w-]+)['\"]", found)) - set(icons)
    assert not missing


def test_scripts_are_modules() -> None:
    """But for the theme, which runs before the first paint. They share names by imports alone."""
    scripts = {path.name: path.read_text() for path in files(ROOT / "static" / "js", ".js")}
    texts = [path.read_text() for path in files(TEMPLATES, ".html")]
    loaded = [
        pair for text in texts for pair in re.findall(r"<script( [^>]*)?src=.*?'js/(.*?)'", text)
    ]
    assert {name for attributes, name in loaded if 'type="module"' not in attributes} == {
        "theme.js"
    }
    imported = {name for text in scripts.values() for name in re.findall(r'from "\./(.*?)";', text)}
    assert {name for _attributes, name in loaded} | imported == set(scripts)
    for name, text in scripts.items():
        assert text.startswith("/* "), f"{name} does not say what it does"
        assert not re.search(r"window\.\w+ = |globalThis", text), name
