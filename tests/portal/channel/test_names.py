"""Questions about names that are in use (CHAN-42)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from portal.accounts.models import Membership, User
from portal.channel.models import NameQuestion
from portal.channel.services import release_name
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.admin_helpers import LATER, text
from tests.conftest import NOW, HostClient, SignIn

QUEUE = "/admin/channel/namequestion/"


@pytest.fixture(autouse=True)
def _staff_world(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Channel sales on the public host."""
    return sign_in(staff)


@pytest.fixture
def held(brueckner: Partner) -> Customer:
    """The customer of the other partner that has the name."""
    with in_partner(brueckner):
        return factories.make_customer("Elbufer Spedition GmbH", "20115", at=NOW)


@pytest.fixture
def question(held: Customer, jonas: Membership, sign_in: SignIn) -> NameQuestion:
    """Jonas asks about it."""
    data = {"name": "Elbufer Spedition GmbH", "message": "They signed with us."}
    assert sign_in(jonas).post("/customers/ask-name/", data).status_code == 302
    return NameQuestion.objects.across_partners().get()


def page(question: NameQuestion, rest: str = "change/") -> str:
    return f"{QUEUE}{question.pk}/{rest}"


def test_question_waits_with_who_asks_and_who_holds(
    client: HostClient, question: NameQuestion, held: Customer
) -> None:
    """CHAN-42: both, and the way to each."""
    assert "Elbufer Spedition GmbH" in text(client.get(QUEUE))
    shown = text(client.get(page(question)))
    assert "jonas@nordlys.example" in shown
    assert f"/admin/p/brueckner/customers/customer/{held.pk}/change/" in shown
    assert "/admin/p/nordlys/customers/customer/" in shown


def test_answer_goes_to_who_asked_once(
    client: HostClient, question: NameQuestion, nordlys: Partner, jonas: Membership
) -> None:
    """CHAN-42: by mail, and the second answer is refused."""
    url = page(question, "do/answer/")
    assert client.post(url, {"text": "Add the town to the name."}).status_code == 302
    mails = OutboundEmail.objects.for_partner(nordlys).filter(template="channel/email/name_answer")
    mail = mails.get()
    assert mail.to_address == jonas.user.email
    assert "Add the town to the name." in mail.text
    assert client.post(url, {"text": "Again"}).status_code == 409
    assert mails.count() == 1


def test_answer_never_names_the_holder(client: HostClient, question: NameQuestion) -> None:
    """CHAN-42: refused at its field, however it is written."""
    answer = client.post(page(question, "do/answer/"), {"text": "It is BRÜCKNER  IT GmbH's."})
    assert "The answer names the partner that holds the name." in text(answer)
    question.refresh_from_db()
    assert question.is_open


def test_name_that_is_free_again_is_said_to_be(
    client: HostClient, question: NameQuestion, held: Customer, brueckner: Partner
) -> None:
    """CHAN-42: who holds it is looked up when it is read."""
    release_name(partner=brueckner, customer_id=held.pk)
    assert "the name is free" in text(client.get(page(question)))
