"""Every line of a history says what it is about."""

from __future__ import annotations

import re
from collections import Counter

from customers.models import Contact, Customer
from customers.services import change_customer
from portal.accounts.models import Membership
from portal.history import messages
from portal.history.queries import timeline_of_customer
from tests import factories
from tests.conftest import NOW

# Sentences begin with what they are about: with a name, or with a noun and not with a verb.
HEADLESS = re.compile(
    r"(was|were|is|are|has|had|went|came|took|changed|renamed|may|handed)\b", re.I
)


def test_every_message_has_its_subject() -> None:
    """REG-43: a whole sentence, beginning with what it is about."""
    texts = {verb: str(message.text) for verb, message in messages._messages.items()}
    assert len(texts) > 50
    assert not {
        verb: text
        for verb, text in texts.items()
        if HEADLESS.match(text) or text[0].islower() or not re.search(r"(\.|%\(reason\)s)$", text)
    }


def test_no_two_events_read_the_same() -> None:
    """REG-43."""
    texts = Counter(str(message.text) for message in messages._messages.values())
    assert {text for text, count in texts.items() if count > 1} == set()


def test_contact_and_customer_of_one_name_are_told_apart(anna: Membership) -> None:
    """REG-43: added, changed and removed."""
    customer = factories.make_customer("Eva Berg", "30001", at=NOW)
    contact = factories.make_contact(customer, at=NOW, first_name="Eva", last_name="Berg")
    Contact.objects.get(pk=contact.pk).delete()
    change_customer(
        Customer.objects.get(pk=customer.pk), at=NOW, by=anna, version=customer.version, city="Umeå"
    )
    lines = timeline_of_customer(customer.pk)
    assert {(line.label, line.text.partition(" changed")[0]) for line in lines} == {
        ("Eva Berg, 30001", "Customer added."),
        ("Eva Berg", "Contact added."),
        ("Eva Berg", "Contact removed."),
        ("Eva Berg, 30001", "Customer: Town"),
    }
