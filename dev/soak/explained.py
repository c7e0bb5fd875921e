"""What the scanners report and what is so on purpose, each with the reason.

A finding that no row explains makes its figure fall short; so does one more in the same file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What a scanner reports: which check, where (a path), and what it says."""

    check: str
    place: str
    said: str = ""

    def __str__(self) -> str:
        return f"{self.check} {self.place} {self.said}".strip()


@dataclass(frozen=True)
class Explained:
    """Findings of one check that stand; ``place`` is a whole path as a regular expression."""

    check: str
    place: str
    times: int
    reason: str

    def covers(self, finding: Finding) -> bool:
        return finding.check == self.check and re.fullmatch(self.place, finding.place) is not None


# More of these are nothing new.
ANY = 10_000
OUR_NAMES = "names of our own tables and columns are put in; every value is a parameter"
LITERALS = "the parts are literals of the module; every value is a parameter"
BY_THE_ORM = "the inner query is written by the ORM, with its parameters"
OF_CATALOGUE = (
    "names come from PostgreSQL's catalogue and are quoted; conditions hold ids that were read as "
    "UUIDs; only the operator's commands run it"
)

EXPLAINED = (
    Explained("B101", r".*\.py", ANY, "assert narrows types; no check of the portal relies on it"),
    Explained("B105", "portal/accounts/backends.py", 1, "empties the demo's password"),
    Explained("B105", "portal/settings.py", 2, "the demo's, refused elsewhere; a form's name"),
    Explained("B105", "(quotes/urls_confirm|support/urls_link).py", 2, "a link without a secret"),
    Explained("B108", "portal/core/heartbeat.py", 1, "a file of the container that says nothing"),
    Explained("B308", "portal/core/list_columns.py", 1, "joins cells that were escaped where made"),
    Explained("B703", "portal/core/list_columns.py", 2, "joined or escaped in the line itself"),
    Explained("B703", "portal/core/templatetags/kontor.py", 3, "what a template rendered already"),
    Explained("B405", "customers/imports/xlsx.py", 1, "only the exception; guard.py bounds files"),
    Explained("B406", "customers/imports/guard.py", 1, "quoteattr writes XML and reads none"),
    Explained("B608", "customers/imports/writing.py", 1, OUR_NAMES),
    Explained("B608", "(customers/queries|portal/channel/finding).py", 2, LITERALS),
    Explained("B608", r"portal/(accounts/\w+|notices/queries).py", 4, OUR_NAMES),
    Explained("B608", "portal/core/finding.py", 1, "for migrations: quoted names of a model"),
    Explained("B608", "portal/core/listing.py", 2, BY_THE_ORM),
    Explained("B608", r"portal/tenancy/backups/\w+\.py", 26, OF_CATALOGUE),
    Explained("B608", "portal/tenancy/schema.py", 1, "a schema's name, checked when it was made"),
    Explained("B608", "support/queries.py", 3, "our names, and the condition of seen_sql"),
    Explained("B608", "workspace/export_file.py", 5, OF_CATALOGUE),
    Explained("B611", "(customers/finding|orders/queries).py", 5, LITERALS),
    Explained(
        "text-marked-as-safe",
        "portal/core/(list_columns|templatetags/kontor).py",
        5,
        "joins or wraps what was escaped or rendered before",
    ),
    Explained(
        "unscoped-query-in-a-view",
        "(customers/views/page|orders/views/offering).py",
        2,
        "families and rate plans: the vendor's, the same for all partners",
    ),
    Explained(
        "wapiti Secure Flag cookie",
        "/?",
        6,
        "the scan is over http on the loopback; test_production_settings_are_closed",
    ),
    Explained(
        "wapiti HttpOnly Flag cookie",
        "/?",
        6,
        "the scanner is handed cookies without flags; test_cookies_are_for_one_host_and_no_script",
    ),
)


def unexplained(found: Iterable[Finding], known: Iterable[Explained] = EXPLAINED) -> list[Finding]:
    """Return the findings that no row covers, or that are more than a row says."""
    seen: Counter[Explained] = Counter()
    left = []
    rows = list(known)
    for finding in found:
        row = next((each for each in rows if each.covers(finding)), None)
        if row is not None:
            seen[row] += 1
        if row is None or seen[row] > row.times:
            left.append(finding)
    return left
