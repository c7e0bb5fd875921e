"""The onboardings of the isolation tests' world: in progress, and completed with its system."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from customers.models import Customer, Onboarding, System
from customers.onboarding.flow import flow_of
from customers.onboarding.services import begin_onboarding
from customers.onboarding.services.completing import HANDOVER
from portal.accounts.models import Membership
from portal.catalog.models import Platform
from portal.outbox.models import Document

CODE = "isolated"


def make_platform() -> Platform:
    """Return a platform with one step of one field."""
    platform, made = Platform._default_manager.get_or_create(
        code=CODE, defaults={"name": "Isolated", "is_offered": True}
    )
    if made:
        step = platform.steps.create(code="gateway", title="Gateway")
        step.fields.create(code="name", label="Name")
    return platform


def make_onboarding(customer: Customer, canary: str, *, by: Membership, at: datetime) -> Onboarding:
    """Begin an onboarding with answers that name the canary."""
    onboarding = begin_onboarding(make_platform(), customer=customer, by=by, at=at)
    person: dict[str, Any] = {"name": canary, "email": f"{canary}@x.example", "contact": ""}
    onboarding.answers = {
        "customer": {"support": [{**person, "role": "other"}], "admins": [{**person, "role": ""}]},
        "gateway": {"name": canary},
    }
    onboarding.save(update_fields=["answers"])
    return onboarding


def make_system(customer: Customer, canary: str, *, by: Membership, at: datetime) -> System:
    """Return a system in operation, whose handover sheet is made."""
    done = Onboarding.objects.create(
        customer=customer,
        platform=CODE,
        flow=flow_of(make_platform()),
        state=Onboarding.State.COMPLETED,
        created_by=by,
        changed_by=by,
        created_at=at,
        changed_at=at,
        completed_at=at,
    )
    system = System.objects.create(
        customer=customer,
        onboarding=done,
        platform="Isolated",
        name=canary,
        facts=[{"step": {"en": "Gateway"}, "label": {"en": "Name"}, "value": canary}],
        created_at=at,
    )
    content = f"%PDF-1.7 {canary}".encode()
    Document.objects.for_partner(by.partner).create(
        partner=by.partner,
        key=f"handover-{system.pk}",
        kind=HANDOVER,
        file_name=f"{canary}.pdf",
        language="en",
        about_type="customers.system",
        about_id=system.pk,
        about_label=canary,
        customer_id=customer.pk,
        state="ready",
        content=content,
        sha256=sha256(content).hexdigest(),
        next_try_at=at,
        created_at=at,
        ready_at=at,
    )
    return system
