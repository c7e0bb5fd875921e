"""AVAIL-11: the soak's figures, and what a figure that falls short leads to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dev.soak import __main__ as soak
from dev.soak import crawled, walked
from dev.soak.faults import faults
from dev.soak.figures import Figure, Result, renewed, run_part
from dev.soak.mail_server import MailServer, Received
from dev.soak.matrix import Matrix
from dev.soak.points import stem_of


def good(quick: bool) -> Iterator[Figure]:
    yield Figure("mails, a|b", 5, "0 lost", "0 lost", True)


def short(quick: bool) -> Iterator[Figure]:
    yield Figure("orders", 100 if quick else 2000, "0 double", "1 double", False)


def broken(quick: bool) -> Iterator[Figure]:
    yield from good(quick)
    raise OSError("no server")


@pytest.mark.parametrize(
    ("parts", "status"), [(["good"], 0), (["short"], 1), (["broken"], 1), (["nothing"], 2)]
)
def test_a_figure_that_falls_short_fails_the_soak(
    parts: list[str], status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """AVAIL-11: so does a part that breaks, after what it had measured."""
    known = {"good": ("Good", good), "short": ("Short", short), "broken": ("Broken", broken)}
    monkeypatch.setattr(soak, "PARTS", known)
    monkeypatch.setattr(soak, "PROOF", tmp_path / "proof.md")
    assert soak.main(parts) == status


@pytest.mark.parametrize("quick", [True, False], ids=["quick", "full"])
def test_a_part_that_does_not_come_to_its_end_falls_short(
    quick: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """AVAIL-11: parts in processes of their own, in the order that was asked for."""
    monkeypatch.setattr(soak, "PARTS", {"one": ("One", good), "two": ("Two", good)})
    monkeypatch.setattr(soak, "COMPUTING", {"two"})
    monkeypatch.setattr(soak, "PROOF", tmp_path / "proof.md")
    results = soak.at_once(["two", "one"], quick=quick)  # The other process does not know them.
    assert [result.title for result in results] == ["Two", "One"]
    assert [(result.short, result.figures[0].seen) for result in results] == [
        (1, "ended with 2"),
        (1, "ended with 2"),
    ]


def test_figures_of_another_process_are_the_same() -> None:
    """AVAIL-11: what it wrote is read as it was."""
    result = run_part("Orders", short, quick=False)
    assert Result.of(json.loads(json.dumps(asdict(result)))) == result


def test_the_proof_is_a_table_per_part() -> None:
    """AVAIL-11: each row as it was seen, what fell short by name; a part is renewed alone."""
    orders, mail = run_part("Orders", short, quick=True), run_part("Mail", good, quick=True)
    text = renewed("", [mail, orders], order=["Orders", "Mail"])
    assert "1 figures, 1 short" in text and text.index("## Orders") < text.index("## Mail")
    assert "| orders | 100 | 0 double | 1 double | **short** |" in text
    assert "| mails, a\\|b | 5 | 0 lost | 0 lost |  |" in text
    again = renewed(text, [run_part("Orders", good, quick=True)], order=["Orders", "Mail"])
    assert "1 double" not in again and again.count("0 lost") == 4 and again.count("## ") == 2


@pytest.mark.parametrize(("first", "excused"), [(11.9, True), (9.1, True), (12.1, False)])
def test_a_second_mail_needs_an_end_of_the_database(first: float, excused: bool) -> None:
    """AVAIL-11, DEC-118: one that was taken long before or after is a figure that falls short."""
    (restart,) = [each for each in faults() if each.name == "PostgreSQL restarted, immediate"]
    matrix: Any = Matrix.__new__(Matrix)
    matrix.moments = [(10.0, 11.0)]
    taken = [Received("<1>", "to@people.example", b"", at) for at in (first, 60.0)]
    server: Any = MailServer()
    server.received = taken
    matrix.site = SimpleNamespace(mail=server)
    mail = SimpleNamespace(message_id="<1>", state="sent")
    assert (matrix._wrong_with(restart, mail) == "") is excused
    server.received = [*taken, Received("<1>", "to@people.example", b"", 61.0)]
    assert matrix._wrong_with(restart, mail) == "a mail arrived 3 times"


def test_ci_runs_the_whole_short_form() -> None:
    """AVAIL-11: two parts as tests of `make test` with their bounds, the others by themselves."""
    script = (soak.PROOF.parent.parent / ".ci" / "run").read_text()
    (bounds,) = re.findall(r"^(.*) make test$", script, re.MULTILINE)
    assert bounds.split() == [f"{name}={value}" for name, value in walked.QUICK.items()]
    (parts,) = re.findall(r'^make soak QUICK=1 ARGS="(.*)"$', script, re.MULTILINE)
    assert set(parts.split()) == soak.PARTS.keys() - {"crawler", "walks"}
    for file in (*walked.FILES, *crawled.FILES):
        assert (soak.PROOF.parent.parent / file).exists()


def test_no_two_imports_of_a_run_are_alike() -> None:
    """AVAIL-11: a number that came twice would be refused, and end the part."""
    stems = {stem_of(n) for n in range(1, 5001)}
    assert len(stems) == 5000
    assert {len(str(stem)) for stem in stems} == {6}
