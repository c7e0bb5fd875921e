"""The proof that anybody can run: faults, crashes, attacks and removed protections, with figures.

    python -m dev.soak              all parts, under an hour on two cores
    python -m dev.soak --quick      a short form of each, under eight minutes
    python -m dev.soak faults       only these parts

Several parts run at a time, each in a process of its own, since most of them wait much. Every
server is started here and on the loopback only; nothing else is ever spoken to. One row for each
figure is printed, and the parts' sections of docs/proof.md are written anew unless it was the short
form. A figure that falls short makes it exit with 1.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from dev.soak.controls import controls
from dev.soak.crashes import crashing, crashing_documents, faulty
from dev.soak.crawled import crawled
from dev.soak.figures import ROOT, Figure, Part, Result, renewed, run_part, say
from dev.soak.operations import operations
from dev.soak.scans import scans
from dev.soak.walked import walked

PARTS: dict[str, tuple[str, Part]] = {
    "faults": ("Faults at each point", faulty),
    "crashes": ("Processes that end at the worst points", crashing),
    "documents": ("Documents whose process ends, hangs or eats memory", crashing_documents),
    "walks": ("Walks and races", walked),
    "crawler": ("Every address as everybody, and hostile texts", crawled),
    "scans": ("Scanners", scans),
    "operations": ("Backup, restore and migration", operations),
    "controls": ("Protections taken away", controls),
}
# The longest begin first, so that all lanes end at about the same time.
BEGIN = (
    "crashes",
    "controls",
    "scans",
    "documents",
    "operations",
    "faults",
    "walks",
    "crawler",
)
# So many at a time. The short form is for slow machines, too, where more would make pages late.
LANES, QUICK_LANES = 2, 2
# They only compute, with two processes each: beside the others they use the time in which those
# wait, and give way to them. Both at once, so that no processor waits for the last of their tests.
COMPUTING = {"walks", "crawler"}
GIVE_WAY = 10
_WRITING = threading.Lock()
PROOF = ROOT / "docs" / "proof.md"


def main(arguments: list[str]) -> int:
    """Run the parts that were asked for, or all."""
    started = time.monotonic()
    quick = "--quick" in arguments
    names = [each for each in arguments if not each.startswith("--")]
    if unknown := [name for name in names if name not in PARTS]:
        say(f"No part {', '.join(unknown)}. The parts: {', '.join(PARTS)}")
        return 2
    kept = next((each for each in arguments if each.startswith("--figures=")), "")
    if len(names) == 1:
        results = [run_part(*PARTS[names[0]], quick=quick)]
    else:
        results = at_once(names or list(PARTS), quick=quick)
    if kept:
        Path(kept.partition("=")[2]).write_text(json.dumps([asdict(each) for each in results]))
    elif not quick and len(names) == 1:
        write(results[0])
    short = sum(result.short for result in results)
    total = sum(len(result.figures) for result in results)
    say(
        f"{total - short} figures met, {short} short, in {time.monotonic() - started:.0f} s,"
        f" {processor_seconds():.0f} s of processors"
    )
    return int(bool(short))


def processor_seconds() -> float:
    """Return the processor time of this process and of all that it started and that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def write(result: Result) -> None:
    """Write a part's section of docs/proof.md anew."""
    with _WRITING:
        former = PROOF.read_text() if PROOF.exists() else ""
        order = [title for title, _part in PARTS.values()]
        PROOF.write_text(renewed(former, [result], order=order))
    say(f"Written: docs/proof.md, {result.title}")


def at_once(names: list[str], *, quick: bool) -> list[Result]:
    """Run parts several at a time, each in a process of its own; return them in their order.

    The section of each is written when it ends, so that a run that is stopped has not run in vain.
    """
    order = sorted(names, key=lambda name: BEGIN.index(name) if name in BEGIN else 0)
    with (
        ThreadPoolExecutor(QUICK_LANES if quick else LANES) as lanes,
        ThreadPoolExecutor(len(COMPUTING)) as beside,
    ):
        running = {
            name: (beside if gives_way(name, quick) else lanes).submit(run_and_keep, name, quick)
            for name in order
        }
    return [running[name].result() for name in names]


def gives_way(name: str, quick: bool) -> bool:
    """Return whether a part runs beside the others, in what they leave of the processors."""
    return name in COMPUTING and not quick


def run_and_keep(name: str, quick: bool) -> Result:
    """Run one part in a process of its own, and keep what it saw."""
    result = apart(name, quick)
    if not quick:
        write(result)
    return result


def apart(name: str, quick: bool) -> Result:
    """Run one part in a process of its own; one that does not come to its end falls short."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "dev.soak", name, f"--figures={path}"]
        low = ["nice", "-n", str(GIVE_WAY)] * gives_way(name, quick)
        command = [*low, *command, *["--quick"] * quick]
        done = subprocess.run(command, cwd=ROOT, check=False)
        if path.exists():
            (found,) = json.loads(path.read_text())
            return Result.of(found)
    ended = f"ended with {done.returncode}"
    lost = Figure("the part itself", 1, "runs to its end", ended, False)
    return Result(PARTS[name][0], (lost,), time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
