"""The registrations of the isolation tests' world: with a question, and a file."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from customers.models import Customer, CustomerRegistration, RegistrationFile
from customers.registrations.services.common import publish
from portal.accounts.models import Membership


def make_registration(
    customer: Customer, canary: str, *, by: Membership, at: datetime
) -> CustomerRegistration:
    """Return a registration about which channel sales asked something."""
    registration = CustomerRegistration.objects.create(
        family="trunk",
        customer=customer,
        name=customer.name,
        number=customer.number,
        state=CustomerRegistration.State.NEEDS_INFO,
        channels=10,
        note=f"{canary} note",
        verdict=f"{canary} question",
        created_by=by,
        created_at=at,
        changed_at=at,
    )
    content = f"%PDF-1.7 {canary}".encode()
    RegistrationFile.objects.create(
        registration=registration,
        name=f"{canary}.pdf",
        kind="pdf",
        size=len(content),
        sha256=sha256(content).hexdigest(),
        content=content,
    )
    publish(registration)
    return registration
