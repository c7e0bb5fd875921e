"""Every cited rule number exists, and docs/rules.md says correctly what is built."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from dev.tools import rules
from dev.tools.rules import NO_TEST, NUMBER, find_evidence, numbers_in, read_rules, render

ROOT = Path(settings.BASE_DIR)
SOURCES = "portal customers orders quotes workspace dev".split()
FOLDERS = [*SOURCES, "tests", "templates", "static", "docs", "requirements"]
TEXTS = {".py", ".html", ".txt", ".md", ".js", ".css", ".sql", ".toml", ".yml", ".yaml", ".in"}
NOT_OURS = {"vendor", "__pycache__"}
# Documents that are not in the repository; the brackets keep this line from being a citation.
PRIVATE = re.compile(r"(?<!\w)(?:SPE[C]|QUALIT[Y]|ARCHITECTUR[E])(?!\w)")
HEADINGS = re.compile(r"^### (\S+)$", re.MULTILINE)
ANCHORS = re.compile(r'<a id="dec-\d+"></a>\*\*(DEC-\d+)\*\*')
LONGEST_README = 400
WORDS_OF_A_REFUSAL = 4


def texts() -> Iterator[tuple[str, str]]:
    """Yield the name and text of every file that people write."""
    paths = [path for path in ROOT.glob("*") if path.is_file()]
    for folder in FOLDERS:
        paths += sorted((ROOT / folder).rglob("*"))
    for path in paths:
        named = path.suffix in TEXTS or path.name in {"Makefile", "Dockerfile", ".env.example"}
        if named and path.is_file() and not NOT_OURS & set(path.parts):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def known_numbers() -> list[str]:
    """Return the numbers of the three documents, each as often as it is defined."""
    return [
        *HEADINGS.findall(rules.RULES.read_text(encoding="utf-8")),
        *HEADINGS.findall(rules.CONVENTIONS.read_text(encoding="utf-8")),
        *ANCHORS.findall(rules.DECISIONS.read_text(encoding="utf-8")),
    ]


def test_every_number_is_defined_once() -> None:
    """CV-31: no number stands for two rules."""
    numbers = known_numbers()
    assert len(numbers) > 250
    assert not [number for number, count in Counter(numbers).items() if count > 1]
    assert not [number for number in numbers if not NUMBER.fullmatch(number)]


def test_cited_numbers_exist() -> None:
    """CV-31: in code, templates, tests and documents."""
    known = set(known_numbers())
    cited = [(name, number) for name, text in texts() for number in numbers_in(text)]
    assert len(cited) > 1000
    unknown = sorted({f"{name}: {number}" for name, number in cited if number not in known})
    assert not unknown, "\n".join(unknown)


def test_nothing_is_cited_that_is_not_here() -> None:
    """CV-31: every document that the code refers to is in the repository."""
    found = [
        f"{name}:{number}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if PRIVATE.search(line)
    ]
    assert not found, "\n".join(found)


def test_built_rules_are_shown_by_a_test() -> None:
    """CV-31: a rule is cited by a test, or says what is missing."""
    read = read_rules(rules.RULES.read_text(encoding="utf-8"), find_evidence())
    assert len(read) > 200
    silent = [rule.number for rule in read if rule.state == NO_TEST]
    assert not silent, f"no test cites {', '.join(silent)}, and no 'Missing:' says why"


def test_rules_are_up_to_date() -> None:
    """CV-31: `make rules` has nothing to change, and running it twice changes nothing more."""
    text = rules.RULES.read_text(encoding="utf-8")
    evidence = find_evidence()
    new = render(text, evidence).rstrip("\n") + "\n"
    assert new == text, "run make rules"
    assert render(new, evidence).rstrip("\n") + "\n" == new


def classes() -> Iterator[tuple[str, ast.ClassDef]]:
    """Yield every class of the product, with the name of its file."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    yield path.relative_to(ROOT).as_posix(), node


def refusals() -> dict[str, str]:
    """Return the docstring of each direct or indirect subclass of RuleError."""
    bases = {
        (name, node.name): ({ast.unparse(base).rpartition(".")[2] for base in node.bases}, node)
        for name, node in classes()
    }
    family, before = {"RuleError"}, 0
    while len(family) > before:
        before = len(family)
        family |= {name for (_file, name), (above, _node) in bases.items() if above & family}
    return {
        f"{file} {name}": ast.get_docstring(node) or ""
        for (file, name), (above, node) in bases.items()
        if above & family
    }


def test_refusals_say_what_they_refuse() -> None:
    """CV-12: a text, followed by the number."""
    found = refusals()
    assert len(found) > 40
    wordless = [
        name
        for name, text in found.items()
        if len(re.findall(r"[A-Za-z]{2,}", NUMBER.sub("", text))) < WORDS_OF_A_REFUSAL
    ]
    assert not wordless
    assert not [name for name, text in found.items() if not numbers_in(text)]


def test_readme_is_short() -> None:
    """CV-34: what it is, how to run it, where to read on."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= LONGEST_README
