"""wapiti and sqlmap against the running portal, as somebody who is signed in."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from dev.soak.explained import Finding
from dev.soak.policies import NUMBERS
from dev.soak.scanned import ADDRESS, Portal

# Those that make sense against forms; the others fetch lists or an endpoint from elsewhere.
MODULES = (
    "cookieflags,csp,http_headers,csrf,crlf,exec,file,permanentxss,redirect,sql,timesql,upload,xss"
)
QUICK_MODULES = "cookieflags,csp,http_headers,sql,xss"
# Of looking for pages, and of each module.
SECONDS, MODULE_SECONDS = 120, 45
QUICK_SECONDS, QUICK_MODULE_SECONDS = 20, 15
# What ends the session, or whom the scanner is.
NOT_ATTACKED = ("/accounts/logout/", "/accounts/password/*", "/accounts/2fa/*", "/people/*")
SEARCHES = (
    ("nordlys", "/customers/?q=havs&state=active&sort=name"),
    ("nordlys", "/orders/?q=10&state=active&sort=number"),
    ("nordlys", "/search/suggest/?q=havs"),
    ("nordlys", "/quotes/?q=10&sort=number"),
    ("nordlys", "/reports/?q=a"),
    ("nordlys", "/outbox/?q=a&state=sent"),
    ("staff", "/admin/channel/directoryentry/?q=havs"),
    ("staff", "/admin/outbox/outboundemail/?q=a&state__in=dead"),
)


def wapiti(bin_: Path, portal: Portal, quick: bool) -> tuple[int, list[Finding]]:
    """Return how much wapiti tried, and what it found."""
    anna = portal.visitor(ADDRESS, "anna@nordlys.example")
    report = portal.folder / "wapiti.json"
    base = f"http://{ADDRESS}:{portal.port}"
    modules = QUICK_MODULES if quick else MODULES
    looking, each = (QUICK_SECONDS, QUICK_MODULE_SECONDS) if quick else (SECONDS, MODULE_SECONDS)
    command = [bin_ / "wapiti", "-u", f"{base}/", "-f", "json", "-o", report, "--no-bugreport"]
    command += ["-m", modules, "-C", anna.cookie, "-v", "0", "--scope", "domain", "-l", "1"]
    command += ["--depth", "2", "--max-links-per-page", "40", "--max-files-per-dir", "30"]
    command += ["--max-scan-time", str(looking), "--max-attack-time", str(each), "-S", "normal"]
    command += ["--store-session", portal.folder / "wapiti", "--tasks", "4", "--timeout", "20"]
    command += ["--store-config", portal.folder / "wapiti-config", "--flush-session"]
    command += [part for path in NOT_ATTACKED for part in ("-x", f"{base}{path}")]
    # A module ends with the request that it waits for.
    most = looking + len(modules.split(",")) * (each + 30) + 120
    said = _run(command, portal.folder, seconds=most)
    if not report.exists():
        raise RuntimeError(f"wapiti wrote no report: {said[-500:]}")
    found = json.loads(report.read_text())
    findings = [
        Finding(f"wapiti {kind}", NUMBERS.sub("*", urlsplit(each["path"]).path), each["info"])
        for group in ("vulnerabilities", "anomalies", "additionals")
        for kind, rows in found[group].items()
        for each in rows
    ]
    return int(found["infos"].get("crawled_pages_nbr", 0)), findings


def sql_injections(bin_: Path, portal: Portal, quick: bool) -> tuple[int, list[Finding]]:
    """Return how many addresses sqlmap tried with each of their parameters, and what it found."""
    cookies = {
        "nordlys": portal.visitor(ADDRESS, "anna@nordlys.example").cookie,
        "staff": portal.visitor("localhost", "staff@kontor.example").cookie,
    }
    hosts = {"nordlys": ADDRESS, "staff": "localhost"}
    findings: list[Finding] = []
    asked = 0
    # Cookies are the same for all addresses of somebody: they are tried at the first.
    first = dict(reversed(SEARCHES))
    for who, path in SEARCHES[:2] if quick else SEARCHES:
        url = f"http://{hosts[who]}:{portal.port}{path}"
        command = [bin_ / "sqlmap", "-u", url, "--batch", "--cookie", cookies[who]]
        command += ["--level=1" if quick else "--level=2", "--risk=1", "--dbms=PostgreSQL"]
        if path != first[who]:
            command += ["-p", ",".join(dict(parse_qsl(urlsplit(path).query)))]
        command += ["--technique=BEUQ" if quick else "--technique=BEUST", "--threads=2"]
        command += ["--output-dir", portal.folder / "sqlmap", "--flush-session", "--time-sec=2"]
        command += [
            "--disable-coloring",
            "--timeout=20",
            "--retries=1",
            "--smart" if quick else "-v1",
        ]
        said = _run(command, portal.folder, seconds=480)
        asked += 1
        findings += injections(path, said)
    return asked, findings


def injections(path: str, said: str) -> list[Finding]:
    """Return what sqlmap calls injectable; a run without its verdict is a finding too."""
    place = path.partition("?")[0]
    if re.search(r"is vulnerable|identified the following injection point", said):
        return [Finding("sqlmap injection", place, said[-300:])]
    if "do not appear to be injectable" in said or "no parameter(s) found" in said:
        return []
    return [Finding("sqlmap without a verdict", place, said.strip()[-200:])]


def _run(command: Iterable[object], folder: Path, *, seconds: int) -> str:
    """Run a scanner, which is ended when its time is over; return what it said."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as late:
        out = late.stdout or b""
        return out.decode(errors="replace") if isinstance(out, bytes) else out
    return done.stdout + done.stderr
