"""The structure of the code: who imports whom, how long things are, what is ignored."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PRODUCT = ("portal", "customers", "orders", "quotes", "support", "workspace")
LONGEST_FUNCTION = 50
LONGEST_VIEW, MOST_VIEWS = 30, 25
MOST_FILES = 200
MOST_FILES_AT_PORTAL_ROOT = 12
MOST_OF_THE_PRODUCT = 0.40
MOST_INNER_IMPORTS, MOST_IGNORES, MOST_ANY_PARAMETERS = 15, 10, 60
POLICIES = ("needs(", "public_page", "by_link")


def sources() -> Iterator[Path]:
    """The product's Python files, without migrations."""
    for folder in PRODUCT:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                yield f"{name_of(path)} {node.name}", node


def length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def test_functions_are_short() -> None:
    """CV-05: a function fits on a screen."""
    long = {name: length(node) for name, node in functions() if length(node) > LONGEST_FUNCTION}
    assert not long


def test_most_files_are_short() -> None:
    """CV-05: nine of ten in 200 lines; tests/test_architecture.py caps the longest."""
    lengths = sorted(len(path.read_text().splitlines()) for path in sources())
    assert lengths[len(lengths) * 9 // 10] <= MOST_FILES


def test_views_are_short() -> None:
    """CV-05: a view translates; nine of ten in 25 lines, none over 30."""
    lengths = {
        name: length(node)
        for name, node in functions()
        if any(ast.unparse(each).startswith(POLICIES) for each in node.decorator_list)
    }
    assert len(lengths) > 100
    ordered = sorted(lengths.values())
    assert ordered[len(ordered) * 9 // 10] <= MOST_VIEWS
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_VIEW}


def test_no_folder_is_a_drawer_for_everything() -> None:
    """CV-01: portal is the project and what every app stands on, and no more."""
    lines: dict[str, int] = {}
    for path in sources():
        top = path.relative_to(ROOT).parts[0]
        lines[top] = lines.get(top, 0) + len(path.read_text().splitlines())
    assert lines["portal"] / sum(lines.values()) <= MOST_OF_THE_PRODUCT, lines
    assert len(list((ROOT / "portal").glob("*.py"))) <= MOST_FILES_AT_PORTAL_ROOT


def module_of(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def imports() -> dict[str, set[str]]:
    """Module -> the modules of ours that it imports anywhere, in functions and for types too."""
    modules = {module_of(path): path for path in sources()}
    found: dict[str, set[str]] = {name: set() for name in modules}
    for name, path in modules.items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    found[name].add(inner if inner in modules else node.module)
            elif isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names}
        found[name] &= modules.keys() - {name}
    return found


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The groups of modules that import each other, directly or by way of others."""
    reach: dict[str, set[str]] = {}
    for start in graph:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for target in graph[waiting.pop()] - seen:
                seen.add(target)
                waiting.append(target)
        reach[start] = seen
    groups = {
        tuple(sorted(other for other in reach[name] if name in reach[other]))
        for name in graph
        if name in reach[name]
    }
    return sorted(map(list, groups))


def test_circles_are_found() -> None:
    """The test of the test: two modules by way of a third."""
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()}
    assert circles(graph) == [["a", "b", "c"]]


def test_no_modules_import_each_other() -> None:
    """CV-02: inner imports and those for types counted."""
    graph = imports()
    assert len(graph) > 300
    assert circles(graph) == []


def test_imports_in_functions_are_few_and_say_why() -> None:
    """CV-02: a comment above each, or on its line."""
    inner, silent = [], []
    for path in sources():
        lines = path.read_text().splitlines()
        for function in (n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    place = f"{name_of(path)}:{node.lineno}"
                    inner.append(place)
                    around = lines[max(0, node.lineno - 4) : node.lineno]
                    if not any("#" in line or '"""' in line for line in around):
                        silent.append(place)
    assert len(set(inner)) <= MOST_INNER_IMPORTS, sorted(set(inner))
    assert not silent


def test_types_are_rarely_ignored() -> None:
    """CV-43: only where a library's types are wrong."""
    found = [
        f"{name_of(path)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"# type: ignore", line)
    ]
    assert len(found) <= MOST_IGNORES, found


def test_few_parameters_are_anything() -> None:
    """CV-43: ``Any`` says nothing; what is only passed on is an ``object``."""
    found = [
        name
        for name, node in functions()
        if any(
            argument.annotation is not None and ast.unparse(argument.annotation) == "Any"
            for argument in (
                *node.args.posonlyargs,
                *node.args.args,
                *node.args.kwonlyargs,
                *filter(None, (node.args.vararg, node.args.kwarg)),
            )
        )
    ]
    assert len(found) <= MOST_ANY_PARAMETERS, (len(found), found)
