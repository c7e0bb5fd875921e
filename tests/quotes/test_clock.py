"""A link is open to the last moment of its last day, whatever the clock does meanwhile (CON-10)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from customers.models import Customer
from portal.accounts.models import Membership
from portal.core.formats import day
from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner
from quotes.models import Confirmation
from quotes.services.answering import Closed, Reader, accept_confirmation
from tests import factories

HOME = ZoneInfo("Europe/Stockholm")


def accepted_at(asked: Confirmation, at: datetime) -> bool:
    """Return whether an acceptance at that moment is taken."""
    try:
        accept_confirmation(
            asked.pk,
            contact_id=asked.contact_id,
            seen=asked.snapshot_sha256,
            reader=Reader("192.0.2.7", "Browser"),
            at=at,
        )
    except Closed:
        return False
    return True


@pytest.mark.parametrize(
    ("sent", "last"),
    [
        ("2027-03-20 10:00", "2027-03-28"),  # until the day of 23 hours
        ("2027-03-28 00:30", "2027-03-28"),  # sent on it, before the hour that is missing
        ("2027-03-25 10:00", "2027-04-02"),  # over it
        ("2027-10-25 10:00", "2027-10-31"),  # until the day of 25 hours
        ("2027-10-31 00:30", "2027-10-31"),  # sent in the hour that comes twice
        ("2028-02-20 10:00", "2028-02-29"),  # a day that most years lack
        ("2027-12-30 10:00", "2028-01-01"),
    ],
)
def test_a_link_lives_to_the_end_of_its_last_day(
    sent: str, last: str, havsbris: Customer, jonas: Membership, nordlys: Partner
) -> None:
    """CON-10, D20: one second before midnight it is taken, at midnight it is not."""
    at = datetime.fromisoformat(sent).replace(tzinfo=UTC)
    until = date.fromisoformat(last)
    midnight = datetime.combine(until + timedelta(days=1), time.min, tzinfo=HOME)
    for moment, taken in ((midnight, False), (midnight - timedelta(seconds=1), True)):
        quote = factories.make_quote(havsbris, by=jonas, at=at, valid_until=until)
        asked = factories.make_confirmation(quote, by=jonas, at=at)
        assert accepted_at(asked, moment.astimezone(UTC)) is taken
    mails = OutboundEmail.objects.for_partner(nordlys).filter(
        template="quotes/email/confirmation", about_id=asked.quote_id
    )
    assert day(until) in mails.get().text


def test_a_clock_that_goes_back_opens_nothing_twice(havsbris: Customer, jonas: Membership) -> None:
    """CON-17: what was accepted stays so, with the time that it was written with."""
    at = datetime(2027, 6, 1, 10, tzinfo=UTC)
    quote = factories.make_quote(havsbris, by=jonas, at=at, valid_until=date(2027, 6, 20))
    asked = factories.make_confirmation(quote, by=jonas, at=at)
    assert accepted_at(asked, at + timedelta(hours=2))
    assert not accepted_at(asked, at - timedelta(days=1))
    asked.refresh_from_db()
    assert asked.decided_at == at + timedelta(hours=2)
