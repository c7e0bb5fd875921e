"""What a Content-Security-Policy leaves open, in words."""

from __future__ import annotations

from collections.abc import Iterator

# Where a policy says nothing, these fall back to default-src; the others have no fallback.
OF_CODE = ("script-src", "object-src")
WITHOUT_FALLBACK = ("base-uri", "frame-ancestors", "form-action")


def parsed(policy: str) -> dict[str, list[str]]:
    """Return the sources by directive; of two with one name the first counts, as in browsers."""
    found: dict[str, list[str]] = {}
    for part in policy.split(";"):
        name, *sources = part.split() or [""]
        if name:
            found.setdefault(name.lower(), [source.lower() for source in sources])
    return found


def weaknesses(policy: str) -> list[str]:
    """Return what is weak about a policy; an empty list for one that leaves nothing open."""
    rules = parsed(policy)
    if not rules:
        return ["there is no policy"]
    return [*_missing(rules), *_open(rules)]


def _missing(rules: dict[str, list[str]]) -> Iterator[str]:
    # A sandbox without these words allows neither scripts nor forms.
    sandbox = rules.get("sandbox")
    default = rules.get("default-src")
    for name in OF_CODE:
        sources = rules.get(name, default)
        if sources is None:
            yield f"{name} and default-src are missing"
        elif name == "object-src" and sources != ["'none'"]:
            yield "object-src is not 'none'"
    for name in WITHOUT_FALLBACK:
        if name in rules:
            continue
        if name == "form-action" and sandbox is not None and "allow-forms" not in sandbox:
            continue
        if name != "frame-ancestors" and sources_of_code(rules) == ["'none'"]:
            # A page that runs no code and has no forms: neither can be turned against anybody.
            continue
        yield f"{name} is missing"


def sources_of_code(rules: dict[str, list[str]]) -> list[str]:
    """Return where scripts may come from."""
    return rules.get("script-src", rules.get("default-src", ["*"]))


def _is_lifeless(rules: dict[str, list[str]]) -> bool:
    """Return whether a page runs no code, sends no forms and loads nothing from anywhere.

    Styles within such a page, as an e-mail has them, can be turned against nobody.
    """
    sandbox = rules.get("sandbox")
    if sandbox is None or {"allow-scripts", "allow-forms"} & set(sandbox):
        return False
    loaded = {s for name, found in rules.items() if name.endswith("-src") for s in found}
    return rules.get("default-src") == ["'none'"] and loaded <= {
        "'none'",
        "'unsafe-inline'",
        "data:",
    }


def _open(rules: dict[str, list[str]]) -> Iterator[str]:
    for name, sources in rules.items():
        if name == "sandbox":
            if {"allow-scripts", "allow-same-origin"} <= set(sources):
                yield "sandbox allows scripts of the same origin"
            continue
        for source in sources:
            if name == "style-src" and source == "'unsafe-inline'" and _is_lifeless(rules):
                continue
            if source in ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'"):
                yield f"{name} has {source}"
            elif "*" in source:
                yield f"{name} has the wildcard {source}"
            elif source.startswith("http:"):
                yield f"{name} has {source}, which is not encrypted"
    for source in sources_of_code(rules):
        if source in ("data:", "blob:", "filesystem:", "https:", "http:"):
            yield f"scripts may come from {source}"
