"""The conventions that a program can check: sizes, layers, names (docs/conventions.md)."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

ROOT = Path(settings.BASE_DIR)
CODE = ("portal", "customers", "orders", "quotes", "support", "workspace")
TEMPLATES = ROOT / "templates"
# Lines by kind of file; a folder of that name holds files of that kind.
CAPS = {
    "urls": 40,
    "views": 400,
    "admin": 200,
    "tasks": 60,
    "forms": 200,
    "services": 400,
    "emails": 200,
    "documents": 100,
    "queries": 200,
    "models": 400,
}
# Files that are exempt from the cap of their kind.
FOUNDATION: set[str] = set()
LONGEST_FILE = 400
LONGEST_TEMPLATE_LINE = 160
OURS = {config.label for config in apps.get_app_configs() if config.name.split(".")[0] in CODE}
# Django's, allauth's and auditlog's own names.
NAMES_OF_LIBRARIES = {"last_login", "date_joined", "expire_date", "timestamp", "at"}
# Words that no text for people may contain.
NAIVE = re.compile(r"successfully|lorem|ipsum|click here|\boops\b|\bfoobar\b", re.IGNORECASE)


def sources() -> Iterator[Path]:
    """Yield our Python files, without migrations."""
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def kind_of(path: Path) -> str | None:
    """Return the kind of a file, which decides its cap."""
    if path.stem in CAPS:
        return path.stem
    return path.parent.name if path.parent.name in CAPS else None


def test_files_keep_their_caps() -> None:
    """CV-03: lines by kind of file."""
    files = [(name_of(path), kind_of(path), lines_of(path)) for path in sources()]
    measured = [(name, kind, lines) for name, kind, lines in files if kind is not None]
    assert len(measured) > 25
    over = [
        f"{name}: {lines} lines, at most {CAPS[kind]}"
        for name, kind, lines in measured
        if lines > CAPS[kind] and name not in FOUNDATION
    ]
    assert not over, "\n".join(over)


def test_no_file_is_long() -> None:
    """CV-04: whatever its kind; there are no exceptions."""
    paths = [*sources(), *(ROOT / "dev").rglob("*.py"), ROOT / "manage.py"]
    long = {name_of(path): lines_of(path) for path in paths if lines_of(path) > LONGEST_FILE}
    assert not long


def test_every_key_has_a_name_for_the_way_back() -> None:
    """CV-25: ``related_name`` on every foreign key."""
    keys = [
        field
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField) and field.model is model
    ]
    assert len(keys) > 25
    assert not [str(field) for field in keys if field.remote_field.related_name is None]


def test_models_follow_the_naming_rules() -> None:
    """CV-14, CV-25: no ``Meta.ordering``; moments end in ``_at``."""
    ours = [model for model in apps.get_models() if model._meta.app_label in OURS]
    assert not [model for model in ours if model._meta.ordering]
    moments = {
        f"{model.__name__}.{field.name}"
        for model in ours
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateTimeField) and not field.name.endswith("_at")
    }
    assert {each.split(".")[1] for each in moments} <= NAMES_OF_LIBRARIES, moments


def test_nobody_listens_to_signals_of_our_models() -> None:
    """CV-18: no signals and no ``save()`` overrides between our own modules; a field's own
    ``pre_save`` is neither."""
    signal = re.compile(r"(?<!def )\b(pre|post)_(save|delete|init)\b|m2m_changed|@receiver")
    found = [name_of(path) for path in sources() if signal.search(path.read_text())]
    assert not found
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            assert "save" not in model.__dict__ and "delete" not in model.__dict__, model


def test_unscoped_is_used_nowhere() -> None:
    """ISO-21: partner-owned models are queried for a partner, or across in the admin."""
    found = []
    for path in sources():
        name = name_of(path)
        if name == "portal/tenancy/managers.py" or kind_of(path) == "admin":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if ".unscoped" in line and ".unscoped.none()" not in line:
                found.append(f"{name}:{number}")
    assert not found


def test_across_partners_is_rare() -> None:
    """ISO-21: only in admin, dispatcher and sign-in; every other place is listed here."""
    known = {
        "orders/services/bulk.py",
        "portal/accounts/emails.py",
        "portal/channel/mailing.py",
        "portal/channel/services.py",
        "portal/channel/tasks.py",
        "portal/channel/telling.py",
        "portal/channel/visits.py",
        "portal/outbox/arriving.py",
        "portal/outbox/bounces.py",
        "portal/outbox/delivery.py",
        "portal/outbox/issuing.py",
        "portal/outbox/receiving.py",
        "portal/outbox/services.py",
        "portal/outbox/settling.py",
        "portal/tenancy/managers.py",
        "portal/tenancy/waiting.py",
        "workspace/exporting.py",
        # Counts and ages only.
        "workspace/health.py",
        "workspace/metrics.py",
    }
    found = {
        name_of(path)
        for path in sources()
        if "across_partners(" in path.read_text()
        and "admin" not in path.name
        and "demo" not in path.parts
    }
    assert found <= known, found - known


def test_people_are_asked_for_as_own_people_or_users() -> None:
    """ISO-24: who lists a partner's people says which; only these look at places of both kinds."""
    known = {
        # One person's places, and the holders of one role.
        "portal/accounts/services/inviting.py",
        "portal/notices/mailing.py",
        "portal/accounts/services/people.py",
        "portal/accounts/services/protection.py",
        "portal/accounts/services/roles.py",
        "portal/accounts/services/teams.py",
        "portal/accounts/models.py",
        # The places of whoever wrote a mail, at the partner and at its customers.
        "support/services/incoming.py",
        # Who goes with a partner that is erased, of both kinds.
        "workspace/erasing.py",
    }
    unsaid = re.compile(r"Membership\.objects\.for_partner\(|Membership\.unscoped\.(?!none)")
    found = {name_of(path) for path in sources() if unsaid.search(path.read_text())}
    assert found <= known, found - known


def test_only_the_transport_imports_django_mail() -> None:
    """CV-17: ``django.core.mail`` builds the MIME message in the transport, and nothing else."""
    importing = re.compile(r"django\.core\.mail|from django\.core import .*\bmail\b|import smtplib")
    found = {name_of(path) for path in sources() if importing.search(path.read_text())}
    assert found == {"portal/outbox/transports.py"}


def test_raw_connections_are_not_used() -> None:
    """ISO-04: ``connection.connection`` bypasses the partner."""
    raw = re.compile(r"connection\.connection\b|psycopg\.connect\(|psycopg2|\.get_new_connection\(")
    found = {name_of(path) for path in sources() if raw.search(path.read_text())}
    # The backend itself.
    assert found <= {"portal/tenancy/backend/base.py"}, found


def is_mail_or_pdf(path: Path) -> bool:
    return bool({"email", "pdf"} & set(path.relative_to(TEMPLATES).parts))


def test_templates_carry_no_styles() -> None:
    """CV-22: no ``style=`` outside e-mail and PDF, which have no stylesheet."""
    found = [
        name_of(path)
        for path in TEMPLATES.rglob("*.html")
        if not is_mail_or_pdf(path) and re.search(r"\bstyle=|<style", path.read_text())
    ]
    assert not found


def test_templates_carry_no_scripts() -> None:
    """INP-09: nothing that the content security policy would refuse."""
    inline = re.compile(r"<script(?![^>]*(src=|application/json))|\son(click|load|submit|change)=")
    paths = [path for path in TEMPLATES.rglob("*.html") if not is_mail_or_pdf(path)]
    assert not [name_of(path) for path in paths if inline.search(path.read_text())]


def test_templates_are_short() -> None:
    """CV-22: nine of ten under 80 lines, and no line that nobody sees whole."""
    lengths = sorted(lines_of(path) for path in TEMPLATES.rglob("*.html"))
    assert len(lengths) > 100
    assert lengths[len(lengths) * 9 // 10] < 80
    long = [
        f"{name_of(path)}:{number}: {len(line)} characters"
        for ending in ("*.html", "*.txt")
        for path in TEMPLATES.rglob(ending)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST_TEMPLATE_LINE
    ]
    assert not long, "\n".join(long)


def test_every_mail_comes_in_three() -> None:
    """CV-23: subject, text and HTML."""
    names = {
        (path.parent, re.sub(r"(\.subject)?\.(txt|html)$", "", path.name))
        for path in TEMPLATES.rglob("email/*")
        if path.parent.parent != TEMPLATES and not path.name.startswith("_")
    }
    assert len(names) >= 6
    missing = [
        name_of(folder / f"{name}{ending}")
        for folder, name in names
        for ending in (".subject.txt", ".txt", ".html")
        if not (folder / f"{name}{ending}").exists()
    ]
    assert not missing


def test_texts_have_no_empty_words() -> None:
    """CV-24: messages contain neither ids nor "successfully"."""
    files = [
        *sources(),
        *TEMPLATES.rglob("*.html"),
        *TEMPLATES.rglob("*.txt"),
        *(ROOT / "static" / "js").rglob("*.js"),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("*.md"),
    ]
    found = {}
    for path in files:
        words = NAIVE.findall(path.read_text())
        if words:
            found[name_of(path)] = words
    assert not found


def test_nothing_is_left_for_later() -> None:
    """CV-33: no TODO."""
    mark = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    paths = [*sources(), *TEMPLATES.rglob("*.html"), *(ROOT / "static" / "js").rglob("*.js")]
    assert not [name_of(path) for path in paths if mark.search(path.read_text())]


def test_import_contracts_hold() -> None:
    """CV-02: who may import whom is checked by import-linter."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "0 broken" in done.stdout


def test_import_contracts_name_every_app() -> None:
    """Every app is part of the import contract."""
    contract = (ROOT / "pyproject.toml").read_text()
    for name in settings.INSTALLED_APPS:
        if name.split(".")[0] in CODE and ".admin_config" not in name:
            assert f'"{name}"' in contract or re.search(rf"[\"\s]{name}[\"\s]", contract), name


def test_isolation_tests_cite_their_rules() -> None:
    """CV-31: their docstrings cite the rule."""
    silent, count = [], 0
    names = ("isolation/test_*", "portal/tenancy/test_*", "portal/accounts/test_*")
    for path in sorted(path for name in names for path in (ROOT / "tests").glob(f"{name}.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                count += 1
                if not ast.get_docstring(node):
                    silent.append(f"{path.name}::{node.name}")
    assert count > 100
    assert not silent


@pytest.mark.parametrize(
    "folder", ["portal", "customers", "orders", "quotes", "support", "workspace"]
)
def test_modules_say_what_they_are_for(folder: str) -> None:
    """CV-32: one idea per file, stated at its top."""
    silent = [
        name_of(path)
        for path in sources()
        if path.parts[len(ROOT.parts)] == folder
        and path.name not in ("__init__.py", "apps.py", "admin_config.py")
        and "urls" not in path.stem
        and path.stat().st_size > 400
        and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert not silent
