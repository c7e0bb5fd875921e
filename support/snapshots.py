"""What a finished service report says, as it was then: its canonical form and its hash (SUP-07)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.files.models import Attachment
from portal.tenancy.context import require_partner
from support.models import ServiceReport


@dataclass(frozen=True)
class Ending:
    """How a report was finished: by a signature, drawn or typed, or without one."""

    # "drawn", "typed" or "none"
    kind: str
    name: str = ""
    contact: str = ""
    reason: str = ""
    signature: bytes = b""


def canonical(snapshot: object) -> bytes:
    """Return the bytes that are hashed: the same for the same content, whatever stored it."""
    return json.dumps(snapshot, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(snapshot: object) -> str:
    """Return the SHA-256 of a snapshot."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()


def snapshot_of(
    work: ServiceReport, pictures: Iterable[Attachment], ending: Ending, *, at: datetime
) -> dict[str, Any]:
    """Return everything that the report says, its pictures and the signature by their hashes."""
    site, order, report = work.site, work.order, work.report
    return {
        "number": work.number,
        "partner": require_partner().name,
        "customer": {"name": work.customer.name, "number": work.customer.number},
        "site": {"name": site.name, "address": site.address} if site is not None else None,
        "order": order.number if order is not None else "",
        "report": report.label if report is not None else "",
        "technician": work.technician.shown_name,
        "task": work.task,
        "performed_on": work.performed_on.isoformat() if work.performed_on else "",
        "minutes": work.minutes,
        "travel_minutes": work.travel_minutes,
        "travel_km": work.travel_km,
        "work": work.work,
        "result": work.result,
        "next_step": work.next_step,
        "parts": [
            {"quantity": part.quantity, "name": part.name, "serial": part.serial}
            for part in work.parts.order_by("position")
        ],
        "pictures": [
            {"id": str(each.pk), "name": each.name, "sha256": each.sha256} for each in pictures
        ],
        "ending": {
            "kind": ending.kind,
            "name": ending.name,
            "contact": ending.contact,
            "reason": ending.reason,
            "signature_sha256": hashlib.sha256(ending.signature).hexdigest()
            if ending.signature
            else "",
        },
        "finished_at": at.isoformat(),
    }
