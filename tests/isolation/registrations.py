"""What channel sales has to do with the isolation tests' world: registrations, announcements."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256

from customers.models import Customer, CustomerRegistration, RegistrationFile
from customers.registrations.services.common import publish
from portal.accounts.models import Membership, User
from portal.channel.models import AnnouncedTo, PriceAnnouncement
from portal.tenancy.models import Partner


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


def make_announcement(partner: Partner, canary: str, *, at: datetime) -> PriceAnnouncement:
    """Return an announcement that this partner alone was told."""
    made = PriceAnnouncement._default_manager.create(
        title=f"{canary} prices",
        text=canary,
        valid_from=date(2027, 1, 1),
        created_by=User.objects.get(email="staff@kontor.example"),
        created_at=at,
    )
    AnnouncedTo.objects.for_partner(partner).create(announcement=made, partner=partner, told_at=at)
    return made
