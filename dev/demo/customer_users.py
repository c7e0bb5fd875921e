"""The demo's customer users: they sign in at the partner's host and see their own company."""

from __future__ import annotations

from datetime import datetime, timedelta

from customers.models import Customer
from portal.accounts.models import Membership, Role
from portal.accounts.rights import Preset
from portal.accounts.services import accept_invitation, invite_customer_user
from portal.core.actor import acting, dated

ADMINISTRATOR, USER = Preset.CUSTOMER_ADMINISTRATOR, Preset.CUSTOMER_USER
# Of each partner: customer, address, name, role, language, days ago, whether they have accepted.
# Eva looks after the telephones of two companies.
USERS: dict[str, tuple[tuple[str, str, str, Preset, str, int, bool], ...]] = {
    "nordlys": (
        ("10042", "karin@havsbris.example", "Karin Nyström", ADMINISTRATOR, "sv", 60, True),
        ("10042", "per@havsbris.example", "Per Wallin", USER, "sv", 45, True),
        ("10042", "maja@havsbris.example", "Maja Öberg", USER, "sv", 2, False),
        ("10042", "eva@telefonhjalp.example", "Eva Strand", USER, "en", 40, True),
        ("10017", "eva@telefonhjalp.example", "Eva Strand", ADMINISTRATOR, "en", 38, True),
    ),
    "brueckner": (
        ("20003", "nico@alsterblick.example", "Nico Brandt", ADMINISTRATOR, "de", 50, True),
    ),
    "harbour": (("H2001", "ben@avonmead.example", "Ben Ashby", ADMINISTRATOR, "en", 50, True),),
}


def load_customer_users(
    slug: str, customers: dict[str, Customer], people: dict[str, Membership], *, now: datetime
) -> None:
    """Invite the customer users of one partner, in that partner's context, and let them accept."""
    administrator = next(each for each in people.values() if each.may("add_customeruser"))
    for number, email, name, preset, language, days, accepted in USERS[slug]:
        at = now - timedelta(days=days)
        role = Role.objects.for_partner(administrator.partner).get(preset=preset)
        with acting(administrator.user), dated(at):
            place = invite_customer_user(
                partner=administrator.partner,
                customer_id=customers[number].pk,
                email=email,
                name=name,
                role=role,
                language=language,
                by=administrator,
                at=at,
            )
        if accepted:
            accepted_at = at + timedelta(hours=3)
            with dated(accepted_at):
                accept_invitation(place.invitations.get(), password=None, at=accepted_at)
