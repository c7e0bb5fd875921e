"""docker-compose.yml: least privilege, and checks that see what hangs (AVAIL-08)."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from django.conf import settings

from dev.embedded.runner import ROOT
from portal.core import heartbeat, pdf

TEXT = (ROOT / "docker-compose.yml").read_text()
PORTAL = ("migrate", "web", "worker", "schemas", "pdf", "beat")


def below(text: str, indent: int) -> str:
    """Return the lines at the beginning that are indented further."""
    found = re.match(rf"(?:{' ' * (indent + 2)}.*\n|\n)*", text)
    return found[0] if found is not None else ""


def block(text: str, name: str, indent: int) -> str:
    """Return what stands below a key, without what follows it."""
    found = re.search(rf"^{' ' * indent}{name}:.*\n", text, re.MULTILINE)
    assert found is not None, name
    return below(text[found.end() :], indent)


def whole(name: str) -> str:
    """Return a service with the blocks that it takes over."""
    services = block(TEXT, "services", 0)
    text = block(services, name, 2)
    for _level in range(3):
        for anchor in re.findall(r"(?:<<|healthcheck): \*(\w+)", text):
            source = re.search(rf"^( *)[\w-]+: &{anchor}\n", TEXT, re.MULTILINE)
            assert source is not None, anchor
            text = text.replace(f"*{anchor}", below(TEXT[source.end() :], len(source[1])), 1)
    return text


def seconds(text: str, key: str) -> int:
    found = re.search(rf"{key}: (\d+)s", text)
    assert found is not None, key
    return int(found[1])


@pytest.mark.parametrize("name", PORTAL)
def test_processes_have_no_more_than_they_need(name: str) -> None:
    """AVAIL-08: no capabilities, no new ones, nothing to write but a folder of their own."""
    text = whole(name)
    assert 'cap_drop: ["ALL"]' in text and "no-new-privileges:true" in text
    assert "read_only: true" in text and "/tmp:" in text
    assert "env_file" not in text and "privileged" not in text.replace("no-new-privileges", "")


def test_secrets_are_for_those_who_need_them() -> None:
    """AVAIL-08: the mail server's password for the worker, the signature's for the pdf worker."""
    holders = {
        r"\$\{EMAIL_URL": {"worker"},
        r"\$\{IMAP_URL:-": {"worker"},
        r"\$\{SIGNING_PASSWORD": {"pdf"},
        r"\$\{DATA_KEY": {"web", "worker", "schemas"},
        r"\$\{MIGRATE_DATABASE_URL": {"migrate", "schemas"},
        r"\$\{POSTGRES_": {"postgres"},
    }
    for secret, who in holders.items():
        found = {
            name
            for name in (*PORTAL, "postgres", "valkey", "mail")
            if re.search(secret, whole(name))
        }
        assert found == who, secret


def test_the_portal_is_no_superuser() -> None:
    """AVAIL-08: its role is made beside the image's own."""
    postgres = whole("postgres")
    assert "POSTGRES_USER: postgres\n" in postgres and "POSTGRES_USER: kontor" not in TEXT
    for role in ("kontor", "kontor_owner"):
        assert f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE" in TEXT
    assert "CREATE DATABASE kontor OWNER kontor_owner" in TEXT
    example = (ROOT / ".env.example").read_text()
    assert (
        "DATABASE_URL=postgres://kontor:" in example and "POSTGRES_SUPERUSER_PASSWORD=" in example
    )


@pytest.mark.parametrize("name", ["worker", "schemas", "pdf", "beat"])
def test_what_hangs_is_seen(name: str) -> None:
    """AVAIL-08: by the age of what the process writes while it lives."""
    text = whole(name)
    assert '"portal.core.heartbeat", "60"' in text and "disable: true" not in text
    assert "restart: unless-stopped" in text


def test_each_queue_has_one_worker() -> None:
    """AVAIL-08: what makes schemas is called where the role that owns them is, and only there."""
    named = [route["queue"] for route in settings.CELERY_TASK_ROUTES.values()]
    taken = re.findall(r"--queues=(\w+)", TEXT)
    assert sorted(taken) == sorted({"celery", *named})
    units = "".join(path.read_text() for path in (ROOT / "deploy" / "systemd").glob("*.service"))
    assert sorted(re.findall(r"--queues=(\w+)", units)) == sorted(taken)


def test_the_manual_makes_the_same_roles() -> None:
    """AVAIL-08: what the compose file grants is what the manual grants."""
    manual = (ROOT / "docs" / "operator.md").read_text().partition("\n## Settings\n")[0]
    granted = r"(?:GRANT|ALTER DEFAULT PRIVILEGES) .*;"
    assert re.findall(granted, TEXT) == re.findall(granted, manual) != []


def test_processes_have_time_to_end() -> None:
    """AVAIL-08: more than gunicorn's own limit, and than one document takes at most."""
    gunicorn = re.search(r"--graceful-timeout=(\d+)", (ROOT / "Dockerfile").read_text())
    assert gunicorn is not None
    assert seconds(whole("web"), "stop_grace_period") > int(gunicorn[1])
    assert seconds(whole("pdf"), "stop_grace_period") > pdf.SECONDS
    assert seconds(whole("worker"), "stop_grace_period") > 60


def test_every_setting_of_the_example_reaches_a_process() -> None:
    """AVAIL-08: what an operator fills in is passed on."""
    example = (ROOT / ".env.example").read_text()
    names = set(re.findall(r"^#?([A-Z][A-Z_]+)=", example, re.MULTILINE))
    own = {"DEBUG", "CONN_MAX_AGE", "KONTOR_PROCESS", "WEB_THREADS", "STATIC_ROOT"}
    own |= {"HEARTBEAT_FILE", "METRICS_ADDRESS"}
    assert {name for name in names - own if f"${{{name}" not in TEXT} == set()


def test_a_heartbeat_grows_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AVAIL-08: none, a fresh one, one older than allowed, and a folder that can't be written."""
    monkeypatch.setenv("HEARTBEAT_FILE", str(tmp_path / "beat"))
    assert heartbeat.main(["60"]) == 1
    heartbeat.touch()
    assert heartbeat.main(["60"]) == 0
    old = time.time() - 61
    os.utime(tmp_path / "beat", (old, old))
    assert heartbeat.main(["60"]) == 1
    monkeypatch.setenv("HEARTBEAT_FILE", "/nowhere/at/all")
    heartbeat.touch()
    assert heartbeat.age() == float("inf")


def test_the_image_has_all_of_the_portal_and_nothing_else() -> None:
    """AVAIL-08: what is not named in .dockerignore is not in the image, such as .git and dev."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line[1:].rstrip("/") for line in lines if line.startswith("!")}
    ours = {name.split(".")[0] for name in settings.INSTALLED_APPS}
    ours = {name for name in ours if (ROOT / name).is_dir()} - {"dev"}
    assert lines[0] == "**" and "dev/" in lines
    assert let_in == ours | {
        "gunicorn.conf.py",
        "locale",
        "manage.py",
        "requirements/base.txt",
        "static",
        "templates",
    }
