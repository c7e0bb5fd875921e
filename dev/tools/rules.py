"""Write into docs/rules.md which rules are built and which tests show it: what `make rules` runs.

    python -m dev.tools.rules           regenerate the file
    python -m dev.tools.rules --check   say whether it is up to date, write nothing

Each rule is a heading of its number. A test shows a rule when its name or docstring cites the
number; for figures of speed a measure in ``dev/bench/`` counts too. A rule with a paragraph
"Missing: ..." is not built, whatever cites it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RULES = ROOT / "docs" / "rules.md"
CONVENTIONS = ROOT / "docs" / "conventions.md"
DECISIONS = ROOT / "docs" / "decisions.md"
EVIDENCE = ("tests", "dev/bench")

NUMBER = re.compile(
    r"(?<![\w-])(?:"
    r"(?:ORD|ONB|ACC|REG|CON|ANS|ISO|SAFE|OUT|VAT|INP|SPEED|USE|SUP|CHAN|NOTE|RIGHTS|TERM|AVAIL|CV)-\d{2}"
    r"|DEC-\d{2,3}"
    r"|SM-[A-Z]+|D[12]?\d|G\d{1,2})(?![\w-])"
)
# In names of tests: test_ord_07_deletes_the_draft.
IN_NAMES = re.compile(r"(?:^|_)(ord|onb|acc|reg|con|iso|safe|out|inp|use|sup|chan)_?(\d{2})(?=_|$)")
DECISION_IN_NAMES = re.compile(r"_d([12]?\d)(?=_|$)")
HEADING = re.compile(r"^### ([A-Z]+-[A-Z0-9]+|[DG]\d+)$")
STATE_LINE = "> "
SUMMARY = ("<!-- summary -->", "<!-- end of summary -->")
SHOWN_TESTS = 3
BUILT, NOT_YET, NO_TEST = "Built.", "Not yet.", "No test cites it."


@dataclass(frozen=True, order=True)
class Evidence:
    """A test that cites a rule; without a name, the whole file does."""

    path: str
    name: str = ""

    @property
    def link(self) -> str:
        """Return the Markdown link from docs/."""
        return f"[`{self.name or self.path.rpartition('/')[2]}`](../{self.path})"


@dataclass
class Rule:
    """One rule of docs/rules.md, and the tests that cite it."""

    number: str
    capability: str
    missing: bool
    evidence: tuple[Evidence, ...] = ()

    @property
    def state(self) -> str:
        """Return its state as the file shows it."""
        if self.missing:
            return NOT_YET
        return BUILT if self.evidence else NO_TEST

    @property
    def line(self) -> str:
        """Return the line below the rule."""
        if not self.evidence:
            return f"{STATE_LINE}**{self.state}**"
        links = ", ".join(each.link for each in self.evidence[:SHOWN_TESTS])
        more = len(self.evidence) - SHOWN_TESTS
        verb = "Cited by" if self.missing else "Shown by"
        rest = f" and {more} more" if more > 0 else ""
        return f"{STATE_LINE}**{self.state}** {verb} {links}{rest}."


def numbers_in(text: str) -> list[str]:
    """Return the rule numbers that a text cites, in order."""
    return NUMBER.findall(text)


def _numbers_in_name(name: str) -> list[str]:
    rules = [f"{prefix.upper()}-{digits}" for prefix, digits in IN_NAMES.findall(name)]
    return rules + [f"D{digits}" for digits in DECISION_IN_NAMES.findall(name)]


def _shows(node: ast.FunctionDef, path: str) -> bool:
    """Return whether a function counts as evidence: a test, or any function in ``bench/``."""
    return node.name.startswith("test_") or "bench/" in path


def _citations(path: Path, root: Path) -> Iterator[tuple[str, Evidence]]:
    """Yield each number that the functions of a file cite, then those of the file's docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.relative_to(root).as_posix()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and _shows(node, name):
            cited = numbers_in(ast.get_docstring(node) or "") + _numbers_in_name(node.name)
            for number in dict.fromkeys(cited):
                yield number, Evidence(name, node.name)
    for number in numbers_in(ast.get_docstring(tree) or ""):
        yield number, Evidence(name)


def find_evidence(root: Path = ROOT) -> dict[str, tuple[Evidence, ...]]:
    """Return what cites each number, functions before whole files, ordered by path and name."""
    found: dict[str, set[Evidence]] = {}
    paths = chain.from_iterable((root / folder).rglob("*.py") for folder in EVIDENCE)
    for path in paths:
        for number, evidence in _citations(path, root):
            found.setdefault(number, set()).add(evidence)
    return {number: _functions_first(each) for number, each in found.items()}


def _functions_first(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the functions, or whole files only where no function cites the rule."""
    ordered = sorted(evidence)
    return tuple(each for each in ordered if each.name) or tuple(ordered)


def read_rules(text: str, evidence: dict[str, tuple[Evidence, ...]]) -> list[Rule]:
    """Return the rules of the file's text, in its order."""
    rules: list[Rule] = []
    capability = ""
    for line in text.splitlines():
        if line.startswith("## "):
            capability = line[3:]
        elif heading := HEADING.match(line):
            number = heading[1]
            rules.append(Rule(number, capability, False, evidence.get(number, ())))
        elif line.startswith("Missing: ") and rules:
            rules[-1].missing = True
    return rules


def _summary(rules: list[Rule]) -> list[str]:
    """Return the table at the top: how many rules of each capability are built."""
    lines = ["", "| capability | rules | built | not yet |", "|---|--:|--:|--:|"]
    for capability in dict.fromkeys(rule.capability for rule in rules):
        own = [rule for rule in rules if rule.capability == capability]
        built = sum(rule.state == BUILT for rule in own)
        anchor = re.sub(r"[^\w -]", "", capability.lower()).replace(" ", "-")
        lines.append(f"| [{capability}](#{anchor}) | {len(own)} | {built} | {len(own) - built} |")
    return [*lines, ""]


def render(text: str, evidence: dict[str, tuple[Evidence, ...]]) -> str:
    """Return the file's text with its generated lines updated."""
    rules = read_rules(text, evidence)
    head, rest = text.split(SUMMARY[0], 1)
    body = rest.split(SUMMARY[1], 1)[1]
    parts = re.split(r"^(?=### )", body, flags=re.MULTILINE)
    written = [parts[0], *map(_with_state, parts[1:], rules)]
    summary = "\n".join(_summary(rules))
    return f"{head}{SUMMARY[0]}\n{summary}\n{SUMMARY[1]}{''.join(written)}"


def _with_state(part: str, rule: Rule) -> str:
    """Return one rule's text with its state line before a following capability's heading."""
    own, mark, after = part.partition("\n## ")
    lines = [line for line in own.splitlines() if not line.startswith(STATE_LINE)]
    text = "\n".join(lines).rstrip()
    return f"{text}\n\n{rule.line}\n{mark}{after}" if mark else f"{text}\n\n{rule.line}\n\n"


def main(arguments: list[str]) -> int:
    """Write the file, or check it; return 1 if it is not up to date."""
    text = RULES.read_text(encoding="utf-8")
    new = render(text, find_evidence()).rstrip("\n") + "\n"
    if "--check" in arguments:
        if new != text:
            sys.stderr.write("docs/rules.md is out of date: run make rules.\n")
        return int(new != text)
    RULES.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
