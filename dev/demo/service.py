"""Playing the demo's visits through the services of service reports, in the past."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from customers.models import Customer
from dev.demo.mail import date_mail
from dev.demo.orders import working_days_ago
from dev.demo.visits import VISITS, Visit
from portal.accounts.models import Membership
from portal.core.actor import acting, dated
from portal.core.pdf import PdfMissing, weasyprint
from portal.outbox.issuing import render_due
from support.models import ServiceReport
from support.services.drafts import Part, add_picture, save_draft
from support.services.finishing import finish_unsigned, sign_off
from support.services.work_orders import Plan, begin_work, cancel_work, plan_work_order
from support.signatures import Stroke, draw_name, draw_strokes

FIRST_NUMBER = {"nordlys": 311, "brueckner": 84, "harbour": 57}
# Somebody's hand: a loop, a line of waves, and a stroke below.
HAND: list[Stroke] = [
    [(0.10, 0.62), (0.16, 0.20), (0.22, 0.24), (0.18, 0.60), (0.12, 0.78), (0.24, 0.58)],
    [(0.24, 0.58), (0.28, 0.46), (0.32, 0.60), (0.36, 0.46), (0.42, 0.60), (0.47, 0.44)],
    [(0.47, 0.44), (0.52, 0.62), (0.58, 0.42), (0.64, 0.58), (0.72, 0.48), (0.84, 0.52)],
    [(0.16, 0.84), (0.50, 0.78), (0.82, 0.82)],
]


def _rack() -> Image.Image:
    """Draw a rack with a patch panel, two switches and a power supply."""
    image = Image.new("RGB", (1200, 900), "#3d4550")
    pen = ImageDraw.Draw(image)
    pen.rectangle((170, 30, 1030, 870), fill="#15181c", outline="#8a929c", width=14)
    for row, colour in enumerate(("#2b3036", "#cfd5db", "#2f5d73", "#2f5d73", "#202327")):
        top = 80 + row * 152
        pen.rectangle((215, top, 985, top + 118), fill=colour, outline="#0c0e10", width=4)
        for port in range(24 if row in (1, 2, 3) else 0):
            x = 250 + (port % 12) * 58
            y = top + 22 + (port // 12) * 46
            pen.rectangle((x, y, x + 38, y + 30), fill="#0d0f11")
            if row != 1:
                light = "#53d86a" if (port * 7 + row) % 5 else "#f0a020"
                pen.ellipse((x + 12, y - 12, x + 22, y - 2), fill=light)
    for port in (0, 2, 3, 5, 8, 11):
        x = 269 + port * 58
        colour = ("#d9b43a", "#3f7fd0", "#c8504a")[port % 3]
        pen.line((x, 290, x - 26, 350, x + 14, 400), fill=colour, width=9, joint="curve")
    pen.rectangle((240, 715, 420, 780), fill="#3a4047")
    pen.ellipse((880, 730, 920, 770), fill="#53d86a")
    return image


def _router() -> Image.Image:
    """Draw a router on a shelf, with its aerials and lights."""
    image = Image.new("RGB", (1200, 900), "#d8d2c6")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 640, 1200, 900), fill="#8b6b47")
    pen.rectangle((0, 640, 1200, 662), fill="#a68459")
    for x, lean in ((330, -46), (600, 0), (870, 46)):
        pen.line((x, 430, x + lean, 130), fill="#22262b", width=26)
    pen.rounded_rectangle(
        (220, 420, 980, 630), radius=34, fill="#2c3138", outline="#14171a", width=6
    )
    for light in range(6):
        x = 300 + light * 70
        pen.ellipse((x, 480, x + 26, 506), fill="#53d86a" if light != 4 else "#f0a020")
    for port in range(4):
        x = 640 + port * 76
        pen.rectangle((x, 545, x + 54, 590), fill="#0d0f11", outline="#565d66", width=3)
    pen.line((667, 590, 640, 700, 720, 800), fill="#3f7fd0", width=14, joint="curve")
    return image


DRAWINGS = {"rack": _rack, "router": _router}


def _picture(name: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    DRAWINGS[name]().save(out, "JPEG", quality=84)
    return SimpleUploadedFile(f"{name}.jpg", out.getvalue(), content_type="image/jpeg")


def _moment(now: datetime, days: int, hour: int) -> datetime:
    at = datetime.combine(working_days_ago(now, max(days, 1)), datetime.min.time(), now.tzinfo)
    return at.replace(hour=hour, minute=35)


def _plan(visit: Visit, customer: Customer, by: Membership, now: datetime) -> ServiceReport:
    at = _moment(now, visit.days + 2 if visit.days > 0 else 1, 9)
    day = (now - timedelta(days=visit.days)).date()
    site = customer.sites.order_by("name").first()
    planned = Plan(task=visit.task, planned_for=day, technician=by, site=site)
    with transaction.atomic(), acting(by.user), dated(at):
        return plan_work_order(customer, planned, by=by, at=at)


def _write(visit: Visit, work: ServiceReport, by: Membership, at: datetime) -> ServiceReport:
    work = begin_work(work.pk, by=by, at=at)
    for name in visit.pictures:
        add_picture(work.pk, _picture(name), by=by, at=at)
    facts = {
        "performed_on": at.date(),
        "minutes": visit.minutes,
        "travel_minutes": visit.travel,
        "travel_km": visit.km,
        "work": visit.work,
        "result": visit.result,
        "next_step": visit.next_step,
    }
    parts = [Part(*part) for part in visit.parts]
    return save_draft(work.pk, facts, parts, version=work.version, by=by, at=at)


def _end(visit: Visit, work: ServiceReport, by: Membership, at: datetime) -> None:
    if visit.end == "unsigned":
        finish_unsigned(work.pk, reason=visit.words, version=work.version, by=by, at=at)
    if visit.end in ("signed", "typed"):
        is_typed = visit.end == "typed"
        contact = None if is_typed else work.customer.contacts.order_by("created_at").first()
        name = contact.full_name if contact is not None else visit.words
        sign_off(
            work.pk,
            name=name,
            signature=draw_name(name) if is_typed else draw_strokes(HAND),
            contact=contact,
            is_typed=is_typed,
            version=work.version,
            by=by,
            at=at,
        )


def _make_documents(at: datetime) -> None:
    """Make the documents of that day; without Pango they stay queued for the worker."""
    try:
        weasyprint()
    except PdfMissing:
        return
    later = at + timedelta(seconds=8)
    with acting(None), dated(later):
        render_due(at=later)


def load_visits(
    slug: str,
    customers: Mapping[str, Customer],
    people: Mapping[str, Membership],
    *,
    now: datetime,
) -> None:
    """Play the visits of one partner, oldest first, in that partner's context."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('support_service_number', %s)", [FIRST_NUMBER[slug]])
    here = now.astimezone(timezone.get_current_timezone())
    for visit in sorted(VISITS[slug], key=lambda each: -each.days):
        by, since = people[visit.by], timezone.now()
        customer = Customer.objects.get(pk=customers[visit.customer].pk)
        work = _plan(visit, customer, by, here)
        at = _moment(here, visit.days, 14)
        with transaction.atomic(), acting(by.user), dated(at):
            if visit.end == "cancelled":
                cancel_work(work.pk, text=visit.words, by=by, at=at)
            elif visit.end != "planned":
                _end(visit, _write(visit, work, by, at), by, at)
        _make_documents(at)
        date_mail(work.pk, since=since, at=at)
