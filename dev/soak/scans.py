"""What scanners find in the code and at the running portal: every finding explained, or short."""

from __future__ import annotations

import json
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from dev.soak.attacks import sql_injections, wapiti
from dev.soak.csp import weaknesses
from dev.soak.explained import Finding, unexplained
from dev.soak.figures import ROOT, Figure
from dev.soak.policies import policies
from dev.soak.scanned import Portal, scanned_portal
from dev.soak.tools import ToolsMissing, tools

PRODUCT = ("portal", "customers", "orders", "quotes", "support", "workspace")
RULES = ROOT / "dev" / "soak" / "semgrep"
# Policies that leave something open; the evaluator has to say what.
WEAK = {
    "": "there is no policy",
    "script-src 'self'": "object-src and default-src are missing",
    "default-src 'none'; script-src 'self' 'unsafe-inline'": "script-src has 'unsafe-inline'",
    "default-src 'none'; script-src 'self' 'unsafe-eval'": "script-src has 'unsafe-eval'",
    "default-src *": "default-src has the wildcard *",
    "default-src 'none'; script-src data:": "scripts may come from data:",
    "default-src 'self'; base-uri 'none'": "object-src is not 'none'",
    "default-src 'none'; script-src 'self'; form-action 'self'": "base-uri is missing",
    "default-src 'none'; base-uri 'none'": "frame-ancestors is missing",
    "default-src 'none'; script-src 'self'; base-uri 'none'": "form-action is missing",
    "default-src 'none'; img-src http://x.example": "img-src has http://x.example, which is not"
    " encrypted",
}


def scans(quick: bool) -> Iterator[Figure]:
    """Yield the figures of the code's scanners, of the policies and of the attacks."""
    yield from _with_tools("scans", code)
    yield _evaluator()
    with tempfile.TemporaryDirectory() as folder, scanned_portal(Path(folder)) as portal:
        yield from _policies(portal, quick)
        yield from _with_tools("attacks", lambda bin_: attacks(bin_, portal, quick))


def _with_tools(name: str, run: Callable[[Path], Iterator[Figure]]) -> Iterator[Figure]:
    try:
        folder = tools(name)
    except ToolsMissing as error:
        yield Figure(f"tools of requirements/{name}.txt", 0, "run", f"not run: {error}", False)
        return
    yield from run(folder)


def explained(what: str, times: int, found: Iterable[Finding]) -> Figure:
    """Return the figure of a scanner: how much it looked at, and what nobody has explained."""
    found = list(found)
    left = unexplained(found)
    seen = f"{len(left)} of {len(found)}"
    if left:
        seen += ": " + "; ".join(sorted({str(each) for each in left})[:8])
    return Figure(what, times, "0 findings unexplained", seen, not left)


def code(bin_: Path) -> Iterator[Figure]:
    """Yield the figures of bandit and semgrep."""
    done = _json(
        [bin_ / "bandit", "-q", "-r", *PRODUCT, "manage.py", "gunicorn.conf.py", "-f", "json"]
    )
    lines = done["metrics"]["_totals"]["loc"]
    yield explained(
        "bandit: lines of the product's code",
        lines,
        (
            Finding(each["test_id"], each["filename"].removeprefix("./"), str(each["line_number"]))
            for each in done["results"]
        ),
    )
    yield controls_of_rules(bin_)
    done = semgrep(bin_, [*PRODUCT, "templates"], ROOT)
    files = len(done["paths"]["scanned"])
    yield explained("semgrep, rules of our own: files", files, findings(done))


def semgrep(bin_: Path, targets: Iterable[str], folder: Path) -> Any:
    """Run our rules, and nothing that leaves this machine."""
    command = [bin_ / "semgrep", "scan", "--metrics=off", "--disable-version-check", "--json"]
    command += ["--quiet", "--no-git-ignore", "-j1", "--config", RULES]
    done = _json([*command, *targets], folder)
    if done["errors"]:
        raise RuntimeError(f"semgrep: {done['errors'][0]['message'][:300]}")
    return done


def findings(done: Any) -> list[Finding]:
    """Return what semgrep found; the rule's name without that of its folder."""
    return [
        Finding(each["check_id"].rpartition(".")[2], each["path"], str(each["start"]["line"]))
        for each in done["results"]
    ]


def controls_of_rules(bin_: Path) -> Figure:
    """Return the figure of files that each break one rule: every rule has to fire, and no other."""
    files = tomllib.loads((RULES / "breaks.toml").read_text())["file"]
    with tempfile.TemporaryDirectory() as folder:
        for each in files:
            path = Path(folder) / each["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(each["text"])
        found = {(each.place, each.check) for each in findings(semgrep(bin_, ["."], Path(folder)))}
    wanted = {(each["path"], rule) for each in files for rule in each["rules"]}
    wrong = sorted(f"{rule} in {path}" for path, rule in found ^ wanted)
    return Figure(
        "semgrep: files that each break one of our rules",
        len(files),
        "each rule fires, and no other",
        "; ".join(wrong) or f"{len(found)} fired",
        not wrong,
    )


def _json(command: Iterable[object], folder: Path = ROOT) -> Any:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    if not done.stdout:
        raise RuntimeError(done.stderr[-500:])
    return json.loads(done.stdout[done.stdout.index("{") :])


def _evaluator() -> Figure:
    missed = [policy for policy, said in WEAK.items() if said not in weaknesses(policy)]
    return Figure(
        "policies that leave something open, shown to the evaluator",
        len(WEAK),
        "each is noticed",
        "; ".join(missed) or "each is noticed",
        not missed,
    )


def _policies(portal: Portal, quick: bool) -> Iterator[Figure]:
    seen = policies(portal, pages=60 if quick else 300)
    answers = sum(len(kinds) for kinds in seen.values())
    yield Figure(
        "answers of all kinds with their policy (pages, admin, files, errors, gunicorn's own)",
        answers,
        "each has one",
        "; ".join(sorted(seen.get("", []))[:6]) or f"{len(seen)} different policies",
        "" not in seen,
    )
    weak = {policy: found for policy in seen if (found := weaknesses(policy))}
    said = [f"{', '.join(found)} ({min(seen[policy])})" for policy, found in weak.items()]
    yield Figure(
        "different policies, read by the evaluator",
        len(seen),
        "0 leave something open",
        "; ".join(said) or "0",
        not weak,
    )


def attacks(bin_: Path, portal: Portal, quick: bool) -> Iterator[Figure]:
    """Yield the figures of wapiti and sqlmap against the running portal."""
    yield explained("wapiti: requests to the running portal", *wapiti(bin_, portal, quick))
    yield explained("sqlmap: requests to searches and forms", *sql_injections(bin_, portal, quick))
