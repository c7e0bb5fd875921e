"""The manifest of a backup: what it holds, how much, and the checksum of each part."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from portal.core.errors import RuleError
from portal.tenancy.backups.tables import rows

FORMAT = 1
MANIFEST = "manifest.json"
# These names become part of statements.
SCHEMA = re.compile(r"p_[a-z0-9_]{1,60}")


class BackupRefused(RuleError):
    """Refuse to restore a file that is damaged, or that does not fit this database (CHAN-26)."""


@dataclass(frozen=True)
class Part:
    """One table's rows; ``people`` are added where they are missing and never changed."""

    name: str
    schema: str
    table: str
    columns: list[str]
    rows: int
    sha256: str
    people: bool = False


@dataclass(frozen=True)
class Manifest:
    """What stands at the head of a backup."""

    partner: dict[str, str]
    made_at: str
    migrations: dict[str, str]
    parts: list[Part]
    sequences: dict[str, list[Any]]
    # By table: the rows that the partner's rows point to and that every installation has.
    needs: dict[str, dict[str, str]]
    left_out: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False)


def parse(text: bytes) -> Manifest:
    """Return the manifest; raise BackupRefused for anything else."""
    try:
        values = json.loads(text)
        if values.pop("format") != FORMAT:
            raise BackupRefused("This backup was written by another version of the portal.")
        parts = [Part(**part) for part in values.pop("parts")]
        manifest = Manifest(parts=parts, **values)
        manifest.partner["id"] = str(UUID(manifest.partner["id"]))
        if SCHEMA.fullmatch(manifest.partner["schema"]) is None:
            raise ValueError(manifest.partner["schema"])
        return manifest
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupRefused(
            "The file is no backup of a partner: its manifest is broken."
        ) from error


def _names(schema: str) -> str:
    applied = rows(f'SELECT app, name FROM "{schema}".django_migrations ORDER BY 1, 2')  # noqa: S608
    return hashlib.sha256(repr(applied).encode()).hexdigest()


def migrations(schema: str = settings.TEMPLATE_SCHEMA) -> dict[str, str]:
    """Return what identifies the state of migration: of the public schema, and of a partner's."""
    return {"public": _names("public"), "partner": _names(schema)}
