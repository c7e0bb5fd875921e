"""The proof that anybody can run: faults, crashes, attacks and removed protections, with figures.

    python -m dev.soak              all parts, under an hour on two cores
    python -m dev.soak --quick      a short form of each, under eight minutes
    python -m dev.soak faults       only these parts

Every server is started here and on the loopback only; nothing else is ever spoken to. One row for
each figure is printed, and the parts' sections of docs/proof.md are written anew unless it was the
short form. A figure that falls short makes it exit with 1.
"""

from __future__ import annotations

import sys

from dev.soak.controls import controls
from dev.soak.crashes import faults_and_crashes
from dev.soak.crawled import crawled
from dev.soak.figures import ROOT, Part, renewed, run_part, say
from dev.soak.operations import operations
from dev.soak.scans import scans
from dev.soak.walked import walked

PARTS: dict[str, tuple[str, Part]] = {
    "faults": ("Faults and crashes at each point", faults_and_crashes),
    "walks": ("Walks and races", walked),
    "crawler": ("Every address as everybody, and hostile texts", crawled),
    "scans": ("Scanners", scans),
    "operations": ("Backup, restore and migration", operations),
    "controls": ("Protections taken away", controls),
}
PROOF = ROOT / "docs" / "proof.md"


def main(arguments: list[str]) -> int:
    """Run the parts that were asked for, or all."""
    quick = "--quick" in arguments
    names = [each for each in arguments if not each.startswith("--")]
    if unknown := [name for name in names if name not in PARTS]:
        say(f"No part {', '.join(unknown)}. The parts: {', '.join(PARTS)}")
        return 2
    results = [run_part(*PARTS[name], quick=quick) for name in names or PARTS]
    short = sum(result.short for result in results)
    if not quick:
        former = PROOF.read_text() if PROOF.exists() else ""
        PROOF.write_text(renewed(former, results, order=[title for title, _part in PARTS.values()]))
        say("Written: docs/proof.md")
    total = sum(len(result.figures) for result in results)
    seconds = sum(result.seconds for result in results)
    say(f"{total - short} figures met, {short} short, in {seconds:.0f} s")
    return int(bool(short))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
