"""What the soak makes of scanners' reports (AVAIL-17), and of schemas (AVAIL-18)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from dev.soak.attacks import injections
from dev.soak.csp import weaknesses
from dev.soak.explained import EXPLAINED, Explained, Finding, unexplained
from dev.soak.scans import RULES, WEAK
from dev.soak.structure import TEMPLATE, different
from portal.core.http import DOCUMENT_POLICY


@pytest.mark.parametrize(("policy", "said"), WEAK.items())
def test_a_weak_policy_is_noticed(policy: str, said: str) -> None:
    """AVAIL-17: each way in which a policy leaves something open."""
    assert said in weaknesses(policy)


@pytest.mark.parametrize(
    "policy",
    [
        "; ".join(
            f"{name} {' '.join(sources)}"
            for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
        ),
        "default-src 'none'; frame-ancestors 'none'",
        "default-src 'none'; img-src data:; frame-ancestors 'self'; sandbox",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self';"
        " sandbox allow-popups",
        DOCUMENT_POLICY,
    ],
)
def test_a_strict_policy_is_let_pass(policy: str) -> None:
    """AVAIL-17: the portal's own, and those of answers without scripts."""
    assert weaknesses(policy) == []


@pytest.mark.parametrize(
    "rest",
    ["", "; sandbox allow-scripts", "; sandbox allow-forms", "; img-src https:; sandbox"],
)
def test_styles_within_a_page_that_is_alive_are_noticed(rest: str) -> None:
    """AVAIL-17: only where nothing is run, sent or loaded they are of no use to anybody."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" + rest
    assert "style-src has 'unsafe-inline'" in weaknesses(policy)


def test_a_finding_that_nobody_explained_is_left() -> None:
    """AVAIL-17: another check, another file, or one more than there were."""
    known = [Explained("B608", r"a/\w+\.py", 2, "names of ours")]
    found = [Finding("B608", "a/x.py"), Finding("B608", "a/y.py"), Finding("B608", "a/x.py", "9")]
    others = [Finding("B608", "b/x.py"), Finding("B105", "a/x.py")]
    assert unexplained(found[:2], known) == []
    assert unexplained([*found, *others], known) == [found[2], *others]


def test_each_explanation_has_a_reason() -> None:
    """AVAIL-17: and there is no check that everything is let pass for, but for asserts."""
    assert all(len(each.reason) > 15 for each in EXPLAINED)
    assert [each.check for each in EXPLAINED if each.place in (".*", r".*\.py")] == ["B101"]


def test_each_rule_has_a_file_that_breaks_it() -> None:
    """AVAIL-17: what the scan itself runs before it looks at the portal."""
    rules = {
        name
        for path in RULES.glob("*.yml")
        for name in re.findall(r"^  - id: (.+)$", path.read_text(), re.MULTILINE)
    }
    files = tomllib.loads((RULES / "breaks.toml").read_text())["file"]
    assert len(rules) >= 12
    assert {name for each in files for name in each["rules"]} == rules


@pytest.mark.parametrize("name", ["scans", "attacks"])
def test_tools_are_locked_with_hashes(name: str) -> None:
    """AVAIL-17: the same versions everywhere, and no address of an index."""
    lock = (Path(settings.BASE_DIR) / "requirements" / f"{name}.txt").read_text()
    pins = re.findall(r"^[\w.-]+==.*", lock, re.MULTILINE)
    assert len(pins) > 10 and all(pin.endswith("\\") for pin in pins)
    assert not re.search(r"^--", lock, re.MULTILINE)


@pytest.mark.parametrize(
    ("said", "checks"),
    [
        ("all tested parameters do not appear to be injectable.", []),
        ("sqlmap identified the following injection point(s)", ["sqlmap injection"]),
        ("[CRITICAL] unable to connect to the target URL", ["sqlmap without a verdict"]),
    ],
)
def test_a_run_without_a_verdict_is_a_finding(said: str, checks: list[str]) -> None:
    """AVAIL-17: a scanner that did not get anywhere has shown nothing."""
    assert [each.check for each in injections("/orders/?q=1", said)] == checks


def test_a_schema_that_differs_is_said() -> None:
    """AVAIL-18: what is missing, what is too much, and a table without its tripwire."""
    column = "column orders_order.partner_id uuid true "
    guard = "constraint orders_order tenant_guard CHECK ((partner_id = 'id'::uuid))"
    found = {TEMPLATE: {column}, "p_good": {column, guard}}
    assert different(found) == []
    index = "index CREATE INDEX x ON orders_order USING btree (id)"
    assert different({**found, "p_bad": {column, index}}) == [
        "p_bad: no tripwire in orders_order",
        f"p_bad: {index}",
    ]
    assert different({**found, "p_bad": set()}) == [f"p_bad: {column}"]
