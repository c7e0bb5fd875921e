"""German and Swedish are complete, up to date and compiled."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
NAMES = {"gettext", "gettext_lazy", "_", "ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))


def texts_of(source: str) -> Iterator[tuple[str | None, str]]:
    """Yield (context, msgid) of every text that this Python source passes to gettext."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = getattr(function, "id", getattr(function, "attr", ""))
        words = [
            part.value
            for part in node.args
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        if name in NAMES and words:
            yield None, words[0]
        elif name in WITH_CONTEXT and len(words) > 1:
            yield words[0], words[1]


def used() -> set[tuple[str | None, str]]:
    """Return every text of the product, found without GNU gettext."""
    found: set[tuple[str | None, str]] = set()
    for folder in ("portal", "customers", "orders", "quotes", "support", "workspace"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                found.update(texts_of(path.read_text()))
    call = re.compile(r"\b_?n?p?gettext\(|(?<!\w)_\(")
    for path in (ROOT / "templates").rglob("*.*"):
        if path.suffix not in (".html", ".txt"):
            continue
        pseudo = templatize(path.read_text())
        for match in call.finditer(pseudo):
            depth, end = 0, match.end() - 1
            for end in range(match.end() - 1, len(pseudo)):
                depth += {"(": 1, ")": -1}.get(pseudo[end], 0)
                if depth == 0:
                    break
            try:
                found.update(texts_of(pseudo[match.start() : end + 1].strip()))
            except SyntaxError:
                continue
    return {(context, text) for context, text in found if text}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    entries = [entry for entry in catalogue(language) if not entry.obsolete]
    assert [entry.msgid for entry in entries if entry.fuzzy] == []
    assert [entry.msgid for entry in entries if not entry.translated()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_in_the_catalogue(language: str) -> None:
    """Run `make messages` if this fails."""
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue(language)}
    texts = used()
    assert len(texts) > 900
    assert sorted(text for context, text in texts if (context, text) not in known) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_kept(language: str) -> None:
    """A translation without a %(name)s would lose information, or raise."""
    for entry in catalogue(language):
        if entry.msgid_plural:
            wanted = set(PLACES.findall(entry.msgid + entry.msgid_plural))
            for text in entry.msgstr_plural.values():
                assert set(PLACES.findall(text)) <= wanted, entry.msgid
        elif entry.msgstr:
            assert sorted(PLACES.findall(entry.msgid)) == sorted(PLACES.findall(entry.msgstr)), (
                entry.msgid
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_fresh(language: str) -> None:
    """The .mo files are committed: nobody needs gettext to run the portal."""
    folder = ROOT / "locale" / language / "LC_MESSAGES"
    compiled = polib.mofile(str(folder / "django.mo"))
    have = {(entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in compiled}
    want = {
        (entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural)
        for entry in catalogue(language)
        if not entry.obsolete
    }
    assert have == want


@pytest.mark.parametrize(("language", "column"), [("de", 1), ("sv", 2)])
def test_terms_are_those_of_the_rules(language: str, column: int) -> None:
    """TERM-01: a term that is a text of its own is translated as in the table."""
    table = (ROOT / "docs" / "rules.md").read_text().partition("### TERM-01")[2].partition("> ")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")][2:]
    entries = {entry.msgid: entry.msgstr for entry in catalogue(language) if not entry.msgctxt}
    terms = {
        english.strip(): theirs.strip()
        for row in rows
        for english, theirs in zip(row[0].split("/"), row[column].split("/"), strict=False)
    }
    known = terms.keys() & entries.keys()
    assert len(known) > 15
    assert {term: entries[term] for term in known} == {term: terms[term] for term in known}
