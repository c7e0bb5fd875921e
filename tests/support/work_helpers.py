"""Builders for the tests of service reports."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from customers.models import Customer
from portal.accounts.models import Membership
from support.models import ServiceReport
from support.services.drafts import Part, save_draft
from support.services.finishing import sign_off
from support.services.work_orders import Plan, plan_work_order, start_report
from support.signatures import draw_strokes
from tests.conftest import NOW

STROKES = [[(0.1, 0.7), (0.3, 0.2), (0.5, 0.8), (0.7, 0.3), (0.9, 0.6)]]
FACTS: dict[str, Any] = {
    "performed_on": NOW.date(),
    "minutes": 90,
    "travel_minutes": 30,
    "travel_km": 42,
    "work": "Replaced the switch in the rack.\nTested all lines.",
    "result": ServiceReport.Result.SOLVED,
    "next_step": "",
}
PARTS = [Part(1, "Switch 24 ports", "SN-4711"), Part(3, "Patch cable 2 m")]


def plan(customer: Customer, by: Membership, **more: Any) -> ServiceReport:
    """Plan a work order."""
    return plan_work_order(customer, Plan(task="Replace the switch", **more), by=by, at=NOW)


def draft(customer: Customer, by: Membership, **more: Any) -> ServiceReport:
    """Start a report without a plan."""
    return start_report(customer, Plan(**more), by=by, at=NOW)


def write(work: ServiceReport, by: Membership, **facts: Any) -> ServiceReport:
    """Write everything that a finished report needs."""
    return save_draft(work.pk, {**FACTS, **facts}, PARTS, version=work.version, by=by, at=NOW)


def sign(work: ServiceReport, by: Membership, **more: Any) -> ServiceReport:
    """Have a written report signed off."""
    arguments: dict[str, Any] = {
        "name": "Karin Lind",
        "signature": draw_strokes(STROKES),
        "contact": None,
        "is_typed": False,
        "version": work.version,
        **more,
    }
    return sign_off(work.pk, by=by, at=NOW, **arguments)


def picture(name: str = "rack.png", colour: str = "#356") -> SimpleUploadedFile:
    """Return a picture as a phone sends it."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def again(pk: UUID) -> ServiceReport:
    """Return the row as it is stored."""
    return ServiceReport.objects.get(pk=pk)
